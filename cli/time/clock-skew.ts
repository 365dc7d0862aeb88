import { skewSeconds } from '../../operations/clock-skew.ts';
import type { ServiceClock } from '../../operations/service-clock.ts';
import { CommandError } from '../errors.ts';
import { duration } from '../text/format.ts';

/** A machine that is wrong by more than this is not trusted to change anything. */
const REFUSED_MS = 3 * 60_000;

type Skew = Pick<ServiceClock, 'skewMs'>;

/** What a person should know of this machine's clock; undefined when it is right. */
export function skewNote(skew: Skew): string | undefined {
  if (skewSeconds(skew) === null) return undefined;
  return `the clock of this machine is ${words(skew.skewMs)} AWS's: moments are reckoned by AWS's`;
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
