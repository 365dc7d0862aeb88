import * as v from 'valibot';
import { JOB_KINDS, JOB_STATES, ProblemSchema } from './job.ts';

/** What a finished job wrote into the vault. Times are ISO 8601 in UTC. */
export const ReportSchema = v.object({
  version: v.literal(1),
  kind: v.picklist(JOB_KINDS),
  jobId: v.string(),
  source: v.string(),
  state: v.picklist(JOB_STATES),
  trigger: v.string(),
  startedAt: v.string(),
  finishedAt: v.string(),
  message: v.optional(v.string()),
  request: v.optional(v.unknown()),
  counts: v.record(v.string(), v.number()),
  /** Upper bounds in seconds that this share of captures stayed within since the last reconcile; null above an hour. */
  lagSeconds: v.optional(v.object({ p50: v.nullable(v.number()), p99: v.nullable(v.number()) })),
  problems: v.array(ProblemSchema),
  /** Problems beyond those listed here; all are in the catalog. */
  furtherProblems: v.number(),
});
export type Report = v.InferOutput<typeof ReportSchema>;

/** `reports/<kind>/<yyyy>/<mm>/<dd>/<id>.json`, by the day the job began. */
export function reportKey(kind: string, id: string, startedAt: number): string {
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `reports/${kind}/${day}/${id}.json`;
}
