import type { Source } from '../model/source.ts';

/** Seconds since the last finished reconcile or crawl; for a source that had none since it was protected, since then. */
export function reconcileAge({ lastReconcileAt = 0, protectedAt }: Source, now: number): number {
  return Math.max(0, Math.round((now - Math.max(lastReconcileAt, protectedAt)) / 1000));
}
