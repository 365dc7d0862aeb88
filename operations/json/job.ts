import { JOB_STATES } from '@holdfast/core/model/job.ts';
import * as v from 'valibot';
import { Moment } from './moment.ts';

/** One job. `counts` has the counters of its kind; docs/cli.md lists them. */
export const JobJsonSchema = v.strictObject({
  id: v.string(),
  /** One of the kinds of jobs that there are: `restore`. */
  kind: v.string(),
  source: v.string(),
  state: v.picklist(JOB_STATES),
  trigger: v.string(),
  /** Who asked: `sender` as SQS attests it, `name` as the message says. */
  askedBy: v.nullable(v.strictObject({ sender: v.nullable(v.string()), name: v.nullable(v.string()) })),
  /** Of a resumed restore: the job that it goes on with. */
  continues: v.nullable(v.string()),
  startedAt: Moment,
  finishedAt: v.nullable(Moment),
  counts: v.record(v.string(), v.number()),
  /** Work that is still to be done: key ranges to list, batches of objects. */
  left: v.strictObject({ ranges: v.number(), batches: v.number() }),
  message: v.nullable(v.string()),
  /** Where its report is: `s3://vault/reports/…`. */
  report: v.nullable(v.string()),
  /** The same for people: `….html` beside it. */
  page: v.nullable(v.string()),
  /** Of a restore: the request as it was accepted. */
  request: v.nullable(v.unknown()),
});
export type JobJson = v.InferOutput<typeof JobJsonSchema>;

/** A job and what of it went other than wished: the first 20; the report has more. */
export const JobResultSchema = v.strictObject({
  job: JobJsonSchema,
  problems: v.array(v.strictObject({ key: v.string(), reason: v.string(), detail: v.nullable(v.string()) })),
  furtherProblems: v.number(),
  /** Of a restore that waits for thaws: by when all that it has asked for can be read. */
  thaws: v.nullable(v.strictObject({ waiting: v.number(), ready: v.number(), readyBy: v.nullable(Moment) })),
  /** Of a comparison that was waited for, and began copies in parts: what became of those. */
  largeCopies: v.nullable(v.strictObject({ done: v.number(), failed: v.number(), left: v.number() })),
});
export type JobResult = v.InferOutput<typeof JobResultSchema>;

/** What a command says that began a job. `result` is null without `--wait`. */
export const StartedSchema = v.strictObject({
  source: v.string(),
  jobId: v.string(),
  result: v.nullable(JobResultSchema),
});

/** What `job --resume` says. */
export const ResumedSchema = v.strictObject({ ...StartedSchema.entries, continues: v.string() });
