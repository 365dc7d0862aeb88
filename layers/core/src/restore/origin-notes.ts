import type { Problem } from '../model/job.ts';
import { formatMoment } from '../model/moment.ts';
import { isArchivedClass } from '../model/object.ts';
import type { Origin } from '../model/origin.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import { ORIGINAL, type StorageClass, storageClassOf } from '../model/storage-class.ts';
import type { Written } from '../ports/object-store.ts';

/** The class that a restore gives an object. What no class of a bucket is, is as STANDARD. */
export function classFor(origin: Origin | undefined, asked: AcceptedRestore['storageClass']): StorageClass {
  if (asked !== ORIGINAL) return asked;
  return storageClassOf(origin?.storageClass ?? 'STANDARD') ?? 'STANDARD';
}

/** An object that was written: what was remembered of it, and what became of that. */
export type Kept = {
  readonly key: string;
  /** Undefined when there was no room to remember it. */
  readonly origin: Origin | undefined;
  readonly asked: AcceptedRestore['storageClass'];
  readonly storageClass: StorageClass;
  readonly written: Written;
  /** Why this is not what was current. */
  readonly lacking?: string | undefined;
};

/** What of an object could not be brought back, or is worth to know of it: nothing went wrong. */
export function notesOn(kept: Kept): Problem[] {
  const { key, origin } = kept;
  const notes: Array<readonly [reason: string, detail: string | undefined]> =
    origin === undefined
      ? [
          [
            'origin-unknown',
            'it has ten tags, which left no room to remember its storage class, encryption and lock',
          ],
        ]
      : [
          ['storage-class', lostClass(origin, kept)],
          ['encryption', lostKey(origin, kept)],
          ['lock', lostLock(origin)],
        ];
  notes.push(['in-archive', inArchive(kept)], ['not-in-vault', kept.lacking]);
  return notes.flatMap(([reason, detail]) =>
    detail === undefined ? [] : [{ key, reason, detail, note: true }],
  );
}

function lostClass({ storageClass }: Origin, { asked }: Kept): string | undefined {
  if (asked !== ORIGINAL || storageClass === undefined || storageClassOf(storageClass) !== undefined)
    return undefined;
  return `was in ${storageClass}, which is no class for this bucket; it is in STANDARD`;
}

function lostKey({ encryption, kmsKey }: Origin, { written }: Kept): string | undefined {
  if (encryption === undefined || (kmsKey !== undefined && kmsKey === written.kmsKey)) return undefined;
  const key = kmsKey === undefined ? 'a KMS key' : `the KMS key ${kmsKey}`;
  return `was encrypted with ${key}; the target bucket's default is used`;
}

function lostLock({ lock, legalHold }: Origin): string | undefined {
  const had = [
    ...(lock === undefined ? [] : [`${lock.mode} until ${formatMoment(lock.until)}`]),
    ...(legalHold === true ? ['a legal hold'] : []),
  ];
  return had.length === 0 ? undefined : `was locked: ${had.join(', and ')}; locks are not brought back`;
}

function inArchive({ storageClass }: Kept): string | undefined {
  return isArchivedClass(storageClass)
    ? `is in ${storageClass}: it has to be thawed before it can be read`
    : undefined;
}
