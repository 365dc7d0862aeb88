import type { Template } from '../../../testing/iam/deployed-template.ts';
import type { Stack } from '../../../testing/iam/resolve-value.ts';
import { type RolePolicy, rolePolicies } from '../../../testing/iam/role-policies.ts';
import { FORBIDDEN_ACTIONS, KNOWN_SERVICES, overlap } from './forbidden-actions.ts';
import { allStatements, ofType, references } from './template-resources.ts';

/** Policies in which `Resource: "*"` says no more than a name would, and why. */
const STAR_IS_RIGHT: Readonly<Record<string, string>> = {
  QueuePolicy: 'in a queue’s policy, * is the queue that it is set at: SQS refuses a list of names',
  AlarmKey: 'in a key policy, * is the key that the policy belongs to',
  ReadSite: 'WorkDocs has no ARNs: the condition names the organization, which is looked at below',
};

const TOPIC = 'arn:aws:sns:us-east-1:111122223333:restores';

/** The templates of the stacks of sources. */
export type SourceTemplates = { readonly bucket: Template; readonly site: Template };

const ORGANIZATION = 'd-1234567890';
const READER = 'arn:aws:iam::444455556666:role/reader';

/** The stacks as they are deployed by default, and with every option that adds rights. */
export function deployments(
  core: Template,
  { bucket, site }: SourceTemplates,
): Array<{ core: Stack; sources: Stack[]; exact: boolean; acls: boolean }> {
  const names = { Vault: 'vault', Catalog: 'catalog' };
  const all: Record<string, string> = {
    RestoreTargets: 'one,two-*',
    VaultKmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
    ExactRestores: 'true',
    AclRestores: 'true',
    NotifyTopicArn: TOPIC,
  };
  return [{}, all].map((parameters: Record<string, string>) => {
    const { ExactRestores = 'false', AclRestores = 'false' } = parameters;
    const { VaultKmsKeyArn = '' } = parameters;
    const canary = { CanaryKey: 'a/holdfast-canary', CanaryVaultKey: 's3/photos/a/holdfast-canary' };
    const settings = {
      Bucket: 'photos',
      AlarmTopicArn: 'arn:topic',
      ExactRestores,
      AclRestores,
      Acls: String(parameters === all),
      VaultBucket: 'vault',
      VaultKmsKeyArn,
      ...(parameters === all ? canary : {}),
    };
    return {
      core: { template: core, names, parameters },
      sources: [
        { template: bucket, parameters: settings },
        {
          template: site,
          parameters: { OrganizationId: ORGANIZATION, CaptureRuleName: 'holdfast-capture-1' },
        },
        // Another site, which is read by a role of its own account.
        {
          template: site,
          parameters: {
            OrganizationId: 'd-0987654321',
            CaptureRuleName: 'holdfast-capture-2',
            ReaderRoleArn: READER,
          },
        },
      ],
      exact: ExactRestores === 'true',
      acls: AclRestores === 'true',
    };
  });
}

/** What is wrong with the rights of the pipeline's roles. */
export function roleProblems(core: Template, sources: SourceTemplates): string[] {
  const { bucket, site } = sources;
  const found = deployments(core, sources).flatMap((stacks) =>
    Object.entries(rolePolicies(stacks.core, stacks.sources)).flatMap(([role, policy]) => [
      ...forbidden(role, policy),
      ...deletions(role, policy, stacks.exact),
      ...granting(role, policy, stacks.acls),
      ...publishing(role, policy),
      ...organizations(role, policy),
      ...assuming(role, policy),
    ]),
  );
  return [
    ...new Set([
      ...found,
      ...[core, bucket, site].flatMap(everyResource),
      ...unreadable(core, [bucket, site]),
    ]),
  ];
}

/** Rights that are granted and forbidden, as `role: action`. */
export function forbidden(role: string, { allow }: RolePolicy): string[] {
  return allow
    .flatMap(({ actions }) => actions)
    .flatMap((action) => {
      const hit = FORBIDDEN_ACTIONS.find((one) => overlap(action, one));
      if (hit !== undefined) return [`${role} is allowed ${action}, which covers the forbidden ${hit}`];
      const service = action.split(':')[0] ?? '';
      return KNOWN_SERVICES.has(service) ? [] : [`${role} is allowed ${action}, of a service not needed`];
    });
}

const COPIES = ['arn:aws:s3:::vault/s3/*', 'arn:aws:s3:::vault/workdocs/*'];

/**
 * A DELETE without a version only adds a marker, and only in a versioned bucket: the vault. Elsewhere it is for exact
 * restores, which have to be allowed, and never in the vault.
 */
function deletions(role: string, { allow, deny }: RolePolicy, exact: boolean): string[] {
  if (exact && role === 'RestoreObjectsRole') {
    const kept = deny.some(
      ({ actions, resources }) =>
        actions.includes('s3:DeleteObject') && resources.includes('arn:aws:s3:::vault/*'),
    );
    return kept ? [] : [`${role} may delete in the vault, if RestoreTargets names it`];
  }
  return allow
    .filter(({ actions }) => actions.some((action) => overlap(action, 's3:DeleteObject')))
    .flatMap(({ resources }) => resources.filter((one) => !COPIES.includes(one)))
    .map((resource) => `${role} may delete in ${resource}`);
}

/** An ACL can open an object to everybody. It is for restores with ACLs, which have to be allowed, and never in the vault. */
function granting(role: string, { allow, deny }: RolePolicy, acls: boolean): string[] {
  const granted = allow.filter(({ actions }) => actions.some((action) => overlap(action, 's3:PutObjectAcl')));
  const kept = deny.some(
    ({ actions, resources }) =>
      actions.includes('s3:PutObjectAcl') && resources.includes('arn:aws:s3:::vault/*'),
  );
  if (acls && role === 'RestoreObjectsRole') return kept ? [] : [`${role} may write ACLs in the vault`];
  return granted.flatMap(({ resources }) => resources.map((one) => `${role} may write ACLs in ${one}`));
}

/** One role, and the one topic that the operator named: whoever publishes elsewhere can reach people, and phones. */
function publishing(role: string, { allow }: RolePolicy): string[] {
  return allow
    .filter(({ actions }) => actions.some((action) => overlap(action, 'sns:Publish*')))
    .flatMap(({ resources }) => resources)
    .filter((resource) => role !== 'WriteReportRole' || resource !== TOPIC)
    .map((resource) => `${role} may publish to ${resource}`);
}

/** WorkDocs has no ARNs: without its condition, a right is one to every site of the account. */
function organizations(role: string, { allow }: RolePolicy): string[] {
  return allow
    .filter(({ actions }) => actions.some((action) => action.startsWith('workdocs:')))
    .filter(({ condition }) => {
      const named = JSON.stringify(condition ?? {});
      return named !== JSON.stringify({ StringEquals: { 'Resource.OrganizationId': ORGANIZATION } });
    })
    .map(() => `${role} may read sites that it was not given`);
}

/** Only the role that a source names. */
function assuming(role: string, { allow }: RolePolicy): string[] {
  return allow
    .filter(({ actions }) => actions.some((action) => overlap(action, 'sts:*')))
    .flatMap(({ actions, resources }) => resources.map((resource) => ({ actions, resource })))
    .filter(({ actions, resource }) => actions.join() !== 'sts:AssumeRole' || resource !== READER)
    .map(({ actions, resource }) => `${role} may ${actions.join()} ${resource}`);
}

function everyResource(template: Template): string[] {
  return allStatements(template)
    .filter(({ statement }) => statement['Effect'] === 'Allow')
    .filter(({ id, statement }) => isEverything(statement['Resource']) && STAR_IS_RIGHT[id] === undefined)
    .map(({ id }) => `${id} allows something for every resource`);
}

function isEverything(resource: unknown): boolean {
  const list = Array.isArray(resource) ? resource : [resource];
  return list.some(
    (one) => typeof one === 'string' && /^\*$|^arn:[^:]*:[^:]*:\*:\*:\*$|^arn:aws:s3:::\*/.test(one),
  );
}

/** What these checks could not see through: they must not be got round. */
function unreadable(core: Template, sources: readonly Template[]): string[] {
  const inverted = [core, ...sources].flatMap((template) =>
    allStatements(template)
      .filter(({ statement }) => 'NotAction' in statement || 'NotResource' in statement)
      .map(({ id }) => `${id} allows by exception (NotAction, NotResource)`),
  );
  const managed = ofType(core, 'AWS::IAM::Role')
    .filter(({ is }) => is['ManagedPolicyArns'] !== undefined)
    .map(({ id }) => `${id} has a managed policy, which nobody reads here`);
  return [...inverted, ...managed, ...trust(core)];
}

function trust(core: Template): string[] {
  return ofType(core, 'AWS::IAM::Role')
    .filter(
      ({ is }) =>
        JSON.stringify(is['AssumeRolePolicyDocument']).match(/"Principal":\{"Service":"lambda\./g)?.length !==
        1,
    )
    .map(({ id }) => `${id} can be assumed by others than Lambda`);
}

/** Every function has a role that no other has. */
export function sharedRoles(core: Template): string[] {
  const users = new Map<string, string[]>();
  for (const { id, is } of ofType(core, 'AWS::Lambda::Function')) {
    const role = references(is['Role'])[0] ?? 'no role of this template';
    users.set(role, [...(users.get(role) ?? []), id]);
  }
  const own = new Set(ofType(core, 'AWS::IAM::Role').map(({ id }) => id));
  return [...users].flatMap(([role, functions]) => [
    ...(functions.length > 1 ? [`${functions.join(' and ')} share ${role}`] : []),
    ...(own.has(role) ? [] : [`${functions.join(' and ')} has no role of its own`]),
  ]);
}
