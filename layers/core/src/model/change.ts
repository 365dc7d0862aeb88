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
};

function isNewer(left: Change, right: Change): boolean {
  if (left.sequencer !== undefined && right.sequencer !== undefined) {
    const order = compareSequencers(left.sequencer, right.sequencer);
    if (order !== 'unknown' && order !== 'same') return order === 'newer';
  }
  return (left.at ?? 0) > (right.at ?? 0);
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
    if (known === undefined || isNewer(change, known)) newest.set(id, change);
  }
  return [...newest.values()];
}
