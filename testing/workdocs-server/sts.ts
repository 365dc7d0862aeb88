/**
 * The one operation of STS that reading a site needs, in its own protocol: AssumeRole. The key id that it answers with tells
 * the server which role a request is made by.
 */
export function assumeRole(
  body: string,
  roles: ReadonlySet<string>,
  now: number,
): { readonly status: number; readonly body: string } {
  const form = new URLSearchParams(body);
  const role = form.get('RoleArn') ?? '';
  if (form.get('Action') !== 'AssumeRole' || (roles.size > 0 && !roles.has(role))) {
    const error = `<Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole on resource: ${role}</Message>`;
    return {
      status: 403,
      body: `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error></ErrorResponse>`,
    };
  }
  const credentials = [
    `<AccessKeyId>ASIA${Buffer.from(role).toString('hex')}</AccessKeyId>`,
    '<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>',
    `<Expiration>${new Date(now + 3_600_000).toISOString()}</Expiration>`,
  ].join('');
  const result = `<AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult>`;
  return { status: 200, body: `<AssumeRoleResponse xmlns="${NAMESPACE}">${result}</AssumeRoleResponse>` };
}

/** Who signed a request: the role whose key it is, or somebody. */
export function callerOf(authorization: string): string {
  const key = /Credential=ASIA([0-9a-f]+)\//.exec(authorization)?.[1];
  return key === undefined ? 'arn:aws:iam::123456789012:user/somebody' : Buffer.from(key, 'hex').toString();
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
