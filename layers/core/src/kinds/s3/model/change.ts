import { compareSequencers } from './sequencer.ts';

/** A hint that an object changed. It says where to look; what is true is asked of the source. */
export type Change = {
  readonly bucket: string;
  readonly key: string;
  /** `seen` and `missing` say what a listing showed (`seen` also: it can be read now); the others are events. */
  readonly kind: 'created' | 'deleted' | 'seen' | 'missing';
  /** When it changed, ms since 1970. Absent for what a listing found: there is no lag to measure. */
  readonly at?: number;
  readonly etag?: string;
  readonly size?: number;
  readonly lastModified?: number;
  readonly versionId?: string;
  readonly sequencer?: string;
  /** The listing's reconcile saw no entry of it. Like any reading of the catalog, it may be out of date by now. */
  readonly unrecorded?: boolean;
  /** Its tags may have changed and nothing else: those of the copy are compared with them. */
  readonly tags?: true;
  /** The same of its ACL. */
  readonly acl?: true;
  /** Somebody destroyed a version of it, perhaps a delete marker: what lay under that may be there again. */
  readonly mayBeBack?: true;
};

/**
 * Two events of one object as one: the newer. Where sequencers do not tell which that is (they differ in length, or an
 * emulator says the same for all), it goes without one: no entry then passes for having seen it, and the source is asked.
 */
function newerOf(left: Change, right: Change): Change {
  // What happened beside its bytes has no place in the order of what happened to them: both are looked at.
  if (isBeside(left)) return withAsideOf(left, right);
  if (isBeside(right)) return withAsideOf(right, left);
  const back = left.mayBeBack === true || right.mayBeBack === true ? { mayBeBack: true as const } : {};
  return { ...newerWrite(left, right), ...asideOf(left, right), ...back };
}

/** True for what only says of an object's tags or its ACL, and of no write. */
export function isBeside({ kind, tags, acl }: Change): boolean {
  return kind === 'seen' && (tags === true || acl === true);
}

function withAsideOf(aside: Change, { versionId, ...other }: Change): Change {
  // Of two versions no one is the one to look at: whatever is current is.
  const isOfBoth = versionId !== undefined && (other.kind !== 'seen' || versionId === aside.versionId);
  return { ...other, ...(isOfBoth ? { versionId } : {}), ...asideOf(aside, other) };
}

function asideOf(...changes: ReadonlyArray<Pick<Change, 'tags' | 'acl'>>): Pick<Change, 'tags' | 'acl'> {
  return {
    ...(changes.some(({ tags }) => tags === true) ? { tags: true } : {}),
    ...(changes.some(({ acl }) => acl === true) ? { acl: true } : {}),
  };
}

function newerWrite(left: Change, right: Change): Change {
  const order = compareSequencers(left.sequencer, right.sequencer);
  if (order === 'newer' || order === 'older') return order === 'newer' ? left : right;
  const later = (left.at ?? 0) > (right.at ?? 0) ? left : right;
  if (order === 'same' && isSameEvent(left, right)) return later;
  const { sequencer: _, ...asked } = later;
  return asked;
}

function isSameEvent(left: Change, right: Change): boolean {
  return left.kind === right.kind && left.etag === right.etag && left.versionId === right.versionId;
}

/** Names one object across buckets; NUL is in no bucket name. */
export function objectId(change: Pick<Change, 'bucket' | 'key'>): string {
  return `${change.bucket}\0${change.key}`;
}

/** Keeps the newest change of each object, in the order in which the objects first appear. */
export function newestPerObject(changes: Iterable<Change>): Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const id = objectId(change);
    const known = newest.get(id);
    newest.set(id, known === undefined ? change : newerOf(change, known));
  }
  return [...newest.values()];
}
