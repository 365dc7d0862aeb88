import type { QueueName } from '@holdfast/core/model/queues.ts';
import { QueueAddressesSchema } from '@holdfast/core/runtime/queue-addresses.ts';
import * as v from 'valibot';
import type { Kinds } from './kind.ts';

const text = v.pipe(v.string(), v.minLength(1));
const number = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));

/** What is needed of the core stack's outputs. See template.yaml. */
export const OutputsSchema = v.object({
  VaultBucket: text,
  CatalogTable: text,
  Queues: QueueAddressesSchema,
  CaptureQueueArn: text,
  ReconcileQueueArn: text,
  SiteQueueArn: text,
  // Without it, the hourly messages of a source would end as dead letters.
  HourlyChecks: text,
  RestoreObjectsRoleName: text,
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
  /** Names of functions' roles, by their outputs; those of a kind that the stack is deployed without are not there. */
  readonly roles: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
};

/**
 * The parameter with which the stack was deployed without functions that read a queue; undefined where somebody reads it. Queues of
 * restores and reports are read in every stack.
 */
export function unreadFor(
  queue: QueueName,
  { parameters }: Pick<CoreStack, 'parameters'>,
  { kinds }: Kinds,
): string | undefined {
  const reads = kinds.all.find(({ work }) => work.functions?.queues.includes(queue));
  const parameter = reads?.work.functions?.parameter;
  return parameter !== undefined && parameters[parameter] === 'false' ? parameter : undefined;
}
