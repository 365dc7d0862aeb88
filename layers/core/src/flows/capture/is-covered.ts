import type { Change } from '../../model/change.ts';
import { type Entry, isSameState } from '../../model/entry.ts';
import type { ObjectFacts } from '../../model/object.ts';
import { compareSequencers } from '../../model/sequencer.ts';
import { vaultPlace } from '../../model/vault-key.ts';
import type { Attempt, CaptureWorld } from './attempt.ts';

/** True when the entry was written for this event, or for a later one of the object. */
export function isOfKnownEvent(change: Change, prior: Entry): boolean {
  if (change.sequencer === undefined || prior.sequencer === undefined) return false;
  const order = compareSequencers(change.sequencer, prior.sequencer);
  return order === 'older' || order === 'same';
}

/** True when the entry already covers the change, or a later one. An unprotected object is always tried again. */
export function isRecorded(change: Change, prior: Entry | undefined): boolean {
  if (prior === undefined || prior.state === 'unprotected') return false;
  if (change.kind === 'missing') return prior.state === 'deleted';
  if (change.kind === 'seen') return prior.state === 'current' && isListedState(change, prior);
  if (change.sequencer === undefined || prior.sequencer === undefined) return false;
  const order = compareSequencers(change.sequencer, prior.sequencer);
  if (order !== 'same') return order === 'older';
  // Emulators send one sequencer for everything: the same one is a duplicate only if what it speaks of is the same.
  if (change.kind === 'deleted') return prior.state === 'deleted';
  return (
    prior.state === 'current' && change.etag === prior.etag && change.versionId === prior.sourceVersionId
  );
}

function isListedState({ etag, size, lastModified }: Change, prior: Entry): boolean {
  if (etag === undefined || size === undefined || lastModified === undefined) return false;
  return isSameState(prior, { etag, size, lastModified });
}

/**
 * True when the vault already has this very state. Neither an ETag nor a time in whole seconds tells two writes of the
 * same bytes apart (their metadata can differ), so a newer event counts as covered only by a version id.
 */
export async function isCovered(
  { change, prior, doubt }: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
): Promise<boolean> {
  if (prior?.state !== 'current' || !isSameState(prior, facts)) return false;
  if (change.kind === 'created') {
    const sameVersion = facts.versionId !== undefined && facts.versionId === prior.sourceVersionId;
    if (!sameVersion && !isRecorded(change, prior)) return false;
  }
  return (!doubt && !isSurprising(change, prior)) || (await isOnTop(change.bucket, prior, world));
}

/**
 * An event that is newer than the entry, and yet the source is as the entry says: somebody may have copied what was there
 * in between and died before it was recorded.
 */
function isSurprising(change: Change, prior: Entry): boolean {
  return (change.kind === 'created' || change.kind === 'deleted') && !isOfKnownEvent(change, prior);
}

async function isOnTop(bucket: string, prior: Entry, { store, settings }: CaptureWorld): Promise<boolean> {
  const { key } = vaultPlace(bucket, prior.key);
  const top = await store.head({ bucket: settings.vault, key });
  return top.found && top.object.versionId === prior.vaultVersionId;
}
