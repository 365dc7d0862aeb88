import { sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import type { ObjectFacts, Tags } from '../../../model/object.ts';
import { MAX_TAGS, originText, withOrigin } from '../../../model/origin.ts';
import type { HeadResult } from '../../../ports/object-store.ts';
import type { World } from '../../../ports/world.ts';
import { lookInVault } from '../../../vault/look-in-vault.ts';
import type { Change } from '../model/change.ts';
import { compareSequencers } from '../model/sequencer.ts';
import { vaultPlace } from '../model/vault-key.ts';

export type CaptureWorld = Pick<World, 'store' | 'catalog' | 'queue' | 'clock' | 'settings'>;

/** One try at a change, and all that was known before the source was looked at. */
export type Attempt = {
  readonly change: Change;
  readonly prior: Entry | undefined;
  /**
   * In doubt, that is when somebody may have copied without recording: what was on top in the vault. It was looked at
   * before the source, so that whatever is copied or marked comes on top of nothing newer than what was seen there.
   */
  readonly top?: HeadResult | undefined;
  /** Records beside the copy may be hidden, or lie under what somebody put there: it is looked for the one that counts. */
  readonly inDoubt?: boolean;
};

/** The tags of the state that was seen at the source: a HEAD only says how many there are. */
export async function sourceTags(
  { bucket, key }: Pick<Change, 'bucket' | 'key'>,
  { tagCount, versionId }: ObjectFacts,
  { store }: Pick<World, 'store'>,
): Promise<Tags> {
  return tagCount === 0 ? {} : store.getTags({ bucket, key, ...defined({ versionId }) });
}

/**
 * The tags of the copy in the vault, if they are others than the source's: what is not the usual is remembered in one.
 * Only of what is not the usual, and has tags, these have to be read.
 */
export async function vaultTags(
  change: Pick<Change, 'bucket' | 'key'>,
  facts: ObjectFacts,
  world: Pick<World, 'store'>,
): Promise<Tags | undefined> {
  // With ten of its own there is no room: those that it has when it is copied are better than those read before.
  if (originText(facts) === undefined || facts.tagCount >= MAX_TAGS) return undefined;
  return withOrigin(await sourceTags(change, facts, world), facts);
}

/** What is on top of an object in the vault. */
export function topOfVault(
  { bucket, key }: Pick<Change, 'bucket' | 'key'>,
  world: Pick<World, 'store' | 'settings'>,
): Promise<HeadResult> {
  return lookInVault(vaultPlace(bucket, key).key, world);
}

/** What a try came to: an outcome, or somebody else was faster and it has to be tried again. */
export type Tried = CaptureOutcome | 'lost-race';

/** The outcome where the entry stays as it was. */
export function unchanged(entry: Entry | undefined): CaptureOutcome {
  return { kind: 'unchanged', before: entry, after: entry };
}

/** The fields every write of an entry sets: whose it is, its revision, the newest sequencer seen. */
export function identity(change: Change, prior: Entry | undefined, now: number) {
  const sequencer = newestSequencer(change.sequencer, prior?.sequencer);
  return {
    source: sourceUri(change.bucket),
    key: change.key,
    rev: (prior?.rev ?? 0) + 1,
    updatedAt: now,
    ...defined({ sequencer }),
  };
}

function newestSequencer(incoming: string | undefined, recorded: string | undefined): string | undefined {
  return compareSequencers(incoming, recorded) === 'older' ? recorded : (incoming ?? recorded);
}

/** The source's state, as an entry keeps it. */
export function sourceFacts(facts: ObjectFacts) {
  return {
    etag: facts.etag,
    size: facts.size,
    lastModified: facts.lastModified,
    storageClass: facts.storageClass,
    ...defined({ sourceVersionId: facts.versionId }),
  };
}
