import { defined } from '../../../model/defined.ts';
import type { DocumentRecord, VersionRecord } from '../model/records.ts';

/** What of a document is meant at a moment. */
export type DocumentVersion = {
  /** The version that was current; absent when the site had none that was finished. */
  readonly current?: VersionRecord;
  /** What stands in for it while its bytes are not known to be in the vault: the newest before it whose bytes are. */
  readonly standIn?: VersionRecord;
};

/**
 * The version of a document that was current.
 *
 * @param before of a document that was captured for the first time later: its versions made until this moment count
 * @returns undefined when it was not there yet
 */
export function documentVersion(
  record: DocumentRecord,
  before: number | undefined,
): DocumentVersion | undefined {
  const made = versionsUntil(record, before).filter((version) => !isUnfinished(version));
  const current = before === undefined ? made.find(({ id }) => id === record.latest) : made.at(-1);
  if (current === undefined && before !== undefined) return undefined;
  if (current?.kept !== undefined) return { current };
  const upTo = current === undefined ? made : made.slice(0, made.indexOf(current));
  const standIn = upTo.findLast(({ kept, status }) => kept !== undefined && status !== 'DELETED');
  return defined({ current, standIn });
}

/** When the bytes were last changed, as far as WorkDocs knew; undefined for what can be no time of a file. */
export function contentTime({ contentModifiedAt, modifiedAt, createdAt }: VersionRecord): number | undefined {
  return [contentModifiedAt, modifiedAt, createdAt].find((at) => at !== undefined && at > 0 && at < MAX_TIME);
}

/** The year 10000: what comes after is no time that a file system could hold. */
const MAX_TIME = Date.UTC(10_000, 0);

/** An upload that had not ended, or never did: there were no bytes of it to lose. */
export function isUnfinished({ missing }: VersionRecord): boolean {
  return missing === 'uploading';
}

/** Versions in the order in which they were made; of some of the same time, the current one is the last. @param before only those that were made until then */
export function versionsUntil(
  { versions, latest }: DocumentRecord,
  before: number | undefined,
): VersionRecord[] {
  const made = versions.filter(
    ({ createdAt }) => before === undefined || (createdAt !== undefined && createdAt <= before),
  );
  const isLatest = ({ id }: VersionRecord) => Number(id === latest);
  return made.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || isLatest(a) - isLatest(b));
}
