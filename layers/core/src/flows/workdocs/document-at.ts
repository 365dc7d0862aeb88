import type { DocumentRecord, VersionRecord } from '../../model/workdocs/records.ts';

/** What of a document is meant at a moment: one of its versions, and how far the vault has it. */
export type DocumentVersion = {
  /** The one whose bytes the vault has: the current one, else the newest before it; absent when it has none. */
  readonly version?: VersionRecord;
  /** Why it is not the current one. */
  readonly lacking?: string;
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
  const made = versionsUntil(record, before);
  const current = before === undefined ? made.find(({ id }) => id === record.latest) : made.at(-1);
  if (current === undefined && before !== undefined) return undefined;
  if (current?.kept !== undefined) return { version: current };
  const upTo = current === undefined ? made : made.slice(0, made.indexOf(current));
  const version = upTo.findLast(({ kept }) => kept !== undefined);
  const why = current === undefined ? 'the site had no finished version of it' : missing(current);
  return version === undefined
    ? { lacking: why }
    : { version, lacking: `${why}; the version before it is taken` };
}

/** When the bytes were last changed, as far as WorkDocs knew; undefined for what can be no time of a file. */
export function contentTime({ contentModifiedAt, modifiedAt, createdAt }: VersionRecord): number | undefined {
  return [contentModifiedAt, modifiedAt, createdAt].find((at) => at !== undefined && at > 0 && at < MAX_TIME);
}

/** The year 10000: what comes after is no time that a file system could hold. */
const MAX_TIME = Date.UTC(10_000, 0);

function missing({ id, missing: why }: VersionRecord): string {
  return `its version ${id} is not in the vault${why === undefined ? '' : ` (${why})`}`;
}

/** Versions in the order in which they were made. @param before only those that were made until then */
export function versionsUntil({ versions }: DocumentRecord, before: number | undefined): VersionRecord[] {
  const made = versions.filter(
    ({ createdAt }) => before === undefined || (createdAt !== undefined && createdAt <= before),
  );
  return made.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}
