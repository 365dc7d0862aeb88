import { defined } from '../../../model/defined.ts';
import { keepBytes } from '../capture/keep-bytes.ts';
import type { RecordFacts } from '../capture/keep-record.ts';
import type { DocumentRecord, SiteRecord, VersionRecord } from '../model/records.ts';
import { versionKey } from '../model/site-key.ts';
import { isSiteError } from '../site-error.ts';
import { entryBytes } from './entry-bytes.ts';
import type { Refusal } from './entry-path.ts';
import { compareVersions, documentId, isSameVersion, versionId } from './import-names.ts';
import type { ImportWorld } from './import-world.ts';
import { type Merged, mergeRecord } from './keep-places.ts';
import type { ZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';

/** An entry that is a version of a document. */
export type VersionEntry = { readonly entry: ZipEntry; readonly ordinal?: number };

/** Where a document lies, and whose it is. */
export type DocumentPlace = {
  readonly site: string;
  readonly user: { readonly id: string; readonly name: string };
  /** The folders' names and its own. */
  readonly parts: readonly string[];
  readonly parentId: string;
  /** The zip, as `s3://bucket/key`. */
  readonly from: string;
};

/** What became of an entry. */
export type EntryOutcome = 'imported' | 'unchanged' | Refusal;

/**
 * Brings a version into the vault and its document's record up to date: bytes that are there already are not read again. A
 * version that cannot be read is in the record all the same, with the reason: what is known of a document is kept.
 *
 * @throws StoreError when the zip or the vault cannot be reached
 */
export async function importVersion(
  place: DocumentPlace,
  { entry, ordinal }: VersionEntry,
  directory: ZipDirectory,
  world: ImportWorld,
): Promise<EntryOutcome> {
  const id = documentId(place.site, place.user.name, place.parts);
  const version: VersionRecord = {
    id: versionId({ ...defined({ at: entry.at, ordinal }), ...entry }),
    size: entry.size,
    ...defined({ name: entry.parts.at(-1), createdAt: entry.at, modifiedAt: entry.at }),
  };
  let brought: VersionRecord | undefined;
  let outcome: EntryOutcome = 'unchanged';
  await mergeRecord(
    place.site,
    { kind: 'document', id },
    async (known) => {
      const same = versionsOf(known).find((one) => isSameVersion(one.id, version.id));
      if (same?.kept !== undefined) return undefined;
      const wanted = same ?? version;
      if (brought === undefined) {
        brought = await bring(place, id, wanted, entry, directory, world);
        outcome = brought.kept === undefined ? refusal(brought) : 'imported';
      }
      return withVersion(known, { ...brought, id: wanted.id }, id, place);
    },
    world,
  );
  return outcome;
}

function refusal({ missing = '' }: VersionRecord): Refusal {
  const [reason = '', detail = ''] = missing.split(/: (.*)/s);
  return { reason, detail };
}

function versionsOf(known: SiteRecord | undefined): readonly VersionRecord[] {
  return known?.kind === 'document' ? known.versions : [];
}

/** @returns the version with its bytes, or with why it has none */
async function bring(
  { site, from }: DocumentPlace,
  document: string,
  version: VersionRecord,
  entry: ZipEntry,
  directory: ZipDirectory,
  world: ImportWorld,
): Promise<VersionRecord> {
  const { missing: _, ...wanted } = version;
  const without = ({ reason, detail }: Refusal) => ({ ...wanted, missing: `${reason}: ${detail}` });
  if (entry.refusal !== undefined) return without(entry.refusal);
  try {
    const kept = await keepBytes(
      {
        key: versionKey(site, document, version.id),
        body: entryBytes(directory, entry),
        expected: { size: entry.size },
        options: {},
        what: `entry ${entry.index} of ${from}`,
      },
      world,
    );
    return { ...wanted, kept };
  } catch (error) {
    if (isSiteError(error, 'corrupt')) return without({ reason: 'corrupt', detail: error.message });
    throw error;
  }
}

function withVersion(
  known: SiteRecord | undefined,
  version: VersionRecord,
  id: string,
  { site, user, parts, parentId, from }: DocumentPlace,
): Merged {
  const others = versionsOf(known).filter((one) => one.id !== version.id);
  const versions = [...others, version].sort((a, b) => compareVersions(a.id, b.id));
  const times = versions.flatMap(({ createdAt }) => createdAt ?? []);
  const record: DocumentRecord = {
    ...(known?.kind === 'document'
      ? known
      : { format: 1, site, kind: 'document', id, parentId, creatorId: user.id, importedFrom: from }),
    ...defined({
      name: parts.at(-1),
      latest: (versions.findLast(({ kept }) => kept) ?? versions.at(-1))?.id,
    }),
    versions,
    ...(times.length === 0 ? {} : { createdAt: Math.min(...times), modifiedAt: Math.max(...times) }),
  };
  return { record, facts: factsOf(record) };
}

/** What the catalog is told of a document: its size is that of all versions that are kept, as of a live site's. */
export function factsOf({ versions, latest }: DocumentRecord): RecordFacts {
  const current = versions.find(({ id }) => id === latest);
  const missing = versions.filter(({ kept }) => kept === undefined);
  const first = missing[0];
  return {
    size: versions.reduce((sum, { kept }) => sum + (kept?.size ?? 0), 0),
    ...defined({ lastModified: current?.createdAt }),
    ...(first === undefined
      ? {}
      : {
          reason: 'failed' as const,
          detail: `${missing.length} of its versions could not be imported: ${first.missing}`,
        }),
  };
}
