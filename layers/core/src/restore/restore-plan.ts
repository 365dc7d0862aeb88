import type { Requests } from '../cost/requests.ts';
import type { Problem } from '../model/job.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { Thaw } from '../model/thaw.ts';

/** So many objects, and their bytes. */
export type Size = { readonly objects: number; readonly bytes: number };

/** A few of many keys, for people to recognise what it is about. */
export type Examples = { readonly examples: readonly string[] };

const MAX_EXAMPLES = 10;

/** A size in the making, and the first few keys of what it is the size of. */
export class SizeSum implements Size, Examples {
  objects = 0;
  bytes = 0;
  readonly examples: string[] = [];

  add(key: string, bytes: number): void {
    this.objects++;
    this.bytes += bytes;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(key);
  }

  get size(): Size {
    return { objects: this.objects, bytes: this.bytes };
  }
}

/** What cannot be brought back, and why, of the first few. */
export type Failures = Size & { readonly problems: readonly Problem[] };

/** Failures in the making. */
export class FailedSum implements Failures {
  objects = 0;
  bytes = 0;
  readonly problems: Problem[] = [];

  add({ key, reason, detail }: Problem, bytes: number): void {
    this.objects++;
    this.bytes += bytes;
    const why = detail === undefined ? { key, reason } : { key, reason, detail };
    if (this.problems.length < MAX_EXAMPLES) this.problems.push(why);
  }
}

/** How many of the objects have an ACL that is not the default one. */
export type PlannedAcls = {
  readonly objects: number;
  /** There are more records than were looked at: so many at least. */
  readonly atLeast: boolean;
  /** Whether the target's objects have ACLs; undefined: that may not be seen. */
  readonly taken?: boolean;
};

/** What a restore would do, found out without doing any of it. */
export type RestorePlan = {
  /** ms since 1970. */
  readonly at: number;
  /** Everything that is asked for. */
  readonly selected: Size;
  /** Not there yet. */
  readonly fresh: Size;
  /** There already, the same. */
  readonly right: Size;
  /** There, and other: left alone. */
  readonly conflicts: Size & Examples;
  /** There, and other: replaced. */
  readonly overwritten: Size & Examples;
  /** What it cannot bring back, as far as that shows beforehand. */
  readonly failed: Failures;
  /** What an exact restore deletes. */
  readonly extras: Size & Examples;
  /** True when nothing of that is deleted, since something conflicts or cannot be brought back. */
  readonly held: boolean;
  /** What has to be thawed first, by storage class. */
  readonly archived: Readonly<Record<string, Size>>;
  /** How it is asked for; absent for a target into which nothing archived is restored. */
  readonly thaw?: Thaw;
  /** What it is stored in at the target: each object as it was, or all of it in one. Absent where that is no bucket. */
  readonly storageClass?: AcceptedRestore['storageClass'];
  /** What the target encrypts with unless told otherwise. Absent where that is no bucket, or cannot be seen. */
  readonly encryption?: { readonly algorithm: string; readonly key?: string };
  /** Where ACLs are to be given back: how many objects have one, and whether the target takes them. */
  readonly acls?: PlannedAcls;
  readonly requests: Requests;
  /** At list price, without what thawing costs. */
  readonly dollars: number;
};

/** The bytes that it writes. */
export function writtenBytes({ fresh, overwritten }: RestorePlan): number {
  return fresh.bytes + overwritten.bytes;
}
