import { defined } from '../model/defined.ts';
import type { Job, Problem } from '../model/job.ts';
import { type LagHistogram, lagPercentile } from '../model/lag.ts';
import { formatMoment } from '../model/moment.ts';
import { type Report, reportKey } from '../model/report.ts';
import type { World } from './dependencies.ts';

/** So many problems stand in the report itself; a job can have millions. */
const MAX_LISTED = 10_000;

/**
 * Writes a job's report into the vault; safe to repeat.
 *
 * @param job as it ends: with its final state and `finishedAt`
 * @returns the report's vault key
 */
export async function writeReport(
  job: Job,
  lag: LagHistogram | undefined,
  { store, catalog, clock, settings }: Pick<World, 'store' | 'catalog' | 'clock' | 'settings'>,
): Promise<string> {
  const { listed, further } = await collectProblems(catalog.listProblems(job.id));
  const report: Report = {
    version: 1,
    kind: job.kind,
    jobId: job.id,
    source: job.source,
    state: job.state,
    trigger: job.trigger,
    startedAt: formatMoment(job.startedAt),
    finishedAt: formatMoment(job.finishedAt ?? clock()),
    ...defined({ message: job.message, request: job.request }),
    counts: job.counts,
    ...lagSeconds(lag),
    problems: listed,
    furtherProblems: further,
  };
  const key = reportKey(job.kind, job.id, job.startedAt);
  await store.put(
    { bucket: settings.vault, key },
    `${JSON.stringify(report, null, 2)}\n`,
    'application/json',
  );
  return key;
}

async function collectProblems(
  problems: AsyncIterable<Problem>,
): Promise<{ listed: Problem[]; further: number }> {
  const listed: Problem[] = [];
  let further = 0;
  for await (const problem of problems) {
    if (listed.length < MAX_LISTED) listed.push(problem);
    else further++;
  }
  return { listed, further };
}

function lagSeconds(lag: LagHistogram | undefined): Pick<Report, 'lagSeconds'> {
  if (lag === undefined) return {};
  const bound = (share: number): number | null => {
    const seconds = lagPercentile(lag, share);
    return seconds === undefined || !Number.isFinite(seconds) ? null : seconds;
  };
  return lagPercentile(lag, 0.5) === undefined ? {} : { lagSeconds: { p50: bound(0.5), p99: bound(0.99) } };
}
