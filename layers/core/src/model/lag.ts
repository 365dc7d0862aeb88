import type { LagSeconds } from './job.ts';

/** Upper bounds of the lag histogram, in seconds; the last bucket is everything above. */
export const LAG_BOUNDS_SECONDS = [1, 2, 5, 10, 30, 60, 300, 900, 3600] as const;

/** How many captures fell into each bucket of {@link LAG_BOUNDS_SECONDS}, one more for those above the last. */
export type LagHistogram = readonly number[];

/** A histogram of nothing. */
export function emptyLag(): number[] {
  return Array.from({ length: LAG_BOUNDS_SECONDS.length + 1 }, () => 0);
}

/** The bucket a lag belongs in. @param lagMs milliseconds */
export function lagBucket(lagMs: number): number {
  const found = LAG_BOUNDS_SECONDS.findIndex((bound) => lagMs <= bound * 1000);
  return found === -1 ? LAG_BOUNDS_SECONDS.length : found;
}

/**
 * The bucket bound that at least `share` of the captures stayed within.
 *
 * @param share 0 to 1, as 0.99
 * @returns seconds; Infinity above the last bound; undefined when nothing was captured
 */
export function lagPercentile(histogram: LagHistogram, share: number): number | undefined {
  const total = histogram.reduce((sum, n) => sum + n, 0);
  if (total === 0) return undefined;
  let seen = 0;
  for (const [index, n] of histogram.entries()) {
    seen += n;
    if (seen >= share * total) return LAG_BOUNDS_SECONDS[index] ?? Number.POSITIVE_INFINITY;
  }
  return Number.POSITIVE_INFINITY;
}

/** What a person wants to know of a histogram: half, and 99 %, of the captures. Undefined when nothing was captured. */
export function lagSeconds(histogram: LagHistogram): LagSeconds | undefined {
  const bound = (share: number): number | null => {
    const seconds = lagPercentile(histogram, share);
    return seconds === undefined || !Number.isFinite(seconds) ? null : seconds;
  };
  return lagPercentile(histogram, 0.5) === undefined ? undefined : { p50: bound(0.5), p99: bound(0.99) };
}
