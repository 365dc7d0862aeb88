import { describe, expect, it } from 'vitest';
import { deployedTemplate, type Resource, type Template } from '../../testing/iam/deployed-template.ts';
import { rolePolicies } from '../../testing/iam/role-policies.ts';
import { FORBIDDEN_ACTIONS, overlap } from './support/forbidden-actions.ts';
import { problemsOf } from './support/problems-of.ts';
import { deployments, forbidden } from './support/role-problems.ts';

const core = await deployedTemplate('template.yaml');
const sources = {
  bucket: await deployedTemplate('templates/source.yaml'),
  site: await deployedTemplate('templates/workdocs.yaml'),
};

describe('what is deployed', () => {
  it('has none of the problems that the checks know', () => {
    expect(problemsOf(core, sources)).toEqual([]);
  });

  it('grants no forbidden right (I5)', () => {
    const granted = deployments(core, sources).map((stacks) => {
      const policies = Object.entries(rolePolicies(stacks.core, stacks.sources));
      const actions = policies.flatMap(([, { allow }]) => allow.flatMap((statement) => statement.actions));
      return {
        roles: policies.length,
        actions: actions.length,
        different: new Set(actions).size,
        forbidden: policies.flatMap(([role, policy]) => forbidden(role, policy)).length,
      };
    });
    for (const { roles, actions, different, forbidden } of granted)
      process.stdout.write(
        `forbidden permissions granted: ${forbidden}; allowed: ${actions} in ${roles} roles, ${different} different\n`,
      );
    expect(granted.map((one) => one.forbidden)).toEqual([0, 0]);
    // An empty answer would mean that nobody read the policies.
    expect(granted[0]).toMatchObject({ roles: 10 });
    expect(granted[0]?.actions).toBeGreaterThan(50);
  });
});

describe('overlapping patterns of actions', () => {
  it.each([
    ['s3:DeleteObjectVersion', 's3:DeleteObjectVersion', true],
    ['s3:deleteobjectversion', 's3:DeleteObjectVersion', true],
    ['s3:DeleteObject', 's3:DeleteObjectVersion', false],
    ['s3:DeleteObject*', 's3:DeleteObjectVersion', true],
    ['s3:*', 's3:PutBucketPolicy', true],
    ['*', 'iam:*', true],
    ['s3:*Version', 's3:DeleteBucket*', true],
    ['s3:Put?ucketPolicy', 's3:PutBucketPolicy', true],
    ['sqs:SendMessage*', 'sqs:PurgeQueue', false],
    ['dynamodb:PutItem', 'dynamodb:PutResourcePolicy', false],
    ['', '*', true],
    ['', 'a', false],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
    expect(overlap(other, one)).toBe(expected);
  });
});

type Mutable = Record<string, unknown>;
type Resources = Record<string, Resource>;
type Break = (core: Resources, source: Resources, site: Resources) => void;

/** The deployed templates, with something broken in them. */
function broken(change: Break): [Template, typeof sources] {
  const [mutableCore, { bucket, site }] = [structuredClone(core), structuredClone(sources)];
  change(mutableCore.Resources, bucket.Resources, site.Resources);
  return [mutableCore, { bucket, site }];
}

/** A resource's properties, to be changed. */
function at(resources: Record<string, Resource>, id: string): Mutable {
  const properties = resources[id]?.Properties;
  if (properties === undefined) throw new Error(`no resource ${id}`);
  return properties as Mutable;
}

/** Gives a role one more right. */
function allow(role: string, Action: string, Resource: unknown = 'arn:aws:s3:::vault/s3/x'): Break {
  return (core) => {
    const is = at(core, role);
    const more = { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } };
    is['Policies'] = [...((is['Policies'] ?? []) as unknown[]), more];
  };
}

/** Sets or, with undefined, takes away a property. */
function set(id: string, property: string, value?: unknown): Break {
  return (core) => {
    const is = at(core, id);
    if (value === undefined) delete is[property];
    else is[property] = value;
  };
}

const remove =
  (id: string): Break =>
  (core) => {
    at(core, id);
    delete core[id];
  };

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Has every statement of a policy speak of something else. */
function say(id: string, Resource: unknown): Break {
  return (core) => {
    const is = at(core, id);
    const text = JSON.stringify(is['PolicyDocument']);
    const other = text.replaceAll(
      /"Resource":("\*"|\{[^}]*\})/g,
      () => `"Resource":${JSON.stringify(Resource)}`,
    );
    if (other === text) throw new Error(`nothing is said in ${id}`);
    is['PolicyDocument'] = JSON.parse(other);
  };
}

const attach =
  (Statement: unknown): Break =>
  (_, source) => {
    source['Sly'] = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'CaptureChangesRole' }],
        PolicyDocument: { Statement: [Statement] } as never,
      },
    };
  };

describe('each check catches what it is for', () => {
  it.each(FORBIDDEN_ACTIONS)('a right to %s', (action) => {
    const problems = problemsOf(...broken(allow('PlanRestoreRole', action.replace('*', 'Anything'))));
    expect(problems).toContainEqual(expect.stringContaining('PlanRestoreRole is allowed'));
  });

  it.each<[string, RegExp, Break]>([
    ['everything of a service', /is allowed s3:\*/, allow('CaptureChangesRole', 's3:*')],
    ['a wildcard over deletions', /is allowed s3:Delete\*/, allow('CaptureChangesRole', 's3:Delete*')],
    ['a service nobody needs', /of a service not needed/, allow('CaptureChangesRole', 'ec2:RunInstances')],
    [
      'a deletion at a source',
      /may delete in arn:aws:s3:::photos/,
      allow('CaptureChangesRole', 's3:DeleteObject', 'arn:aws:s3:::photos/*'),
    ],
    [
      'an ACL that nobody asked to give back',
      /RestoreObjectsRole may write ACLs in arn:aws:s3:::photos/,
      allow('RestoreObjectsRole', 's3:PutObjectAcl', 'arn:aws:s3:::photos/*'),
    ],
    [
      'an ACL by another role than the one that restores',
      /CaptureChangesRole may write ACLs in arn:aws:s3:::photos/,
      allow('CaptureChangesRole', 's3:*Acl', 'arn:aws:s3:::photos/*'),
    ],
    [
      'a topic that nobody named',
      /WriteReportRole may publish to arn:aws:sns:us-east-1:1:phones/,
      allow('WriteReportRole', 'sns:Publish', 'arn:aws:sns:us-east-1:1:phones'),
    ],
    [
      'notices by another role',
      /RestoreObjectsRole may publish/,
      allow('RestoreObjectsRole', 'sns:Publish', 'arn:aws:sns:us-east-1:111122223333:restores'),
    ],
    ['every resource', /for every resource/, allow('CaptureChangesRole', 's3:GetObject', '*')],
    ['every bucket', /for every resource/, allow('CaptureChangesRole', 's3:GetObject', 'arn:aws:s3:::*/*')],
    [
      'a right given by the stack of a source',
      /is allowed s3:PutBucketPolicy/,
      attach({ Effect: 'Allow', Action: 's3:PutBucketPolicy', Resource: 'arn:aws:s3:::x' }),
    ],
    [
      'a right given by exception',
      /by exception/,
      attach({ Effect: 'Allow', NotAction: 's3:GetObject', Resource: 'arn:aws:s3:::x' }),
    ],
    [
      'every WorkDocs site of the account',
      /ReadSiteRole may read sites that it was not given/,
      (_core, _source, site) => {
        const text = JSON.stringify(site['ReadSite']).replaceAll(
          '"Condition":{"StringEquals"',
          '"Other":{"x"',
        );
        site['ReadSite'] = JSON.parse(text);
      },
    ],
    [
      'a role that no source names',
      /may sts:AssumeRole arn:aws:iam::1:role\/admin/,
      allow('ReadSiteRole', 'sts:AssumeRole', 'arn:aws:iam::1:role/admin'),
    ],
    [
      'a managed policy',
      /managed policy/,
      set('PlanRestoreRole', 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']),
    ],
    [
      'a role for others than Lambda',
      /assumed by others/,
      set('PlanRestoreRole', 'AssumeRolePolicyDocument', {
        Statement: [{ Effect: 'Allow', Principal: { AWS: 'x' }, Action: 'sts:AssumeRole' }],
      }),
    ],
    [
      'a role used twice',
      /share CaptureChangesRole/,
      set('PlanRestoreFunction', 'Role', { 'Fn::GetAtt': ['CaptureChangesRole', 'Arn'] }),
    ],
    [
      'a role from elsewhere',
      /no role of its own/,
      set('PlanRestoreFunction', 'Role', 'arn:aws:iam::1:role/admin'),
    ],
    ['a bucket that is not encrypted', /Vault is not encrypted/, set('Vault', 'BucketEncryption')],
    [
      'a bucket that takes SSE-C',
      /SSE-C/,
      set('Vault', 'BucketEncryption', {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      }),
    ],
    [
      'a public bucket',
      /not closed to the public/,
      set('Vault', 'PublicAccessBlockConfiguration', { BlockPublicAcls: true }),
    ],
    ['a bucket with ACLs', /obeys ACLs/, set('Vault', 'OwnershipControls')],
    [
      'a bucket without versions',
      /keeps no versions/,
      set('Vault', 'VersioningConfiguration', { Status: 'Suspended' }),
    ],
    ['a bucket that cannot be locked', /cannot be locked/, set('Vault', 'ObjectLockEnabled')],
    [
      'a bucket that forgets',
      /expires current objects/,
      set('Vault', 'LifecycleConfiguration', { Rules: [{ ExpirationInDays: 30 }] }),
    ],
    ['a bucket without TLS', /Vault answers in the clear/, remove('VaultPolicy')],
    [
      'a bucket that goes with its stack',
      /Vault goes with its stack/,
      (core) => void Object.assign(core['Vault'] ?? {}, { DeletionPolicy: 'Delete' }),
    ],
    [
      'a bucket that is there only sometimes',
      /not always there/,
      (core) => void Object.assign(core['Vault'] ?? {}, { Condition: 'HasLock' }),
    ],
    [
      'a bare second bucket',
      /Extra is not closed to the public/,
      (core) => void Object.assign(core, { Extra: { Type: 'AWS::S3::Bucket' } }),
    ],
    ['a table that is not encrypted', /Catalog is not encrypted/, set('Catalog', 'SSESpecification')],
    ['a table without recovery', /recovered to a moment/, set('Catalog', 'PointInTimeRecoverySpecification')],
    [
      'a table that goes with its stack',
      /Catalog goes with its stack/,
      (core) => void Object.assign(core['Catalog'] ?? {}, { UpdateReplacePolicy: 'Delete' }),
    ],
    [
      'a queue without dead letters',
      /RestoreQueue has no dead-letter queue/,
      set('RestoreQueue', 'RedrivePolicy'),
    ],
    [
      'a queue that is not encrypted',
      /CaptureDeadLetters is not encrypted/,
      set('CaptureDeadLetters', 'SqsManagedSseEnabled', false),
    ],
    ['a queue that forgets', /two weeks/, set('CaptureDeadLetters', 'MessageRetentionPeriod')],
    ['queues without TLS', /BacklogQueue answers in the clear/, remove('TlsOnlyQueues')],
    ['dead letters without TLS', /CaptureDeadLetters answers in the clear/, remove('TlsOnlyQueues')],
    [
      'a queue policy that lists several queues',
      /QueuePolicy does not speak of its one queue in TlsOnly/,
      say('QueuePolicy', [arnOf('CaptureQueue'), arnOf('ReconcileQueue'), arnOf('SiteQueue')]),
    ],
    [
      'a queue policy that names one of several queues',
      /TlsOnlyQueues does not speak of its one queue/,
      say('TlsOnlyQueues', arnOf('BacklogQueue')),
    ],
    [
      'a queue policy that names another queue',
      /RestoreQueuePolicy does not speak of its one queue/,
      say('RestoreQueuePolicy', arnOf('CaptureQueue')),
    ],
    [
      'a queue with two policies, of which it keeps one',
      /RestoreQueue has two policies/,
      set('RestoreWorkQueuePolicy', 'Queues', [{ Ref: 'RestoreQueue' }]),
    ],
    [
      'a queue with a second policy of its own',
      /CaptureQueue has two policies/,
      (core) => {
        const Properties = { Queue: { Ref: 'CaptureQueue' }, PolicyDocument: { Statement: [] } } as never;
        core['Sly'] = { Type: 'AWS::SQS::QueueInlinePolicy', Properties };
      },
    ],
    [
      'a queue for anybody',
      /QueuePolicy allows anybody/,
      set('QueuePolicy', 'PolicyDocument', {
        Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: 'x' }],
      }),
    ],
    ['a topic that is not encrypted', /AlarmTopic is not encrypted/, set('AlarmTopic', 'KmsMasterKeyId')],
    ['a function without timeout', /has no timeout/, set('PlanRestoreFunction', 'Timeout')],
    ['a function without memory', /has no memory size/, set('PlanRestoreFunction', 'MemorySize')],
    [
      'a function without bound',
      /bound on its concurrency/,
      set('PlanRestoreFunctionMessages', 'ScalingConfig'),
    ],
    ['a function that nobody calls', /bound on its concurrency/, remove('PlanRestoreFunctionMessages')],
    ['a function with logs of Lambda’s own', /not this stack's/, set('PlanRestoreFunction', 'LoggingConfig')],
    [
      'a function with a secret',
      /secret in its environment/,
      set('PlanRestoreFunction', 'Environment', { Variables: { DB_PASSWORD: 'x' } }),
    ],
    [
      'a batch that fails as a whole',
      /the whole batch/,
      set('PlanRestoreFunctionMessages', 'FunctionResponseTypes'),
    ],
    ['logs without end', /keeps its logs for ever/, set('PlanRestoreLogs', 'RetentionInDays')],
  ])('%s', (_, problem, change) => {
    expect(problemsOf(...broken(change)).join('\n')).toMatch(problem);
  });
});
