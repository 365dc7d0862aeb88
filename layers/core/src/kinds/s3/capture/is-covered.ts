import { type Entry, isSameState } from '../../../model/entry.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import type { HeadResult } from '../../../ports/object-store.ts';
import { attributesDigest } from '../model/attributes.ts';
import type { Change } from '../model/change.ts';
import { compareSequencers } from '../model/sequencer.ts';
import { type Attempt, type CaptureWorld, topOfVault } from './attempt.ts';

/** True when the entry was written for this event, or for a later one of the object. */
export function isOfKnownEvent(change: Change, prior: Entry): boolean {
  const order = compareSequencers(change.sequencer, prior.sequencer);
  return order === 'older' || order === 'same';
}

/** True when the entry, of a copy or a deletion, already covers the change, or a later one. */
export function isRecorded(change: Change, prior: Entry | undefined): boolean {
  if (prior === undefined) return false;
  if (change.kind === 'missing') return prior.state === 'deleted';
  if (change.kind === 'seen') return prior.state === 'current' && isSameState(prior, change);
  const order = compareSequencers(change.sequencer, prior.sequencer);
  if (order !== 'same') return order === 'older';
  // Emulators send one sequencer for everything: the same one is a duplicate only if what it speaks of is the same.
  // What was deleted may have been put since, and deleted again; and a delete marker that is destroyed itself brings the object
  // back, and is told of as a deletion of the same version as when it was put: the source is asked.
  if (change.kind === 'deleted') return false;
  return (
    prior.state === 'current' && change.etag === prior.etag && change.versionId === prior.sourceVersionId
  );
}

/**
 * True when the event may tell of an object that was gone, though nothing else of it is new: somebody may have seen that, and be
 * about to hide its copy. Where events say one sequencer for everything, and there are no versions, the same bytes that are
 * put again after a deletion pass for a double.
 */
export function mayBeBack(change: Change, prior: Entry): boolean {
  const order = compareSequencers(change.sequencer, prior.sequencer);
  if (change.mayBeBack === true) return order !== 'older';
  return change.kind === 'created' && change.versionId === undefined && order === 'same';
}

/**
 * True when the vault already has this very state. Neither an ETag nor a time in whole seconds tells two writes of the
 * same bytes apart (their metadata can differ), so a newer event counts as covered only by a version id; and where the vault
 * is looked at, the copy has to have the same headers and metadata.
 */
export async function isCovered(
  { change, prior, top }: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
): Promise<boolean> {
  if (prior?.state !== 'current' || !isSameState(prior, facts)) return false;
  if (change.kind === 'created') {
    const sameVersion = facts.versionId !== undefined && facts.versionId === prior.sourceVersionId;
    if (!sameVersion && !isRecorded(change, prior)) return false;
  }
  if (top === undefined && !isSurprising(change, prior)) return true;
  const onTop = top ?? (await topOfVault(change, world));
  return isVersion(onTop, prior.vaultVersionId) && hasAttributes(onTop, facts);
}

function hasAttributes(top: HeadResult, facts: ObjectFacts): boolean {
  return top.found && attributesDigest(top.object) === attributesDigest(facts);
}

/**
 * An event that is newer than the entry, and yet the source is as the entry says: somebody may have copied what was there
 * in between and died before it was recorded.
 */
function isSurprising(change: Change, prior: Entry): boolean {
  return (change.kind === 'created' || change.kind === 'deleted') && !isOfKnownEvent(change, prior);
}

/** True when what is on top in the vault is this version. */
export function isVersion(top: HeadResult, versionId: string | undefined): boolean {
  return top.found && top.object.versionId === versionId;
}
