import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { parseMoment } from '@holdfast/core/model/moment.ts';
import type { ParsedComponents, ParsedResult } from 'chrono-node';
import { instantsOf, startOfDay, wallTime } from './wall-clock.ts';

/** Where and when a moment is spoken of. */
export type Standpoint = { readonly now: number; readonly zone: string };

const EXAMPLES =
  '2026-03-01T12:00:00Z, 2026-03-01, "2026-03-01 18:00", "1 March 2026 6pm", yesterday, "yesterday 18:00 UTC", ' +
  '"last friday 9:00", "2h ago"';

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;
const NO_SECONDS = /(?<=^.{10}[T ]\d{2}:)\d{2}(?=Z|[+-])/i;
const ZONE_NAME = /\s*\b(?:UTC|GMT)$/i;

/**
 * Reads a moment as people write it, in the zone they are in unless they name UTC. A date alone is the beginning of that
 * day; `3 days ago` is 72 hours ago. What is not understood as a whole is refused, so that nothing is restored as of a
 * moment that was guessed.
 *
 * @returns ms since 1970
 * @throws {InvalidInputError} also for an hour that the clock skips or shows twice
 */
export async function readMoment(text: string, { now, zone }: Standpoint): Promise<number> {
  const said = normal(text);
  if (ISO_WITH_ZONE.test(said)) return parseMoment(said.replace(NO_SECONDS, '$&:00'));
  if (said.toLowerCase() === 'now') return now;
  const ago = readAgo(said);
  if (ago !== undefined && ago <= now) return now - ago;
  const inZone = ZONE_NAME.test(said) ? 'UTC' : zone;
  const phrase = await readPhrase(said.replace(ZONE_NAME, ''), wallTime(now, inZone));
  if (phrase === undefined) throw noMoment(text);
  return phrase.hasTime ? onlyInstant(phrase.wall, inZone, text) : startOfDay(phrase.wall, inZone);
}

/**
 * Refuses what is no moment, whenever it is read.
 *
 * @throws {InvalidInputError}
 */
export function checkPhrase(text: string): void {
  const said = normal(text);
  if (ISO_WITH_ZONE.test(said) || said.toLowerCase() === 'now' || readAgo(said) !== undefined) return;
  if (!isClear(said.replace(ZONE_NAME, ''))) throw noMoment(text);
}

function normal(text: string): string {
  return text.trim().replace(/[\s,]+/g, ' ');
}

function noMoment(text: string): InvalidInputError {
  return new InvalidInputError(`"${text}" is not a moment; write it as ${EXAMPLES}`);
}

function onlyInstant(wall: number, zone: string, text: string): number {
  const [at, second] = instantsOf(wall, zone);
  if (at === undefined) throw unclear(text, `there is no such time in ${zone}: the clock was put forward`);
  if (second !== undefined)
    throw unclear(text, `that time comes twice in ${zone}, where the clock was put back`);
  return at;
}

function unclear(text: string, why: string): InvalidInputError {
  return new InvalidInputError(
    `"${text}" is not clear, ${why}; write it with a zone, as 2026-03-01T12:00:00Z`,
  );
}

const SECOND_MS = 1000;
const AGO = /^((?:(?:\d+(?:\.\d+)?|half an?|an?) ?[a-z]+ )+)ago$/;
const PART = /(\d+(?:\.\d+)?|half an?|an?) ?([a-z]+) /g;
const AMOUNTS: Readonly<Record<string, number>> = { a: 1, an: 1, 'half a': 0.5, 'half an': 0.5 };
const UNITS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^s(ec(ond)?s?)?$/, SECOND_MS],
  [/^m(in(ute)?s?)?$/, 60 * SECOND_MS],
  [/^(h|hrs?|hours?)$/, 3600 * SECOND_MS],
  [/^d(ays?)?$/, 24 * 3600 * SECOND_MS],
  [/^w(eeks?)?$/, 7 * 24 * 3600 * SECOND_MS],
];

/** @returns how long ago in ms; undefined for other phrases, and for months and years, which are of no fixed length */
function readAgo(said: string): number | undefined {
  const [, amounts] = AGO.exec(said.toLowerCase()) ?? [];
  if (amounts === undefined) return undefined;
  let total = 0;
  for (const [, amount = '', name = ''] of amounts.matchAll(PART)) {
    const [, unit] = UNITS.find(([names]) => names.test(name)) ?? [];
    if (unit === undefined) return undefined;
    total += (AMOUNTS[amount] ?? Number(amount)) * unit;
  }
  return Math.round(total);
}

/** A time on the wall, as {@link wallTime} has it; without a time of its own it is that day. */
type Phrase = { readonly wall: number; readonly hasTime: boolean };

const WEEKDAY = '(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?';
const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const YEAR = '[12]\\d{3}';
const MINUTES = ':\\d{2}(?::\\d{2})?';
const CLOCK = `\\d{1,2}${MINUTES}`;
const DATE = `${YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])`;
const TIME = `(?:${CLOCK}|(?:0?[1-9]|1[0-2])(?:${MINUTES})? ?[ap]m)`;
const DAY = [
  DATE,
  'today',
  'yesterday',
  `last ${WEEKDAY}`,
  `\\d{1,2} (?:${MONTH}) ${YEAR}`,
  `(?:${MONTH}) \\d{1,2} ${YEAR}`,
].join('|');
/** A day, a time, or both, in words that mean one thing only: no `3/4/2026`, no `monday`, no `5 march 26`. */
const CLEAR = new RegExp(`^(?:${TIME}|${DATE}t${CLOCK}|(?:${DAY})(?: (?:at )?${TIME})?|${TIME} (?:${DAY}))$`);

const DAY_MS = 24 * 3600 * 1000;

/** Whether a phrase leaves nothing open. */
function isClear(said: string): boolean {
  return CLEAR.test(said.toLowerCase());
}

/**
 * Reads a day, a time, or both. The library can read nearly anything, and makes something up for what is left open: it
 * is shown only phrases that leave nothing open, and has to understand them to their last letter.
 *
 * @param now what the clock on the wall shows
 */
async function readPhrase(said: string, now: number): Promise<Phrase | undefined> {
  if (!isClear(said)) return undefined;
  const phrase = said.toLowerCase();
  const { casual } = await import('chrono-node/en');
  // It reckons with the machine's own clock, on which some hours do not exist; noon always does.
  const noon = new Date(Math.floor(now / DAY_MS) * DAY_MS + DAY_MS / 2);
  const [read, ...more] = casual.parse(phrase, { instant: noon, timezone: 0 });
  if (read === undefined || more.length > 0 || !isWhole(read, phrase)) return undefined;
  return { wall: wallOf(read.start), hasTime: read.start.isCertain('hour') };
}

function isWhole({ text, end }: ParsedResult, phrase: string): boolean {
  return text === phrase && !end;
}

function wallOf(parts: ParsedComponents): number {
  const get = (part: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second') => parts.get(part) ?? 0;
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
}
