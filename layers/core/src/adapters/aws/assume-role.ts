import { text } from 'node:stream/consumers';
import type { WorkDocsClient } from '@aws-sdk/client-workdocs';
import { parseXML } from '@aws-sdk/xml-builder';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { messageOf, SiteError } from '../../model/errors.ts';

/** How long an assumed role is good for, in seconds; the SDK asks for a new session some minutes before. */
const SESSION_SECONDS = 3_600;

type RoleRequest = {
  readonly roleArn: string;
  /** Names the session in CloudTrail: 2 to 64 letters, digits and _=,.@- */
  readonly sessionName: string;
};
type Session = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
};
type Found = { readonly [name: string]: string | Found };

/**
 * STS AssumeRole by the SDK's own parts (signature, transport, XML) and not by its client, which would add 24 KiB to a
 * function for this one request.
 *
 * @param own a client with the credentials that assume the role, and with the region that STS is asked in
 * @throws {SiteError} `access-denied` when STS refuses, `unavailable` when it cannot be asked
 */
export async function assumeRole(
  { roleArn, sessionName }: RoleRequest,
  own: WorkDocsClient,
): Promise<Session> {
  const { status, answer } = await ask(own, {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: String(SESSION_SECONDS),
  }).catch((error: unknown) => {
    throw new SiteError('unavailable', `the role ${roleArn} cannot be assumed: ${messageOf(error)}`);
  });
  if (status !== 200) {
    const code = status >= 500 || status === 429 ? 'unavailable' : 'access-denied';
    throw new SiteError(code, `the role ${roleArn} cannot be assumed: ${wordsOf(answer, status)}`);
  }
  const found = within(answer, 'AssumeRoleResponse', 'AssumeRoleResult', 'Credentials');
  return {
    accessKeyId: textOf(found, 'AccessKeyId'),
    secretAccessKey: textOf(found, 'SecretAccessKey'),
    sessionToken: textOf(found, 'SessionToken'),
    expiration: new Date(textOf(found, 'Expiration')),
  };
}

async function ask({ config }: WorkDocsClient, form: Readonly<Record<string, string>>) {
  const region = await config.region();
  const url = new URL(endpointOf(region));
  const request = new HttpRequest({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: '/',
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: config.credentials,
    sha256: config.sha256,
  });
  const signed = await signer.sign(request);
  const { response } = await config.requestHandler.handle(signed as HttpRequest);
  return { status: response.statusCode, answer: parseXML(await text(response.body)) as Found };
}

/** Source: AWS general reference, "AWS Security Token Service endpoints". */
function endpointOf(region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const given = process.env['AWS_ENDPOINT_URL_STS'] ?? process.env['AWS_ENDPOINT_URL'];
  return given ?? `https://sts.${region}.${suffix}`;
}

function wordsOf(answer: Found, status: number): string {
  const error = within(answer, 'ErrorResponse', 'Error');
  const [code, message] = [error?.['Code'], error?.['Message']];
  return typeof code === 'string' ? `${code}: ${String(message)}` : `STS answered with status ${status}`;
}

function within(found: Found | undefined, ...names: readonly string[]): Found | undefined {
  let at = found;
  for (const name of names) {
    const inner = at?.[name];
    at = typeof inner === 'object' ? inner : undefined;
  }
  return at;
}

function textOf(found: Found | undefined, name: string): string {
  const value = found?.[name];
  if (typeof value !== 'string') throw new SiteError('unavailable', `STS answered without ${name}`);
  return value;
}
