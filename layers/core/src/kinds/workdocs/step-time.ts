import type { Delivery } from '../../ports/world.ts';

/** What a listing in progress, the writes that follow from it, and the next messages take. */
const STOP_BEFORE_END_MS = 30_000;

/** True when a step of a poll, a crawl or a walk has to hand on what is left. */
export function timeIsShort({ timeLeft }: Pick<Delivery, 'timeLeft'>): boolean {
  return timeLeft() < STOP_BEFORE_END_MS;
}
