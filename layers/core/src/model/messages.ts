import * as v from 'valibot';
import { InvalidInputError } from './errors.ts';
import { AskedNameSchema, JobIdSchema } from './job.ts';
import { parseJson } from './json.ts';
import { ARCHIVES } from './object.ts';

/** A job ended: its report is to be written, and who wanted to know is to be told. */
export const ReportMessageSchema = v.object({
  kind: v.literal('report'),
  jobId: v.string(),
  /** Absent when only the report has to be written anew. */
  notify: v.optional(v.boolean()),
});
export type ReportMessage = v.InferOutput<typeof ReportMessageSchema>;

/** Goes on with a restore that was cancelled, failed or left something, as a new job. */
export const ResumeMessageSchema = v.strictObject({
  resume: JobIdSchema,
  askedBy: v.optional(AskedNameSchema),
});
export type ResumeMessage = v.InferOutput<typeof ResumeMessageSchema>;

/** One step of planning a restore: the next part of the vault's listing. */
export const PlanStepSchema = v.object({
  kind: v.literal('plan'),
  jobId: v.string(),
  step: v.string(),
  /** Plain keys first, then those kept by their hash. */
  part: v.picklist(['plain', 'long']),
  /** The last vault key that was planned. */
  after: v.optional(v.string()),
});
export type PlanStep = v.InferOutput<typeof PlanStepSchema>;

/** One step of making a target exact: of counting what it has beyond the source, then of deleting that. */
export const ExtrasStepSchema = v.object({
  kind: v.literal('extras'),
  jobId: v.string(),
  step: v.string(),
  pass: v.picklist(['count', 'delete']),
  /** The last target key that was looked at. */
  after: v.optional(v.string()),
});
export type ExtrasStep = v.InferOutput<typeof ExtrasStepSchema>;

/** One object to bring back. */
export const RestoreItemSchema = v.object({
  key: v.string(),
  vaultKey: v.string(),
  versionId: v.string(),
  /** Why the vault has not what was current: another version stands in for it, or, without an id, none. */
  lacking: v.exactOptional(v.string()),
  /** A large object whose parts an earlier message began to copy. */
  uploadId: v.exactOptional(v.string()),
});

/** Objects to bring back. */
export const RestoreBatchSchema = v.object({
  kind: v.literal('restore'),
  jobId: v.string(),
  batch: v.string(),
  items: v.array(RestoreItemSchema),
  /** One object that was waited for: the id of its row. */
  thawed: v.optional(v.string()),
});
export type RestoreBatch = v.InferOutput<typeof RestoreBatchSchema>;
/** One object of a batch. */
export type RestoreItem = RestoreBatch['items'][number];

/** Objects to be asked for before they can be brought back; each is counted as a batch of its own. */
export const ThawBatchSchema = v.object({
  kind: v.literal('thaw'),
  jobId: v.string(),
  batch: v.string(),
  items: v.array(v.object({ ...RestoreItemSchema.entries, archive: v.picklist(ARCHIVES) })),
});
export type ThawBatch = v.InferOutput<typeof ThawBatchSchema>;

/** Looks for thaws whose event never came: of all jobs, or the next part of one. */
export const SweepSchema = v.object({
  kind: v.literal('sweep'),
  jobId: v.optional(v.string()),
  /** The last id that was looked at. */
  after: v.optional(v.string()),
});
export type Sweep = v.InferOutput<typeof SweepSchema>;

const RestoreWorkSchema = v.variant('kind', [
  RestoreBatchSchema,
  ThawBatchSchema,
  SweepSchema,
  ExtrasStepSchema,
]);
export type RestoreWork = v.InferOutput<typeof RestoreWorkSchema>;

/**
 * Makes the reader of a message body. It throws {@link InvalidInputError} for a body of another shape.
 *
 * @param what the message's kind with its article, as `an import`
 */
export function messageReader<TSchema extends v.GenericSchema>(what: string, schema: TSchema) {
  return (body: string): v.InferOutput<TSchema> => {
    const parsed = v.safeParse(schema, parseJson(body));
    if (parsed.success) return parsed.output;
    const issue = parsed.issues[0];
    throw new InvalidInputError(`not ${what} message: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
  };
}

/** Readers of message bodies. Each throws {@link InvalidInputError} for a body of another shape. */
export const parsePlanStep = messageReader('a plan', PlanStepSchema);
export const parseRestoreWork = messageReader('a restore', RestoreWorkSchema);
export const parseReportMessage = messageReader('a report', ReportMessageSchema);

/** How many objects one batch message carries, and how many bytes their keys may take together. */
const MAX_ITEMS = 100;
const MAX_BATCH_BYTES = 200_000;

/** Cuts items into batches that fit a message. SQS takes 1 MiB; escapes can make a key six times as long. */
export function intoBatches<T extends { readonly key: string }>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    if (batch.length === MAX_ITEMS || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Cuts items into a given number of batches, empty ones included: for a step that was counted with that number. */
export function intoExactly<T>(items: readonly T[], batches: number): T[][] {
  const size = Math.max(1, Math.ceil(items.length / Math.max(1, batches)));
  return Array.from({ length: batches }, (_, index) => items.slice(index * size, (index + 1) * size));
}
