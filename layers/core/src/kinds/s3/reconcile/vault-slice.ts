import * as v from 'valibot';
import { defined } from '../../../model/defined.ts';
import type { Job } from '../../../model/job.ts';
import type { Source } from '../../../model/source.ts';
import type { World } from '../../../ports/world.ts';
import type { ReconcileMessage } from '../model/bucket-messages.ts';

/** What of the vault a reconcile compares: all of it, or so many copies, from behind where the last one stopped. */
const VaultPartSchema = v.union([
  v.literal('whole'),
  v.object({ after: v.optional(v.string()), copies: v.number() }),
]);
export type VaultPart = v.InferOutput<typeof VaultPartSchema>;

/** So many daily slices are the whole: a week, with some room for what is added meanwhile. */
const SLICES = 6.5;
/** A page of a listing: fewer copies would cost the same. */
const PAGE = 1000;

/**
 * The part that a reconcile has to compare. A reconcile that the schedule sends takes a slice; the first one of a source none,
 * since it writes all that the vault has.
 */
export function vaultPartFor(
  { totals: { objects, unprotected }, lastReconcileAt, vaultAfter }: Source,
  { trigger, vault }: Pick<ReconcileMessage, 'trigger' | 'vault'>,
  { settings: { keysPerStep } }: Pick<World, 'settings'>,
): VaultPart | undefined {
  if (vault === true) return 'whole';
  if (trigger !== 'schedule' || lastReconcileAt === undefined) return undefined;
  const copies = Math.max(Math.min(PAGE, keysPerStep), Math.ceil((objects + unprotected) / SLICES));
  return { copies, ...defined({ after: vaultAfter }) };
}

/** As it was decided when the job began, whatever the source's row says by now: each delivery of a step reads the same. */
export function vaultPartIn({ request }: Pick<Job, 'request'>): VaultPart | undefined {
  const parsed = v.safeParse(v.object({ vault: VaultPartSchema }), request);
  return parsed.success ? parsed.output.vault : undefined;
}
