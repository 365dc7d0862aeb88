import { defined } from '../../../model/defined.ts';
import type { Entry, UnprotectedReason } from '../../../model/entry.ts';
import { withoutReason } from '../../../model/entry.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import type { Written } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { hideTags } from '../records/tags-record.ts';
import { type Attempt, identity, sourceFacts, type Tried } from './attempt.ts';
import { mayBeBack } from './is-covered.ts';

/**
 * Writes the entry of a finished copy, and lets go of what was kept beside the one before it.
 *
 * @returns `lost-race` when somebody recorded the key in between
 */
export async function recordCopy(
  { change, prior }: Attempt,
  facts: ObjectFacts,
  written: Written,
  world: Pick<World, 'store' | 'settings' | 'catalog' | 'clock'>,
): Promise<Tried> {
  const { catalog, clock } = world;
  const now = clock();
  const after: Entry = {
    ...identity(change, prior, now),
    state: 'current',
    ...sourceFacts(facts),
    vaultEtag: written.etag,
    capturedAt: now,
    ...defined({ vaultVersionId: written.versionId, checksum: written.checksum }),
    ...(change.at === undefined ? {} : { lagMs: Math.max(0, now - change.at) }),
  };
  if (!(await catalog.putEntry(after, prior?.rev))) return 'lost-race';
  if (prior?.vaultVersionId !== after.vaultVersionId)
    await hideTags(change, { versionId: prior?.vaultVersionId, size: prior?.size }, world);
  return { kind: 'captured', before: prior, after };
}

/**
 * Records once more what stands recorded already, of an object that may have come back. A handler that saw it gone before that,
 * and hides its copy after this, then fails on the revision, and looks again. For all others nothing has changed.
 *
 * @param tried what was found to be as it should be
 * @returns `lost-race` when somebody recorded the key in between: that may be who saw it gone
 */
export async function recordAlive(
  { change, prior }: Pick<Attempt, 'change' | 'prior'>,
  tried: Tried,
  { catalog, clock }: Pick<World, 'catalog' | 'clock'>,
): Promise<Tried> {
  if (tried === 'lost-race' || prior === undefined || tried.after !== prior) return tried;
  if (!mayBeBack(change, prior)) return tried;
  const { updatedAt } = prior;
  const after: Entry = { ...prior, ...identity(change, prior, clock()), updatedAt };
  return (await catalog.putEntry(after, prior.rev)) ? { ...tried, after } : 'lost-race';
}

/**
 * Records that an object is not in the vault in its present state, and why (I6). What the vault has of it stays named.
 */
export async function recordUnprotected(
  { change, prior }: Pick<Attempt, 'change' | 'prior'>,
  reason: UnprotectedReason,
  { catalog, clock }: Pick<World, 'catalog' | 'clock'>,
  extra: {
    facts?: ObjectFacts | undefined;
    detail?: string;
    uploadId?: string;
    uploadAttributes?: string;
  } = {},
): Promise<Tried> {
  const now = clock();
  const { facts, ...said } = extra;
  const after: Entry = {
    ...withoutReason(prior),
    ...identity(change, prior, now),
    state: 'unprotected',
    reason,
    ...said,
    ...(facts && sourceFacts(facts)),
  };
  if (!(await catalog.putEntry(after, prior?.rev))) return 'lost-race';
  return { kind: 'unprotected', before: prior, after };
}
