import prettyMs from 'pretty-ms';

export { bytes, count, counted } from '@holdfast/core/model/text.ts';
export { seconds } from '../../operations/seconds.ts';

/** `2m 5s`; below a second in milliseconds. */
export function duration(ms: number): string {
  return prettyMs(Math.max(0, ms), { unitCount: 2, secondsDecimalDigits: ms < 10_000 ? 1 : 0 });
}

/** How long ago, roughly: `3h ago`. */
export function ago(at: number | undefined, now: number): string {
  if (at === undefined) return '-';
  const age = now - at;
  return age < 1000 ? 'now' : `${prettyMs(age, { compact: true })} ago`;
}

/** An amount of US dollars; `<$0.01` for what is less than a cent. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.005) return '<$0.01';
  return amount.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}
