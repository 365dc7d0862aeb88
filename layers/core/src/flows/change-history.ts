import type { ListedVersion } from '../model/object.ts';
import { bucketOf } from '../model/source-uri.ts';
import { isSiteUri } from '../model/workdocs/site-uri.ts';
import { isSameContent } from './compare-moments.ts';
import type { VaultReader } from './dependencies.ts';
import { bucketVersions, type SourceVersion } from './source-versions.ts';
import { siteChanges } from './workdocs/site-history.ts';

/** What happened to a source's objects in a span of time, by when it was captured. */
export type Changes = {
  /** Objects. */
  readonly added: number;
  readonly overwritten: number;
  readonly deleted: number;
  /** Of what was added, and what took the place of another. */
  readonly writtenBytes: number;
  /** Of the last versions before a deletion, as far as the vault still has them. */
  readonly deletedBytes: number;
};

/** One thing that happened. */
export type Change = { readonly kind: 'added' | 'overwritten' | 'deleted'; readonly bytes: number };

export const NO_CHANGES: Changes = { added: 0, overwritten: 0, deleted: 0, writtenBytes: 0, deletedBytes: 0 };

export type HistoryRequest = {
  readonly source: string;
  readonly prefix: string;
  /** What is older is left out. */
  readonly since: number;
  /** In which span a moment lies: when that begins. */
  readonly spanOf: (at: number) => number;
  readonly onProgress?: (versions: number) => void;
};

const PAGE = 1000;

/** How much changed when, by one pass over the vault's versions; memory grows with the number of spans alone. */
export async function changeHistory(
  { source, prefix, since, spanOf, onProgress = () => {} }: HistoryRequest,
  world: VaultReader,
): Promise<Map<number, Changes>> {
  const spans = new Map<number, Changes>();
  const add = (at: number, change: Change) => {
    const span = spanOf(at);
    spans.set(span, addChange(spans.get(span) ?? NO_CHANGES, change));
  };
  if (isSiteUri(source)) {
    for await (const change of siteChanges({ source, prefix }, world, onProgress))
      if (change.at >= since) add(change.at, change);
    return spans;
  }
  let seen = 0;
  for await (const { version, older } of withOlder(bucketVersions(bucketOf(source), prefix, world))) {
    if (++seen % PAGE === 0) onProgress(seen);
    const change = version.lastModified < since ? undefined : changeOf(version, older);
    if (change !== undefined) add(version.lastModified, change);
  }
  return spans;
}

/** Each version with the one before it of the same key. */
async function* withOlder(
  versions: AsyncIterable<SourceVersion>,
): AsyncGenerator<{ readonly version: ListedVersion; readonly older: ListedVersion | undefined }> {
  let newer: ListedVersion | undefined;
  for await (const { version } of versions) {
    if (newer !== undefined) yield { version: newer, older: newer.key === version.key ? version : undefined };
    newer = version;
  }
  if (newer !== undefined) yield { version: newer, older: undefined };
}

/** @returns undefined for what changed nothing: the same content again, a marker on top of another */
function changeOf(version: ListedVersion, older: ListedVersion | undefined): Change | undefined {
  if (version.deleteMarker) {
    if (older?.deleteMarker) return undefined;
    return { kind: 'deleted', bytes: older?.size ?? 0 };
  }
  if (older === undefined || older.deleteMarker) return { kind: 'added', bytes: version.size };
  return isSameContent(older, version) ? undefined : { kind: 'overwritten', bytes: version.size };
}

function addChange(changes: Changes, { kind, bytes }: Change): Changes {
  const sum = kind === 'deleted' ? 'deletedBytes' : 'writtenBytes';
  return { ...changes, [kind]: changes[kind] + 1, [sum]: changes[sum] + bytes };
}
