import type { Clock } from '@holdfast/core/ports/clock.ts';

/**
 * The time as AWS has it. Every moment of the command line is reckoned from it, since the times of versions are AWS's:
 * this machine's clock only says how much time has passed.
 */
export type ServiceClock = {
  /** When the command began, in whole seconds as S3's own times: what was stored until then is what there is. */
  readonly start: number;
  /** The present. It never jumps, and is at most a second and an answer's way behind. */
  readonly now: Clock;
  /** By how much this machine's clock is ahead, at least, in ms; below 0 it is behind. 0 when nothing is proven. */
  readonly skewMs: number;
};

/** One answer of AWS: its time, and when this machine asked and heard. */
export type Reading = {
  /** The header `Date`, ms since 1970: whole seconds, so the answer was given in the second that begins then. */
  readonly date: number;
  /** This machine's clock when the request was sent, ms since 1970. */
  readonly sentAt: number;
  /** How long the answer took, in ms. */
  readonly tookMs: number;
};

const SECOND_MS = 1000;

/** @param sinceHeard ms since the answer came, by a clock that nobody sets */
export function serviceClock(reading: Reading, sinceHeard: Clock): ServiceClock {
  const { date } = reading;
  return { start: date, now: () => date + Math.max(0, Math.floor(sinceHeard())), skewMs: skewOf(reading) };
}

/**
 * What one answer proves. The service read its clock at some time between question and answer, and told the second
 * alone: only what no such time explains is a difference of clocks.
 */
export function skewOf({ date, sentAt, tookMs }: Reading): number {
  const ahead = sentAt - (date + SECOND_MS);
  const behind = date - (sentAt + tookMs);
  if (ahead > 0) return ahead;
  return behind > 0 ? -behind : 0;
}
