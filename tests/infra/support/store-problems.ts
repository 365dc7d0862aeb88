import type { Template, Value } from '../../../testing/iam/deployed-template.ts';
import { deniesPlainHttp, queuePolicyProblems } from './queue-policies.ts';
import { allStatements, type Named, ofType, type Properties, references } from './template-resources.ts';

const PUBLIC_ACCESS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** Buckets that are not encrypted, public, reached in the clear, without versions, or deleted with their stack. */
export function bucketProblems(template: Template): string[] {
  return ofType(template, 'AWS::S3::Bucket').flatMap((bucket) => {
    const { id, is, resource } = bucket;
    const closed = (is['PublicAccessBlockConfiguration'] ?? {}) as Properties;
    return problems([
      [isEncrypted(is['BucketEncryption']), `${id} is not encrypted`],
      [text(is['BucketEncryption']).includes('"SSE-C"'), `${id} takes objects under keys of others (SSE-C)`],
      [PUBLIC_ACCESS.every((name) => closed[name] === true), `${id} is not closed to the public`],
      [text(is['OwnershipControls']).includes('BucketOwnerEnforced'), `${id} obeys ACLs`],
      [text(is['VersioningConfiguration']).includes('"Enabled"'), `${id} keeps no versions`],
      [is['ObjectLockEnabled'] === true, `${id} cannot be locked`],
      [isRetained(bucket), `${id} goes with its stack`],
      [hasTlsOnly(template, id), `${id} answers in the clear`],
      [resource.Condition === undefined, `${id} is not always there`],
      [
        !text(is['LifecycleConfiguration']).match(/"Expiration(InDays|Date)"/),
        `${id} expires current objects`,
      ],
    ]);
  });
}

/** Tables without encryption, recovery to a moment, or that go with their stack. */
export function tableProblems(template: Template): string[] {
  return ofType(template, 'AWS::DynamoDB::Table').flatMap((table) =>
    problems([
      [text(table.is['SSESpecification']).includes('"SSEEnabled":true'), `${table.id} is not encrypted`],
      [
        text(table.is['PointInTimeRecoverySpecification']).includes('true'),
        `${table.id} cannot be recovered to a moment`,
      ],
      [isRetained(table), `${table.id} goes with its stack`],
    ]),
  );
}

/** Queues without encryption, dead-letter queue, policy against plain http, or open to strangers. */
export function queueProblems(template: Template): string[] {
  const queues = ofType(template, 'AWS::SQS::Queue');
  const dead = new Set(queues.flatMap(({ is }) => references(is['RedrivePolicy'])));
  return [
    ...queues.flatMap(({ id, is }) =>
      problems([
        [is['SqsManagedSseEnabled'] === true || is['KmsMasterKeyId'] !== undefined, `${id} is not encrypted`],
        [dead.has(id) || is['RedrivePolicy'] !== undefined, `${id} has no dead-letter queue`],
        [is['MessageRetentionPeriod'] === 1_209_600, `${id} does not keep its messages for two weeks`],
        [deniesPlainHttp(template, id), `${id} answers in the clear`],
      ]),
    ),
    ...queuePolicyProblems(template),
    ...openPolicies(template),
  ];
}

/** Statements that let anybody in. */
function openPolicies(template: Template): string[] {
  return allStatements(template)
    .filter(({ statement }) => statement['Effect'] === 'Allow' && isAnybody(statement['Principal']))
    .map(({ id }) => `${id} allows anybody`);
}

function isAnybody(principal: Value | undefined): boolean {
  return principal === '*' || text(principal).includes('"AWS":"*"');
}

/** Topics that are not encrypted. */
export function topicProblems(template: Template): string[] {
  return ofType(template, 'AWS::SNS::Topic').flatMap(({ id, is }) =>
    problems([[is['KmsMasterKeyId'] !== undefined, `${id} is not encrypted`]]),
  );
}

function isEncrypted(encryption: Value | undefined): boolean {
  return /"SSEAlgorithm":"(AES256|aws:kms)"/.test(text(encryption));
}

function isRetained({ resource }: Named): boolean {
  const kept = ['Retain', 'RetainExceptOnCreate'].includes(resource.DeletionPolicy ?? '');
  return kept && resource.UpdateReplacePolicy === 'Retain';
}

/** Whether some policy denies everybody everything that does not come over TLS. */
function hasTlsOnly(template: Template, id: string): boolean {
  return allStatements(template).some(
    ({ statement }) =>
      statement['Effect'] === 'Deny' &&
      statement['Principal'] === '*' &&
      text(statement['Condition']).includes('"aws:SecureTransport":"false"') &&
      references(statement['Resource']).includes(id),
  );
}

function text(value: Value | undefined): string {
  return JSON.stringify(value ?? null);
}

function problems(checks: ReadonlyArray<readonly [boolean, string]>): string[] {
  return checks.filter(([right]) => !right).map(([, problem]) => problem);
}
