/** Of buckets and restores. */
const ALWAYS_ALLOWED = 1_000;
const SHARE_ALLOWED = 0.1;

/**
 * How many deletions one reconcile may record by itself: `max(1,000, 10 %)` of what the catalog holds. More look
 * like an accident or an attack and are held for `holdfast approve`.
 *
 * @param always how many are allowed however few there are
 */
export function deletionBound(entries: number, always = ALWAYS_ALLOWED): number {
  return Math.max(always, Math.floor(entries * SHARE_ALLOWED));
}
