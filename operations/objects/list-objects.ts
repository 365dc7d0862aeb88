import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { SourceStateAt } from '@holdfast/core/source/source-state.ts';
import type { Connection } from '../connection.ts';
import type { LsLine } from '../json/ls.ts';
import { moment } from '../json/moment.ts';
import type { Kinds } from '../kind.ts';

/** What of the vault is listed. */
export type Listing = SourcePlace & {
  readonly matches: (key: string) => boolean;
  /** As of when, ms since 1970; now without it. */
  readonly at: number | undefined;
  /** What had been deleted by then, instead of what was there. */
  readonly deleted: boolean;
};

/** Objects as the vault has them now, or had them at a moment, in the order of their keys: `ls` and `find`. */
export async function* listObjects(
  { matches, at, deleted, ...place }: Listing,
  { world }: Pick<Connection, 'world'>,
  { kinds }: Kinds,
): AsyncGenerator<LsLine> {
  const { history } = kinds.of(place.source);
  for await (const state of history.statesAt(place, at ?? Number.MAX_SAFE_INTEGER, world)) {
    const isDeleted = state.current === undefined;
    if (isDeleted === deleted && matches(state.key)) yield lineOf(place.source, state);
  }
}

function lineOf(source: string, { key, vaultKey, current, deleted, lacking }: SourceStateAt): LsLine {
  const found = current ?? deleted?.last;
  // Without an id, it says that there is none.
  const version = found?.versionId === '' ? undefined : found;
  return {
    source,
    key,
    size: version?.size ?? null,
    capturedAt: moment(version?.lastModified),
    deletedAt: moment(deleted?.at),
    vaultKey,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
    lacking: lacking ?? null,
  };
}
