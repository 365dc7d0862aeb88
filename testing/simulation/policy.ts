import type { BucketQueue } from '@holdfast/core/model/queues.ts';
import type { CopyRequest, MultipartStart, ObjectRef, PartCopy } from '@holdfast/core/ports/object-store.ts';
import { deployedTemplate } from '../iam/deployed-template.ts';
import { isAllowed } from '../iam/is-allowed.ts';
import { type RolePolicy, rolePolicies } from '../iam/role-policies.ts';
import { SOURCE, VAULT } from '../pipeline.ts';

/** What a request needs: an action on a resource, in IAM's words. */
type Need = readonly [action: string, resource: string];
export type Policies = Readonly<Record<string, RolePolicy>>;

const ACCOUNT = 'us-east-1:111122223333';
const TABLE = `arn:aws:dynamodb:${ACCOUNT}:table/Catalog`;
const QUEUES: Readonly<Record<BucketQueue, string>> = {
  capture: 'CaptureQueue',
  backlog: 'BacklogQueue',
  reconcile: 'ReconcileQueue',
  restore: 'RestoreQueue',
  restoreWork: 'RestoreWorkQueue',
  report: 'ReportQueue',
};

/** The role under which the handler of a queue runs. */
export const ROLES: Readonly<Record<BucketQueue, string>> = {
  capture: 'CaptureChangesRole',
  backlog: 'CaptureBacklogRole',
  reconcile: 'ReconcileSourceRole',
  restore: 'PlanRestoreRole',
  restoreWork: 'RestoreObjectsRole',
  report: 'WriteReportRole',
};

/** The policies of the functions' roles, from the template as CloudFormation gets it. */
export async function deployedPolicies(): Promise<Policies> {
  const core = {
    template: await deployedTemplate('template.yaml'),
    names: { Vault: VAULT },
    parameters: { AclRestores: 'true' },
  };
  const parameters = {
    Bucket: SOURCE,
    CaptureRuleName: `holdfast-capture-${SOURCE}`,
    Acls: 'true',
    AclRestores: 'true',
  };
  return rolePolicies(core, [{ template: await deployedTemplate('templates/source.yaml'), parameters }]);
}

/**
 * Tells whether a role may make a request, by the actions that AWS asks for each operation.
 * Source: service authorization reference of S3, DynamoDB, SQS and EventBridge, and "Required permissions" of each
 * S3 operation.
 */
export class PolicyCheck {
  readonly #policies: Policies;
  readonly #answers = new Map<string, boolean>();

  constructor(policies: Policies) {
    this.#policies = policies;
  }

  /** @returns what the role is refused, as `s3:GetObject on arn:…`; empty when all is allowed */
  refused(role: string, op: string, args: readonly unknown[]): string[] {
    return needsOf(op, args)
      .filter(([action, resource]) => !this.#isAllowed(role, action, resource))
      .map(([action, resource]) => `${role} may not ${action} on ${resource}, for ${op}`);
  }

  #isAllowed(role: string, action: string, resource: string): boolean {
    const question = `${role} ${action} ${resource}`;
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const policy = this.#policies[role];
    const answer = policy !== undefined && isAllowed(policy, action, resource);
    this.#answers.set(question, answer);
    return answer;
  }
}

const object = ({ bucket, key }: { bucket: string; key: string }) => `arn:aws:s3:::${bucket}/${key}`;
const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;
const versioned = (verb: string, what: string, ref: ObjectRef): Need => [
  `s3:${verb}Object${ref.versionId === undefined ? '' : 'Version'}${what}`,
  object(ref),
];
const readable = (from: ObjectRef): Need[] => [
  versioned('Get', '', from),
  // A copy takes the tags along.
  versioned('Get', 'Tagging', from),
];

const granted = (to: { bucket: string; key: string }, grants: unknown): Need[] =>
  grants === undefined ? [] : [['s3:PutObjectAcl', object(to)]];

type Needs = (...args: never[]) => Need[];
const NEEDS: Readonly<Record<string, Needs>> = {
  // Without the right to list, S3 says 403 where 404 is the truth.
  'store.head': (ref: ObjectRef) => [
    versioned('Get', '', ref),
    ['s3:ListBucket', bucketArn(ref.bucket)],
    // Without these, the answer leaves out how the source's object is locked.
    ...(ref.bucket === SOURCE
      ? ([
          ['s3:GetObjectRetention', object(ref)],
          ['s3:GetObjectLegalHold', object(ref)],
        ] as const)
      : []),
  ],
  'store.bucket': (bucket: string) => [['s3:ListBucket', bucketArn(bucket)]],
  'store.list': ({ bucket }: { bucket: string }) => [['s3:ListBucket', bucketArn(bucket)]],
  'store.listVersions': ({ bucket }: { bucket: string }) => [['s3:ListBucketVersions', bucketArn(bucket)]],
  'store.copy': ({ from, to, grants }: CopyRequest) => [
    ...readable(from),
    ['s3:PutObject', object(to)],
    ['s3:PutObjectTagging', object(to)],
    ...granted(to, grants),
  ],
  'store.beginMultipart': ({ to, tags, grants }: MultipartStart) => [
    ['s3:PutObject', object(to)],
    ...granted(to, grants),
    ...(Object.keys(tags).length === 0 ? [] : [['s3:PutObjectTagging', object(to)] as const]),
  ],
  'store.copyPart': (upload: ObjectRef, { from }: PartCopy) => [
    versioned('Get', '', from),
    ['s3:PutObject', object(upload)],
  ],
  'store.listParts': (upload: ObjectRef) => [['s3:ListMultipartUploadParts', object(upload)]],
  'store.completeMultipart': (upload: ObjectRef) => [['s3:PutObject', object(upload)]],
  'store.abortMultipart': (upload: ObjectRef) => [['s3:AbortMultipartUpload', object(upload)]],
  'store.thaw': (ref: ObjectRef) => [['s3:RestoreObject', object(ref)]],
  'store.getTags': (ref: ObjectRef) => [versioned('Get', 'Tagging', ref)],
  'store.getAcl': (ref: ObjectRef) => [versioned('Get', 'Acl', ref)],
  'store.ownership': (bucket: string) => [['s3:GetBucketOwnershipControls', bucketArn(bucket)]],
  'store.putTags': (ref: ObjectRef) => [versioned('Put', 'Tagging', ref)],
  'store.hide': (ref: ObjectRef) => [['s3:DeleteObject', object(ref)]],
  'store.put': (ref: ObjectRef) => [['s3:PutObject', object(ref)]],
  'store.get': (ref: ObjectRef) => [versioned('Get', '', ref)],
  'store.open': (ref: ObjectRef) => [versioned('Get', '', ref)],
  'catalog.listUnprotected': () => [['dynamodb:Query', `${TABLE}/index/unprotected`]],
  'catalog.completeStep': () => [
    ['dynamodb:PutItem', TABLE],
    ['dynamodb:UpdateItem', TABLE],
  ],
  ...table('GetItem', 'getEntry', 'getSource', 'getJob', 'getStep', 'getThaw', 'getThawingJob'),
  ...table('PutItem', 'putEntry', 'putSource', 'createJob', 'addThaw', 'putThawingJob'),
  ...table('Query', 'listEntries', 'listSources', 'listJobs', 'listProblems', 'listThaws', 'listThawingJobs'),
  ...table(
    'UpdateItem',
    'patchSource',
    'addActivity',
    'resetTotals',
    'enterDeletions',
    'finishJob',
    'patchThaw',
  ),
  'queue.send': (queue: BucketQueue) => [['sqs:SendMessage', `arn:aws:sqs:${ACCOUNT}:${QUEUES[queue]}`]],
  'wiring.ensure': (bucket: string) => [
    ['s3:GetBucketNotification', bucketArn(bucket)],
    ['s3:PutBucketNotification', bucketArn(bucket)],
    ['events:DescribeRule', `arn:aws:events:${ACCOUNT}:rule/holdfast-capture-${bucket}`],
    ['events:ListTargetsByRule', `arn:aws:events:${ACCOUNT}:rule/holdfast-capture-${bucket}`],
    ['events:EnableRule', `arn:aws:events:${ACCOUNT}:rule/holdfast-capture-${bucket}`],
  ],
};

function table(action: string, ...ops: string[]): Record<string, Needs> {
  return Object.fromEntries(ops.map((op) => [`catalog.${op}`, () => [[`dynamodb:${action}`, TABLE]]]));
}

function needsOf(op: string, args: readonly unknown[]): Need[] {
  const needs = NEEDS[op];
  if (needs === undefined) throw new Error(`nobody knows what ${op} needs`);
  return needs(...(args as never[]));
}
