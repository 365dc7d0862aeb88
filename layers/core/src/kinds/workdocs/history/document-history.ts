import pMap from 'p-map';
import type { SourcePlace } from '../../../model/source-place.ts';
import type { VaultReader } from '../../../ports/world.ts';
import type { PlaceFacts } from '../../../source/object-versions.ts';
import { keyVersions, type RealVersion } from '../../../vault/vault-history.ts';
import { type DocumentRecord, parseRecord, type VersionRecord } from '../model/records.ts';
import { recordKey } from '../model/site-key.ts';
import { encodePart } from '../model/site-path.ts';
import { siteOf } from '../model/site-uri.ts';
import { versionsUntil } from './document-at.ts';
import { nameOf } from './read-folders.ts';
import { recordsAt } from './record-history.ts';
import type { SiteState } from './site-entries.ts';
import type { SiteFolders } from './site-folders.ts';
import { readSiteTree } from './site-tree.ts';

/** One version of a document, in WorkDocs' own terms, and what the vault has of it. */
export type DocumentVersionFacts = {
  /** The first one that was made is number 1. */
  readonly number: number;
  readonly version: VersionRecord;
  readonly state: 'current' | 'older' | 'deleted';
  /** The user's name, or what else WorkDocs said. */
  readonly createdBy: string | undefined;
  /** Absent when the vault has not its bytes. */
  readonly there: RealVersion | undefined;
  readonly lacking: string | undefined;
};

type DocumentPlace = Omit<PlaceFacts, 'itemId'>;

export type DocumentHistory = {
  readonly documentId: string;
  /** The oldest first. */
  readonly versions: readonly DocumentVersionFacts[];
  /** The oldest first. Folders go by the names that they have now. */
  readonly places: readonly DocumentPlace[];
};

const NOW = Number.MAX_SAFE_INTEGER;
const AT_ONCE = 8;

/**
 * The history of the document that has a path now, or had it when it was deleted.
 *
 * @returns undefined when there is no such document
 */
export async function documentHistory(
  { source, prefix: path }: SourcePlace,
  world: VaultReader,
): Promise<DocumentHistory | undefined> {
  const site = siteOf(source);
  const tree = await readSiteTree(site, NOW, world, { prefix: path, allVersions: true });
  const states = [...tree.entries()];
  const documentId = states.find((state) => state.key === path && state.documentId !== undefined)?.documentId;
  if (documentId === undefined) return undefined;
  const captures = await capturesOf(site, documentId, world);
  const newest = captures.findLast(({ record }) => record !== undefined)?.record;
  if (newest === undefined) return undefined;
  // Another one may have been deleted under the same path.
  const isDeleted = states.some(
    (state) => state.key === path && state.documentId === documentId && state.deleted !== undefined,
  );
  const own = new Map(
    states.flatMap((state) =>
      state.documentId === documentId && state.siteVersionId !== undefined
        ? [[state.siteVersionId, state] as const]
        : [],
    ),
  );
  const users = await userNames(site, world);
  const versions = versionsUntil(newest, undefined).map((version, index) =>
    factsOf(version, index + 1, newest, own.get(version.id), users, isDeleted),
  );
  return { documentId, versions, places: placesOf(captures, tree.folders) };
}

type Capture = { readonly at: number; readonly record: DocumentRecord | undefined };

/** Every state of a record, the oldest first; without a record, a deletion. */
async function capturesOf(site: string, id: string, world: VaultReader): Promise<Capture[]> {
  const key = recordKey(site, { kind: 'document', id });
  const versions = await Array.fromAsync(keyVersions(key, world));
  const { store, settings } = world;
  const captures = await pMap(
    versions,
    async ({ versionId, lastModified: at, deleteMarker }): Promise<Capture> => {
      if (deleteMarker) return { at, record: undefined };
      const record = parseRecord(await store.get({ bucket: settings.vault, key, versionId }), key);
      return { at, record: record.kind === 'document' ? record : undefined };
    },
    { concurrency: AT_ONCE },
  );
  return captures.reverse();
}

async function userNames(site: string, world: VaultReader): Promise<ReadonlyMap<string, string>> {
  const users = await Array.fromAsync(recordsAt(site, 'user', NOW, new Set(), world));
  return new Map(users.map(({ id, record }) => [id, nameOf(record?.name, id)]));
}

function factsOf(
  version: VersionRecord,
  number: number,
  { latest }: DocumentRecord,
  state: SiteState | undefined,
  users: ReadonlyMap<string, string>,
  isDeleted: boolean,
): DocumentVersionFacts {
  const { creatorId } = version;
  const there = state?.current ?? state?.deleted?.last;
  const isThere = there !== undefined && there.versionId !== '';
  const isCurrent = version.id === latest && !isDeleted;
  return {
    number,
    version,
    state: version.status === 'DELETED' || isDeleted ? 'deleted' : isCurrent ? 'current' : 'older',
    createdBy: creatorId === undefined ? undefined : (users.get(creatorId) ?? creatorId),
    there: isThere ? there : undefined,
    lacking: isThere ? undefined : (state?.lacking ?? version.missing),
  };
}

/** Only what changed a document's place is told: most records change something else. */
function placesOf(captures: readonly Capture[], folders: SiteFolders): DocumentPlace[] {
  const places: DocumentPlace[] = [];
  let before: DocumentRecord | undefined;
  for (const { at, record } of captures) {
    const last = places.at(-1);
    const event = eventOf(before, record, last);
    if (event !== undefined) places.push({ at, event, path: pathOf(record ?? before, folders, last?.path) });
    before = record ?? before;
  }
  return places;
}

function eventOf(
  before: DocumentRecord | undefined,
  record: DocumentRecord | undefined,
  last: DocumentPlace | undefined,
): DocumentPlace['event'] | undefined {
  const wasDeleted = last?.event === 'deleted';
  if (record === undefined || /^RECYCL/.test(record.status ?? '')) return wasDeleted ? undefined : 'deleted';
  if (before === undefined) return 'captured';
  if (wasDeleted) return 'restored';
  if (before.parentId !== record.parentId) return 'moved';
  return before.name === record.name ? undefined : 'renamed';
}

function pathOf(record: DocumentRecord | undefined, folders: SiteFolders, last: string | undefined): string {
  if (record === undefined) return last ?? '';
  // What lies in the recycle bin is told of where it was.
  if (/^RECYCL/.test(record.status ?? '') && last !== undefined) return last;
  return folders.folder(record.parentId).place.key + encodePart(nameOf(record.name, record.id));
}
