import { CommandError } from '../errors.ts';
import { duration } from '../text/format.ts';
import type { ServiceClock } from './service-clock.ts';

/** A difference below this is of no consequence; it is not told. */
const TOLD_MS = 3_000;
/** A machine that is wrong by more than this is not trusted to change anything. */
const REFUSED_MS = 3 * 60_000;

type Skew = Pick<ServiceClock, 'skewMs'>;

/** By how many seconds this machine's clock is ahead (below 0: behind), for `--json`; null when it is right. */
export function skewSeconds({ skewMs }: Skew): number | null {
  return Math.abs(skewMs) < TOLD_MS ? null : Math.round(skewMs / 1000);
}

/** What a person should know of this machine's clock; undefined when it is right. */
export function skewNote({ skewMs }: Skew): string | undefined {
  if (Math.abs(skewMs) < TOLD_MS) return undefined;
  return `the clock of this machine is ${words(skewMs)} AWS's: moments are reckoned by AWS's`;
}

/** Refuses to write or delete by the word of a machine whose clock is far off. @throws {CommandError} */
export function refuseSkewed({ skewMs }: Skew): void {
  if (Math.abs(skewMs) <= REFUSED_MS) return;
  throw new CommandError(
    `the clock of this machine is ${words(skewMs)} AWS's: nothing is written or deleted from a machine whose clock is ` +
      `more than ${duration(REFUSED_MS)} off; nothing was changed; set the clock, and say it again`,
  );
}

function words(skewMs: number): string {
  return `${duration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'}`;
}
