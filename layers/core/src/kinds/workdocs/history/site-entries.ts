import { compareKeys } from '../../../model/byte-order.ts';
import { defined } from '../../../model/defined.ts';
import type { SourceStateAt } from '../../../source/source-state.ts';
import type { RealVersion } from '../../../vault/vault-history.ts';
import { encodePart } from '../model/site-path.ts';
import type { Place, SiteFolders } from './site-folders.ts';

/** One thing of a site as it was at a moment, under its path. */
export type SiteState = SourceStateAt & {
  /** Id of the document; absent for an empty folder. */
  readonly documentId?: string;
  /** Of the version of the document that this is. */
  readonly siteVersionId?: string;
  /** The record's own version in the vault, where that was asked for. */
  readonly recordVersion?: RealVersion;
  /** Its bytes were in the vault, nothing deleted them, and they are not there. */
  readonly lost?: true;
};

/** What is in a folder beside other folders, with a name of its own. */
export type Leaf = {
  readonly name: string;
  readonly deletedAt: number | undefined;
  /** Tells what it is; asked only when it is needed. */
  readonly state: (key: string) => SiteState;
};

/** What stands for an empty folder; absent when the vault has none. */
export type Holder = RealVersion | undefined;

const NO_HOLDER = 'the vault has no empty-folder object of this site: protect or import it again';

/**
 * Goes through a tree in the order of its keys. What was deleted comes behind what was there under the same key.
 *
 * @param isWanted asked of folders that may be empty
 */
export function* entriesOf(
  { top }: SiteFolders,
  leaves: ReadonlyMap<Place, readonly Leaf[]>,
  holder: Holder,
  isWanted: (key: string) => boolean,
): Generator<SiteState> {
  const filled = placesWith(top.place, leaves);
  const waiting: Array<Iterator<Place | SiteState>> = [contentsOf(top.place, leaves)];
  for (let inside = waiting.at(-1); inside !== undefined; inside = waiting.at(-1)) {
    const { value, done } = inside.next();
    if (done) waiting.pop();
    else if (!('folders' in value)) yield value;
    else {
      if (isWanted(value.key)) yield* emptyFolder(value, filled, leaves, holder);
      waiting.push(contentsOf(value, leaves));
    }
  }
}

/** Folders and what is beside them, in the order of their keys. */
function* contentsOf(
  place: Place,
  leaves: ReadonlyMap<Place, readonly Leaf[]>,
): Generator<Place | SiteState> {
  const all: Array<readonly [key: string, Place | Leaf]> = [
    ...[...place.folders.values()].map((one) => [one.key, one] as const),
    ...(leaves.get(place) ?? []).map((one) => [place.key + encodePart(one.name), one] as const),
  ];
  // What was there stays before what was deleted: sorting keeps the order of what is equal.
  all.sort(([a], [b]) => compareKeys(a, b));
  for (const [key, one] of all) yield 'folders' in one ? one : one.state(key);
}

/** Folders in which, or somewhere below which, something is that was there. */
function placesWith(top: Place, leaves: ReadonlyMap<Place, readonly Leaf[]>): ReadonlySet<Place> {
  const all: Array<readonly [Place, Place | undefined]> = [[top, undefined]];
  for (const [place] of all) for (const below of place.folders.values()) all.push([below, place]);
  const filled = new Set<Place>();
  for (const [place, above] of all.toReversed()) {
    const hasLive = (leaves.get(place) ?? []).some(({ deletedAt }) => deletedAt === undefined);
    if (hasLive || place.live?.existed) filled.add(place);
    if (above !== undefined && filled.has(place)) filled.add(above);
  }
  return filled;
}

/** What stands for a folder in which nothing was. */
function* emptyFolder(
  place: Place,
  filled: ReadonlySet<Place>,
  leaves: ReadonlyMap<Place, readonly Leaf[]>,
  holder: Holder,
): Generator<SiteState> {
  const { key, live, deleted, folders } = place;
  const hasLeaf = (leaves.get(place) ?? []).some(({ deletedAt }) => deletedAt === undefined);
  if (live?.existed && !hasLeaf && ![...folders.values()].some((one) => filled.has(one)))
    yield holderState(key, live.createdAt, holder);
  // Of a deleted one the same is known, but for what was in it: that has been deleted too, and is told of by itself.
  else if (live === undefined && deleted?.existed && folders.size === 0 && !leaves.has(place)) {
    const at = deleted.deletedAt;
    const { current: last, ...state } = holderState(key, deleted.createdAt, holder);
    if (at !== undefined) yield { ...state, deleted: { at, ...defined({ last }) } };
  }
}

function holderState(key: string, createdAt: number, holder: Holder): SiteState {
  const times = Number.isFinite(createdAt) ? { modifiedAt: createdAt, changedAt: createdAt } : {};
  if (holder === undefined)
    return {
      ...{ key, vaultKey: '', current: NOTHING, lacking: NO_HOLDER, ...times },
      ...defined({ lackingSince: times.changedAt }),
    };
  return { key, vaultKey: holder.key, current: holder, ...times };
}

/** In place of a version whose bytes the vault has not. */
export const NOTHING: RealVersion = {
  ...{ key: '', versionId: '', etag: '', size: 0, storageClass: 'STANDARD', lastModified: 0 },
  ...{ latest: false, deleteMarker: false },
};
