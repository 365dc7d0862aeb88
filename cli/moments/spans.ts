import { startOfDay, wallTime } from './wall-clock.ts';

/** Days or hours, as the clock on the wall has them. Spans are known by when they begin. */
export type Spans = {
  readonly spanOf: (at: number) => number;
  readonly next: (span: number) => number;
  /** `2026-03-01`, `2026-03-01 13:00`. */
  readonly label: (span: number) => string;
};

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Clocks change, and days begin, on the quarter of an hour. */
const QUARTER_MS = HOUR_MS / 4;

export function daysOf(zone: string): Spans {
  return {
    spanOf: remembered((at) => startOfDay(wallTime(at, zone), zone)),
    next: (span) => startOfDay(wallTime(span, zone) + DAY_MS, zone),
    label: (span) => wallText(span, zone).slice(0, 10),
  };
}

export function hoursOf(zone: string): Spans {
  const spanOf = remembered((at) => at - (wallTime(at, zone) % HOUR_MS));
  return {
    spanOf,
    next: (span) => spanOf(span + HOUR_MS),
    label: (span) => wallText(span, zone).slice(0, 16),
  };
}

function wallText(at: number, zone: string): string {
  return new Date(wallTime(at, zone)).toISOString().replace('T', ' ');
}

/** Asking for a zone's clock takes its time, and a vault can have millions of versions. */
function remembered(spanOf: (at: number) => number): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const quarter = at - (at % QUARTER_MS);
    const span = known.get(quarter) ?? spanOf(quarter);
    known.set(quarter, span);
    return span;
  };
}
