import type { Problem } from '../../model/job.ts';
import type { ReasonCount } from '../../model/report.ts';

/** So many problems, and bytes of them, stand in the report itself; a job can have millions. */
const MAX_LISTED = 10_000;
const MAX_LISTED_BYTES = 8 * 1024 * 1024;
/** Reasons are Holdfast's own words, and few; a defect must not fill the memory with them. */
const MAX_REASONS = 100;
const OTHER = 'other';

export type Collected = {
  readonly listed: readonly Problem[];
  /** Those beyond the listed ones, as far as they were read. */
  readonly further: number;
  readonly reasons: readonly ReasonCount[];
  /** False when there was no time to read on. */
  readonly complete: boolean;
};

/** Reads a job's problems in bounded memory: counts them all by reason, and keeps the first. */
export async function collectProblems(
  problems: AsyncIterable<Problem>,
  timeIsShort: () => boolean,
): Promise<Collected> {
  const listed: Problem[] = [];
  const reasons = new Map<string, number>();
  let bytes = 0;
  let seen = 0;
  let complete = true;
  for await (const problem of problems) {
    seen++;
    const reason = reasons.has(problem.reason) || reasons.size < MAX_REASONS ? problem.reason : OTHER;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    bytes += sizeOf(problem);
    if (listed.length < MAX_LISTED && bytes <= MAX_LISTED_BYTES) listed.push(problem);
    if (seen % 1000 === 0 && timeIsShort()) {
      complete = false;
      break;
    }
  }
  return { listed, further: seen - listed.length, reasons: byFrequency(reasons), complete };
}

function byFrequency(reasons: ReadonlyMap<string, number>): ReasonCount[] {
  return [...reasons]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function sizeOf({ key, reason, detail = '' }: Problem): number {
  return 2 * (key.length + reason.length + detail.length) + 64;
}
