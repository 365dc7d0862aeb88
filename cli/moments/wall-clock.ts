import { tzOffset } from '@date-fns/tz';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * What a clock on the wall shows at an instant: ms since 1970 as if the wall were in UTC, so that days are even and can
 * be reckoned with.
 *
 * @param zone as IANA names it: `Europe/Berlin`
 */
export function wallTime(at: number, zone: string): number {
  return at + offsetMs(at, zone);
}

/** When the clock shows that: mostly once, never when it was put forward over it, twice when it was put back. */
export function instantsOf(wall: number, zone: string): number[] {
  const before = wall - offsetMs(wall - DAY_MS, zone);
  const after = wall - offsetMs(wall + DAY_MS, zone);
  return [...new Set([before, after])]
    .filter((at) => wallTime(at, zone) === wall)
    .sort((left, right) => left - right);
}

/** When a day begins. Where midnight is skipped, that is when the clock is put forward. */
export function startOfDay(wall: number, zone: string): number {
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
  return instantsOf(midnight, zone)[0] ?? midnight - offsetMs(midnight - DAY_MS, zone);
}

function offsetMs(at: number, zone: string): number {
  return tzOffset(zone, new Date(at)) * MINUTE_MS;
}
