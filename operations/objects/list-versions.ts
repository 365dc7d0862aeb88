import type {
  MadeVersion,
  ObjectPlace,
  PlaceFacts,
  VersionFacts,
} from '@holdfast/core/source/object-versions.ts';
import type { Connection } from '../connection.ts';
import { moment } from '../json/moment.ts';
import type { SitePlaceLine, SiteVersionLine } from '../json/site-versions.ts';
import type { VersionLine } from '../json/versions.ts';
import type { Kinds } from '../kind.ts';

/** A line of `versions`: of what has versions of its own at its source in the source's words, else in the vault's. */
export type HistoryOfOne = VersionLine | SiteVersionLine | SitePlaceLine;

/** Every version that the vault has of one object, the newest first; then where it was: `versions`. Nothing where it has none. */
export async function* listVersions(
  object: ObjectPlace,
  { world }: Pick<Connection, 'world'>,
  { kinds }: Kinds,
): AsyncGenerator<HistoryOfOne> {
  for await (const facts of kinds.of(object.source).history.versionsOf(object, world))
    yield lineOf(object, facts);
}

function lineOf(object: ObjectPlace, facts: VersionFacts | PlaceFacts): HistoryOfOne {
  if ('event' in facts) return placeLine(object, facts);
  return facts.made === undefined ? vaultLine(object, facts) : madeLine(object, facts, facts.made);
}

function vaultLine({ source, key }: ObjectPlace, facts: VersionFacts): VersionLine {
  const { state, endedAt, vaultKey, version, differsBy = null, taggedAt } = facts;
  return {
    ...{ source, key, vaultKey, state },
    endedAt: moment(endedAt),
    capturedAt: moment(version?.lastModified),
    size: version?.size ?? null,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
    differsBy,
    taggedAt: taggedAt.map((at) => moment(at)),
  };
}

function madeLine(
  { source, key }: ObjectPlace,
  { state, version, lacking }: VersionFacts,
  { itemId, number, id, name, at, by, size }: MadeVersion,
): SiteVersionLine {
  return {
    ...{ source, key, documentId: itemId, kind: 'version', number, versionId: id, name: name ?? null },
    state: state === 'replaced' ? 'older' : state,
    createdAt: moment(at),
    createdBy: by ?? null,
    size: version?.size ?? size ?? null,
    vaultVersionId: version?.versionId ?? null,
    storageClass: version?.storageClass ?? null,
    lacking: lacking ?? null,
  };
}

function placeLine({ source, key }: ObjectPlace, { itemId, at, event, path }: PlaceFacts): SitePlaceLine {
  return { source, key, documentId: itemId, kind: 'place', at: moment(at), event, path };
}
