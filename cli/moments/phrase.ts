import type { ParsedComponents, ParsedResult } from 'chrono-node';

/** A time on the wall, as {@link wallTime} has it; without a time of its own it is that day. */
export type Phrase = { readonly wall: number; readonly hasTime: boolean };

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
export function isClear(said: string): boolean {
  return CLEAR.test(said.toLowerCase());
}

/**
 * Reads a day, a time, or both. The library can read nearly anything, and makes something up for what is left open: it
 * is shown only phrases that leave nothing open, and has to understand them to their last letter.
 *
 * @param now what the clock on the wall shows
 */
export async function readPhrase(said: string, now: number): Promise<Phrase | undefined> {
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
