import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { RestoreItemSchema } from './messages.ts';
import { ARCHIVES } from './object.ts';
import { THAW_TIERS } from './thaw.ts';

const moment = v.pipe(v.number(), v.integer());

/** One object that a restore waits for: the row by which the event of its thaw finds what to do. */
export const ThawWaitSchema = v.object({
  jobId: v.string(),
  /** Of the vault's key: see {@link thawId}. */
  id: v.string(),
  item: RestoreItemSchema,
  archive: v.picklist(ARCHIVES),
  /** What was asked for: in a deep archive never `expedited`. */
  tier: v.picklist(THAW_TIERS),
  /** When it was first asked for. */
  askedAt: moment,
  /** When it can be read at the latest, by what S3 says. */
  readyBy: moment,
  /** Restored, or given up: nothing waits for it any more. */
  done: v.boolean(),
});
export type ThawWait = v.InferOutput<typeof ThawWaitSchema>;

/** A job that waits for thaws. */
export const ThawingJobSchema = v.object({
  jobId: v.string(),
  /** When all that was asked for so far can be read at the latest. */
  readyBy: moment,
  /** The job has ended: no event is for it any more. */
  ended: v.boolean(),
});
export type ThawingJob = v.InferOutput<typeof ThawingJobSchema>;

/**
 * Names what a job waits for: a restore brings back one version of a key, and a key can be longer than a name may be.
 * Without the version, an event that names none finds it too.
 */
export function thawId(vaultKey: string): string {
  return createHash('sha256').update(vaultKey).digest('hex');
}
