import { ProblemSchema } from '@holdfast/core/model/job.ts';
import { RestoreMessageSchema } from '@holdfast/core/model/restore-request.ts';
import { ORIGINAL, STORAGE_CLASSES } from '@holdfast/core/model/storage-class.ts';
import { THAW_TIERS } from '@holdfast/core/model/thaw.ts';
import * as v from 'valibot';
import { ClockSkew } from './clock-skew.ts';
import { StartedSchema } from './job.ts';
import { Moment } from './moment.ts';

const Size = v.strictObject({ objects: v.number(), bytes: v.number() });
const SizeWithExamples = v.strictObject({ ...Size.entries, examples: v.array(v.string()) });

/** What a restore would do. The sizes add up: `selected` is `fresh`, `right`, `conflicts`, `overwritten` and `failed`. */
export const PlanJsonSchema = v.strictObject({
  at: Moment,
  selected: Size,
  fresh: Size,
  right: Size,
  conflicts: SizeWithExamples,
  overwritten: SizeWithExamples,
  /** What cannot be brought back, as far as that shows beforehand, and why of the first few. */
  failed: v.strictObject({ ...Size.entries, problems: v.array(ProblemSchema) }),
  extras: SizeWithExamples,
  /** Whether nothing of `extras` is deleted, since something conflicts or cannot be brought back. */
  held: v.boolean(),
  archived: v.record(v.string(), Size),
  /** What thawing that takes in each tier; `asked` is the one that is asked for. */
  thaws: v.array(
    v.strictObject({
      storageClass: v.string(),
      tier: v.picklist(THAW_TIERS),
      asked: v.boolean(),
      leastSeconds: v.number(),
      mostSeconds: v.number(),
      dollars: v.number(),
    }),
  ),
  /** Of what is written: `original`, or the one that was asked for; null where that is no bucket. */
  storageClass: v.nullable(v.picklist([ORIGINAL, ...STORAGE_CLASSES])),
  /**
   * With `--acls`: objects whose ACL is not the default one (so many at least, where there are more than 1,000), and whether the
   * target takes ACLs; null there: that may not be seen. Null without.
   */
  acls: v.nullable(
    v.strictObject({ objects: v.number(), atLeast: v.boolean(), taken: v.nullable(v.boolean()) }),
  ),
  /** Of the target, unless told otherwise; null where that is no bucket, or cannot be seen. */
  encryption: v.nullable(v.strictObject({ algorithm: v.string(), key: v.nullable(v.string()) })),
  /** All of them, by the restore itself. */
  requests: v.number(),
  dollars: v.number(),
});
export type PlanJson = v.InferOutput<typeof PlanJsonSchema>;

/** `restore`: the message that was sent, and the job it began. With `--dry-run`, no job. */
export const RestoreJsonSchema = v.strictObject({
  ...StartedSchema.entries,
  jobId: v.nullable(v.string()),
  request: RestoreMessageSchema,
  /** Null when none was made, as with `--yes`. */
  plan: v.nullable(PlanJsonSchema),
  clockSkewSeconds: ClockSkew,
});
