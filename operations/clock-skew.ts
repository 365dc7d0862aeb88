import type { ServiceClock } from './service-clock.ts';

/** A difference below this is of no consequence; it is not told. */
const TOLD_MS = 3_000;

/** By how many seconds this machine's clock is ahead (below 0: behind), for `--json`; null when it is right. */
export function skewSeconds({ skewMs }: Pick<ServiceClock, 'skewMs'>): number | null {
  return Math.abs(skewMs) < TOLD_MS ? null : Math.round(skewMs / 1000);
}
