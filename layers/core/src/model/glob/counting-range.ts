const MOST_NUMBERS = 1_000;
const RANGE = /^(\d{1,9})\.\.(\d{1,9})$/;

/**
 * The numbers of `1..12`, upwards or downwards, both ends included. Where an end begins with 0, all have as many digits as the
 * longer end, as in shells.
 *
 * @returns what is wrong instead, in words
 */
export function countingRange(text: string): string[] | string {
  const [, first = '', last = ''] = RANGE.exec(text) ?? [];
  if (first === '') return `"{${text}}" is no range of numbers`;
  const from = Number(first);
  const to = Number(last);
  const count = Math.abs(to - from) + 1;
  if (count > MOST_NUMBERS) return `"{${text}}" has ${count} numbers, and at most ${MOST_NUMBERS} are taken`;
  const padded = [first, last].some((end) => end.length > 1 && end.startsWith('0'));
  const digits = padded ? Math.max(first.length, last.length) : 1;
  const step = from <= to ? 1 : -1;
  return Array.from({ length: count }, (_, at) => String(from + at * step).padStart(digits, '0'));
}
