import * as v from 'valibot';
import { defined } from './defined.ts';
import { AskedBySchema, JOB_STATES, type Job, LagSecondsSchema, ProblemSchema } from './job.ts';
import { formatMoment } from './moment.ts';

const ReasonCountSchema = v.object({ reason: v.string(), count: v.number() });
/** How many objects one reason kept from being done. */
export type ReasonCount = v.InferOutput<typeof ReasonCountSchema>;

/** What a finished job wrote into the vault. Times are ISO 8601 in UTC. */
export const ReportSchema = v.object({
  version: v.literal(1),
  kind: v.string(),
  jobId: v.string(),
  source: v.string(),
  state: v.picklist(JOB_STATES),
  trigger: v.string(),
  askedBy: v.optional(AskedBySchema),
  /** The job that this one goes on with. */
  continues: v.optional(v.string()),
  startedAt: v.string(),
  finishedAt: v.string(),
  /** From the job's beginning to its end: what a restore took is the recovery time (RTO). */
  durationSeconds: v.optional(v.number()),
  message: v.optional(v.string()),
  request: v.optional(v.unknown()),
  counts: v.record(v.string(), v.number()),
  /** Upper bounds in seconds that this share of captures stayed within since the last reconcile; null above an hour. */
  lagSeconds: v.optional(LagSecondsSchema),
  /** All problems by reason, the most frequent first. */
  reasons: v.optional(v.array(ReasonCountSchema), []),
  problems: v.array(ProblemSchema),
  /** Problems beyond those listed here; all are in the catalog. */
  furtherProblems: v.number(),
  /** Set when there were too many problems to read: `reasons` and `furtherProblems` are of those that were. */
  problemsCutShort: v.optional(v.boolean()),
  /** What could not be brought back of objects, or is worth to know of them; nothing went wrong with these. */
  notes: v.optional(
    v.object({
      reasons: v.array(ReasonCountSchema),
      listed: v.array(ProblemSchema),
      further: v.number(),
    }),
  ),
  /** What holds for every object of the job. */
  remarks: v.optional(v.array(v.string())),
});
export type Report = v.InferOutput<typeof ReportSchema>;

/** What a report says of a job's problems. */
export type ReportedProblems = Pick<
  Report,
  'reasons' | 'problems' | 'furtherProblems' | 'problemsCutShort' | 'notes'
>;

/**
 * The report of a job that has ended.
 *
 * @param remarks what holds for every object of it
 */
export function reportOf(job: Job, problems: ReportedProblems, remarks: readonly string[] = []): Report {
  const { kind, id, source, state, trigger, startedAt, counts } = job;
  const finishedAt = job.finishedAt ?? startedAt;
  const { askedBy, continues, message, request, lagSeconds } = job;
  return {
    version: 1,
    kind,
    jobId: id,
    source,
    state,
    trigger,
    ...defined({ askedBy, continues }),
    startedAt: formatMoment(startedAt),
    finishedAt: formatMoment(finishedAt),
    durationSeconds: Math.max(0, finishedAt - startedAt) / 1000,
    ...defined({ message, request }),
    counts,
    ...defined({ lagSeconds }),
    ...problems,
    ...(remarks.length === 0 ? {} : { remarks: [...remarks] }),
  };
}

/** `reports/<kind>/<yyyy>/<mm>/<dd>/<id>.json`, by the day the job began. */
export function reportKey(kind: string, id: string, startedAt: number): string {
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `reports/${kind}/${day}/${id}.json`;
}

/** The page for people beside a report. */
export function reportPageKey(key: string): string {
  return key.replace(/\.json$/, '.html');
}
