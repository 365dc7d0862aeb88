import prettyMs from 'pretty-ms';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Report } from '../model/report.ts';

/** `2h 5m`; below a second in milliseconds. */
export function duration(seconds: number): string {
  return prettyMs(seconds * 1000, { unitCount: 2, secondsDecimalDigits: seconds < 10 ? 1 : 0 });
}

/** The verdict in a word: for a page's head, a subject. */
export function verdict(
  { state, counts }: Pick<Report, 'state' | 'counts'>,
  { verdicts, isDamaged }: JobKind,
): string {
  return isDamaged?.(counts) ? 'Damage found' : verdicts[state];
}
