import type { QueueName } from '@holdfast/core/model/queues.ts';
import { QueueAddressesSchema } from '@holdfast/core/runtime/queue-addresses.ts';
import * as v from 'valibot';
import { CommandError } from './errors.ts';
import type { StackView } from './ports.ts';

const text = v.pipe(v.string(), v.minLength(1));
const number = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));

/** What the CLI needs of the core stack's outputs. See template.yaml. */
const OutputsSchema = v.object({
  VaultBucket: text,
  CatalogTable: text,
  Queues: QueueAddressesSchema,
  CaptureQueueArn: text,
  ReconcileQueueArn: text,
  SiteQueueArn: text,
  // Without it, the hourly messages of a source would end as dead letters.
  HourlyChecks: text,
  RestoreObjectsRoleName: text,
  // Not there where the stack is deployed without the kind: see roleOf.
  CaptureChangesRoleName: v.optional(text),
  CaptureBacklogRoleName: v.optional(text),
  ReconcileSourceRoleName: v.optional(text),
  ReadSiteRoleName: v.optional(text),
  CaptureDocumentsRoleName: v.optional(text),
  ImportExportRoleName: v.optional(text),
  // CloudFormation leaves an output out when it is empty.
  RestoreTargetPatterns: v.optional(v.string(), ''),
  // So with a stack of an earlier version, whose restores delete nothing.
  ExactRestoresAllowed: v.optional(v.picklist(['true', 'false']), 'false'),
  AclRestoresAllowed: v.optional(v.picklist(['true', 'false']), 'false'),
  // A stack of an earlier version has none: then its sources have no alarms.
  AlarmTopicArn: v.optional(v.string(), ''),
  RetentionInDays: number,
  MultipartThresholdInMiB: number,
});
export type CoreOutputs = v.InferOutput<typeof OutputsSchema>;

/** The deployed core stack. */
export type CoreStack = {
  readonly name: string;
  /** The account that it is in, and its buckets. */
  readonly account: string;
  readonly region: string;
  readonly outputs: CoreOutputs;
  readonly parameters: Readonly<Record<string, string>>;
};

/** The parameter of template.yaml that says whether there are functions for a kind. */
type KindParameter = 'Buckets' | 'WorkDocs';

/** The queues that functions of a kind read; those of restores and reports are read in every stack. */
const READ_WITH: Readonly<Record<QueueName, KindParameter | undefined>> = {
  capture: 'Buckets',
  backlog: 'Buckets',
  reconcile: 'Buckets',
  restore: undefined,
  restoreWork: undefined,
  report: undefined,
  site: 'WorkDocs',
  documents: 'WorkDocs',
  largeDocuments: 'WorkDocs',
  import: 'WorkDocs',
  siteRestore: 'WorkDocs',
};

/** The parameter with which the stack was deployed without functions that read a queue; undefined where somebody reads it. */
export function unreadFor(
  queue: QueueName,
  { parameters }: Pick<CoreStack, 'parameters'>,
): KindParameter | undefined {
  const parameter = READ_WITH[queue];
  return parameter !== undefined && parameters[parameter] === 'false' ? parameter : undefined;
}

/** @throws {CommandError} when nobody reads a queue, because the stack is deployed without the kind that it is for */
export function checkIsRead(queue: QueueName, stack: CoreStack): void {
  const parameter = unreadFor(queue, stack);
  if (parameter !== undefined) throw without(parameter, stack.name);
}

/** The name of a function's role. @throws {CommandError} when the stack is deployed without the kind that it is for */
export function roleOf(output: RoleOutput, { name, outputs }: CoreStack): string {
  const role = outputs[output];
  if (role === undefined) throw without(ROLES[output], name);
  return role;
}

const ROLES = {
  CaptureChangesRoleName: 'Buckets',
  CaptureBacklogRoleName: 'Buckets',
  ReconcileSourceRoleName: 'Buckets',
  ReadSiteRoleName: 'WorkDocs',
  CaptureDocumentsRoleName: 'WorkDocs',
  ImportExportRoleName: 'WorkDocs',
} as const satisfies Partial<Record<keyof CoreOutputs, KindParameter>>;
type RoleOutput = keyof typeof ROLES;

function without(parameter: KindParameter, stack: string): CommandError {
  return new CommandError(
    `stack "${stack}" is deployed with ${parameter}=false and has no functions for this: deploy it with ${parameter}=true`,
  );
}

/** Reads a stack's outputs. @throws {CommandError} when it is not a whole Holdfast stack */
export function readOutputs({ name, status, outputs }: StackView): CoreOutputs {
  const parsed = v.safeParse(OutputsSchema, outputs);
  if (parsed.success) return parsed.output;
  const [first, ...others] = parsed.issues.map((issue) => v.getDotPath(issue));
  const missing = others.length === 0 ? first : `${first} and ${others.length} more`;
  const busy = status.endsWith('_IN_PROGRESS') || status.includes('FAILED') || status.includes('ROLLBACK');
  throw new CommandError(
    busy
      ? `stack "${name}" is in state ${status} and cannot be used: finish its deployment (sam deploy) first`
      : `stack "${name}" is not a Holdfast core stack of this version (no output ${missing}): name it with --stack, or deploy this version's template`,
    'no-stack',
  );
}

/** The account of a stack, which the ARN of each of its things says. */
export function accountOf({ CaptureQueueArn }: Pick<CoreOutputs, 'CaptureQueueArn'>): string {
  const [, , , , account = ''] = CaptureQueueArn.split(':');
  return account;
}
