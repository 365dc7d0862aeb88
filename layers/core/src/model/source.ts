import * as v from 'valibot';
import { compileFilter } from './filter.ts';

const moment = v.pipe(v.number(), v.integer());

/** What people set when they protect a source; also kept in the vault, so that a lost catalog can be rebuilt. */
export const SourceSettingsSchema = v.object({
  source: v.string(),
  prefix: v.optional(v.string()),
  include: v.optional(v.array(v.string())),
  exclude: v.optional(v.array(v.string())),
  protectedAt: moment,
});
export type SourceSettings = v.InferOutput<typeof SourceSettingsSchema>;

/** How a source's events reach the capture queue. */
export const WIRING_STATES = ['ok', 'repaired', 'broken', 'unknown'] as const;
export type WiringState = (typeof WIRING_STATES)[number];

/** Running totals of one source. They are estimates between reconciles; each complete reconcile sets them right. */
export const SourceTotalsSchema = v.object({
  objects: v.number(),
  bytes: v.number(),
  unprotected: v.number(),
  captured: v.number(),
  deleted: v.number(),
});
export type SourceTotals = v.InferOutput<typeof SourceTotalsSchema>;

/** The catalog's row for one source. */
export const SourceSchema = v.object({
  ...SourceSettingsSchema.entries,
  state: v.picklist(['protected', 'unprotected']),
  wiring: v.picklist(WIRING_STATES),
  wiringDetail: v.optional(v.string()),
  totals: SourceTotalsSchema,
  /** Captures since the last complete reconcile, by lag. See `lag.ts`. */
  lag: v.array(v.number()),
  lastEventAt: v.optional(moment),
  lastReconcileAt: v.optional(moment),
  lastReconcileJob: v.optional(v.string()),
  /** Set while a mass deletion waits for `holdfast approve`. */
  heldDeletions: v.optional(v.object({ job: v.string(), count: v.number(), at: moment })),
  /** Set while the source cannot be read as a whole; the last error in words. */
  unreachable: v.optional(v.string()),
});
export type Source = v.InferOutput<typeof SourceSchema>;

/** What a source covers, as a test on keys. */
export function coverage(
  source: Pick<Source, 'prefix' | 'include' | 'exclude'> | undefined,
): (key: string) => boolean {
  return compileFilter(source ?? {});
}
