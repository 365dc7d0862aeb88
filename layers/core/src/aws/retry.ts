import { setTimeout as sleep } from 'node:timers/promises';

/** How an adapter waits between its own attempts; tests wait for nothing. */
export type Pause = (ms: number) => Promise<unknown>;

export const realPause: Pause = (ms) => sleep(ms);

/** A wait that doubles with every attempt, at random within its upper half, so that rivals do not meet again. */
export function backoffMs(attempt: number, baseMs: number, capMs: number): number {
  const full = Math.min(capMs, baseMs * 2 ** attempt);
  return full / 2 + Math.random() * (full / 2);
}
