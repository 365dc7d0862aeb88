import { UNPROTECTED_REASONS } from '@holdfast/core/model/entry.ts';
import { QUEUES } from '@holdfast/core/model/queues.ts';
import * as v from 'valibot';
import { JobJsonSchema } from './job.ts';
import { Moment } from './moment.ts';
import { SourceJsonSchema } from './sources.ts';

const Reason = v.picklist(UNPROTECTED_REASONS);

/** Objects whose present state is not in the vault, all of them; without `--json` the first 20 are shown. */
const UnprotectedObjectsSchema = v.strictObject({
  total: v.number(),
  byReason: v.record(v.string(), v.number()),
  objects: v.array(
    v.strictObject({
      key: v.string(),
      /** Of a WorkDocs site, whose keys are ids. */
      name: v.nullable(v.string()),
      reason: Reason,
      detail: v.nullable(v.string()),
      since: Moment,
    }),
  ),
});
export type UnprotectedObjects = v.InferOutput<typeof UnprotectedObjectsSchema>;

const QueueSchema = v.strictObject({
  queue: v.picklist(QUEUES),
  visible: v.number(),
  inFlight: v.number(),
  delayed: v.number(),
  dead: v.number(),
});

export const StatusSchema = v.strictObject({
  sources: v.array(
    v.strictObject({ ...SourceJsonSchema.entries, unprotectedObjects: UnprotectedObjectsSchema }),
  ),
  queues: v.array(QueueSchema),
  runningJobs: v.array(JobJsonSchema),
  /** True when nothing waits in a queue and no job runs. */
  settled: v.boolean(),
  /** What needs somebody's attention, in words; empty when all is well. The exit code is 3 when it is not empty. */
  attention: v.array(v.string()),
});
export type Status = v.InferOutput<typeof StatusSchema>;
