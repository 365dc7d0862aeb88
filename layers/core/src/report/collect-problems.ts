import type { Problem } from '../model/job.ts';
import type { ReasonCount, ReportedProblems } from '../model/report.ts';

/** So many problems, and bytes of them, stand in the report itself; a job can have millions. */
const MAX_LISTED = 10_000;
const MAX_LISTED_BYTES = 8 * 1024 * 1024;
/** Reasons are Holdfast's own words, and few; a defect must not fill the memory with them. */
const MAX_REASONS = 100;
const OTHER = 'other';

/** What of a job's problems, or of its notes, stands in its report. */
type Listed = {
  readonly listed: readonly Problem[];
  /** Those beyond the listed ones, as far as they were read. */
  readonly further: number;
  readonly reasons: readonly ReasonCount[];
};

export type Collected = Listed & {
  readonly notes: Listed;
  /** False when there was no time to read on. */
  readonly complete: boolean;
};

/** Reads a job's problems, and its notes, in bounded memory: counts them all by reason, and keeps the first of both. */
export async function collectProblems(
  problems: AsyncIterable<Problem>,
  timeIsShort: () => boolean,
): Promise<Collected> {
  const [wrong, notes] = [new Collection(), new Collection()];
  let seen = 0;
  let complete = true;
  for await (const problem of problems) {
    (problem.note === true ? notes : wrong).add(problem);
    if (++seen % 1000 === 0 && timeIsShort()) {
      complete = false;
      break;
    }
  }
  return { ...wrong.listed(), notes: notes.listed(), complete };
}

/** What a report says of them. */
export function toReported({ listed, further, reasons, notes, complete }: Collected): ReportedProblems {
  return {
    reasons: [...reasons],
    problems: [...listed],
    furtherProblems: further,
    ...(notes.listed.length === 0
      ? {}
      : { notes: { reasons: [...notes.reasons], listed: [...notes.listed], further: notes.further } }),
    ...(complete ? {} : { problemsCutShort: true }),
  };
}

class Collection {
  readonly #listed: Problem[] = [];
  readonly #reasons = new Map<string, number>();
  #bytes = 0;
  #seen = 0;

  add(problem: Problem): void {
    this.#seen++;
    const isKnown = this.#reasons.has(problem.reason) || this.#reasons.size < MAX_REASONS;
    const reason = isKnown ? problem.reason : OTHER;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    this.#bytes += sizeOf(problem);
    if (this.#listed.length < MAX_LISTED && this.#bytes <= MAX_LISTED_BYTES) this.#listed.push(problem);
  }

  listed(): Listed {
    const further = this.#seen - this.#listed.length;
    return { listed: this.#listed, further, reasons: byFrequency(this.#reasons) };
  }
}

function byFrequency(reasons: ReadonlyMap<string, number>): ReasonCount[] {
  return [...reasons]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function sizeOf({ key, reason, detail = '' }: Problem): number {
  return 2 * (key.length + reason.length + detail.length) + 64;
}
