import * as v from 'valibot';
import { defined } from '../model/defined.ts';
import { HoldfastError } from '../model/errors.ts';
import { type Job, type JobProgress, JobSchema, type Problem, ProblemSchema } from '../model/job.ts';
import type { StepRecord } from '../ports/catalog.ts';
import { expiry, flatten, gather, type Item, JOBS, parseRow, stepsOf, toItem, toRow } from './items.ts';

const COUNT = 'count_';
const JOB_DAYS = 400;
const STEP_DAYS = 90;
// Of the 400 KB an item may have, with room for the names and what else is in it.
const MAX_STEP_BYTES = 350_000;

export function jobItem({ id, counts, request, ...fields }: Job): Item {
  return toItem({
    pk: JOBS,
    sk: id,
    ...fields,
    ...flatten(COUNT, counts),
    request: request === undefined ? undefined : JSON.stringify(request),
    expiresAt: expiry(fields.startedAt, JOB_DAYS),
  });
}

export function jobOf(item: Item): Job {
  const { request, ...row } = toRow(item);
  return parseRow(JobSchema, {
    ...row,
    id: row['sk'],
    counts: gather(COUNT, row),
    ...(typeof request === 'string' ? { request: JSON.parse(request) } : {}),
  });
}

/** What a step adds, by attribute. All three numbers are always there, so that there is always something to add. */
export function progressFields(progress: JobProgress): Record<string, number> {
  const { openRanges = 0, batchesQueued = 0, batchesDone = 0, counts = {} } = progress;
  return { openRanges, batchesQueued, batchesDone, ...flatten(COUNT, counts) };
}

export function stepItem(step: StepRecord, now: number): Item {
  const { jobId, progress, continuations, by } = step;
  const bytes = continuations.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  if (bytes > MAX_STEP_BYTES) {
    throw new HoldfastError(`step ${step.step} of job ${jobId} continues in more than fits a row`, 'fatal');
  }
  return toItem({
    pk: stepsOf(jobId),
    sk: step.step,
    progress,
    continuations,
    ...defined({ by }),
    problems: fitting(step.problems, MAX_STEP_BYTES - bytes),
    expiresAt: expiry(now, STEP_DAYS),
  });
}

const StepSchema = v.object({
  by: v.exactOptional(v.string()),
  progress: v.object({
    openRanges: v.exactOptional(v.number()),
    batchesQueued: v.exactOptional(v.number()),
    batchesDone: v.exactOptional(v.number()),
    counts: v.exactOptional(v.record(v.string(), v.number())),
  }),
  problems: v.array(ProblemSchema),
  continuations: v.array(v.string()),
});

export function stepOf(item: Item, jobId: string): StepRecord {
  const row = toRow(item);
  return { jobId, step: String(row['sk']), ...parseRow(StepSchema, row) };
}

/** The first problems that fit, and behind them how many did not: the job's counters still have those. */
function fitting(problems: readonly Problem[], maxBytes: number): Problem[] {
  const kept: Problem[] = [];
  let bytes = 0;
  for (const problem of problems) {
    bytes += byteLength(problem);
    if (bytes > maxBytes) return [...kept, notListed(problems.slice(kept.length))];
    kept.push(problem);
  }
  return kept;
}

function notListed(left: readonly Problem[]): Problem {
  return {
    key: `(${left.length} more)`,
    reason: 'not-listed',
    detail: 'too many problems to list; all are counted',
    ...(left.every(({ note }) => note === true) ? { note: true } : {}),
  };
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
