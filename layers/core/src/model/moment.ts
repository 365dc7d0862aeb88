import * as v from 'valibot';
import { InvalidInputError } from './errors.ts';

const IsoWithZone = v.pipe(v.string(), v.isoTimestamp());

/**
 * Reads a moment: ISO 8601 with a zone, as `2026-03-01T12:00:00Z` or `2026-03-01T13:00:00+01:00`.
 *
 * @returns milliseconds since 1970
 * @throws {InvalidInputError} for anything else; a time without a zone would mean another moment on each machine
 */
export function parseMoment(text: string): number {
  const at = v.is(IsoWithZone, text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || !isInCalendar(text)) {
    throw new InvalidInputError(
      `"${text}" is not a time; write ISO 8601 with a zone, as 2026-03-01T12:00:00Z`,
    );
  }
  return at;
}

/** `Date.parse` takes 31 February for 3 March. */
function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

/** A moment as Holdfast prints it everywhere: ISO 8601 in UTC. */
export function formatMoment(at: number): string {
  return new Date(at).toISOString();
}
