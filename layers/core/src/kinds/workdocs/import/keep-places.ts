import { defined } from '../../../model/defined.ts';
import { ContentionError } from '../../../model/errors.ts';
import { keepRecord, type RecordFacts, type RecordOutcome, seeRecord } from '../capture/keep-record.ts';
import { type FolderRecord, parseRecord, type SiteRecord } from '../model/records.ts';
import { entryKey, type RecordRef, recordKey } from '../model/site-key.ts';
import { siteUri } from '../model/site-uri.ts';
import { folderId, type ZipOwner } from './import-names.ts';
import type { ImportWorld } from './import-world.ts';

/** Two batches meet at a record now and then; one that loses so often has met something else. */
const ATTEMPTS = 8;

/** A record that was merged, and what the catalog is told of it. */
export type Merged = { readonly record: SiteRecord; readonly facts: RecordFacts };

/**
 * Reads a record, changes it, writes it: again where somebody else wrote meanwhile. So it does not matter in which order, or how
 * often, what belongs to one record comes by.
 *
 * @param merge what it becomes, from what it is now; may be called more than once. Undefined leaves it as it is
 * @throws {ContentionError} when others kept winning
 */
export async function mergeRecord(
  site: string,
  ref: RecordRef,
  merge: (known: SiteRecord | undefined) => Promise<Merged | undefined>,
  world: ImportWorld,
): Promise<RecordOutcome | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await seeRecord(site, ref, attempt > 0, world);
    const onTop = seen.top?.found === true ? seen.top.object.versionId : undefined;
    const inCatalog = seen.entry?.state === 'deleted' ? undefined : seen.entry?.vaultVersionId;
    const known = await readKnown(site, ref, attempt > 0 ? onTop : inCatalog, world);
    const merged = await merge(known);
    if (merged === undefined) return undefined;
    const outcome = await keepRecord(merged.record, seen, merged.facts, world);
    if (outcome.kind !== 'lost-race') return outcome;
  }
  throw new ContentionError(`the record ${recordKey(site, ref)} kept being changed`);
}

async function readKnown(
  site: string,
  ref: RecordRef,
  versionId: string | undefined,
  { store, settings }: ImportWorld,
): Promise<SiteRecord | undefined> {
  if (versionId === undefined) return undefined;
  const key = recordKey(site, ref);
  return parseRecord(await store.get({ bucket: settings.vault, key, versionId }), key);
}

/**
 * Keeps the records of the users and folders that documents lie in. What was kept once, it does not look at again.
 */
export class Places {
  readonly #site: string;
  readonly #owner: ZipOwner;
  readonly #from: string;
  readonly #world: ImportWorld;
  readonly #known = new Set<string>();

  /** @param from the zip, as `s3://bucket/key` */
  constructor(site: string, owner: ZipOwner, from: string, world: ImportWorld) {
    this.#site = site;
    this.#owner = owner;
    this.#from = from;
    this.#world = world;
  }

  /** The user, the root folder, and the folders on the way down. @returns the id of the last one */
  async keep(parts: readonly string[]): Promise<string> {
    await this.#keepOwner();
    for (let depth = 1; depth <= parts.length; depth++) await this.#keepFolder(parts.slice(0, depth));
    return this.#id(parts);
  }

  /** A folder that the zip has as an entry of its own. @returns whether anything was new */
  async keepEntry(parts: readonly string[], at: number | undefined): Promise<boolean> {
    await this.keep(parts.slice(0, -1));
    return this.#keepFolder(parts, at, true);
  }

  #id(parts: readonly string[]): string {
    return folderId(this.#site, this.#owner.name, parts);
  }

  async #keepOwner(): Promise<void> {
    const { id, name, rootFolderId } = this.#owner;
    if (this.#known.has(id)) return;
    const common = { format: 1 as const, site: this.#site };
    await this.#keepNew({ ...common, kind: 'user', id, name, rootFolderId, importedFrom: this.#from });
    await this.#keepNew({
      ...common,
      kind: 'folder',
      id: rootFolderId,
      creatorId: id,
      importedFrom: this.#from,
    });
    this.#known.add(id);
  }

  async #keepFolder(parts: readonly string[], at?: number, anew = false): Promise<boolean> {
    const id = this.#id(parts);
    if (this.#known.has(id) && !anew) return false;
    const changed = await this.#keepNew({
      format: 1,
      site: this.#site,
      kind: 'folder',
      id,
      parentId: this.#id(parts.slice(0, -1)),
      creatorId: this.#owner.id,
      importedFrom: this.#from,
      ...defined({ name: parts.at(-1), createdAt: at, modifiedAt: at }),
    });
    this.#known.add(id);
    return changed;
  }

  /** @returns whether it was written */
  async #keepNew(record: Exclude<SiteRecord, { kind: 'document' }>): Promise<boolean> {
    if (record.createdAt === undefined && (await this.#isThere(record))) return false;
    const outcome = await mergeRecord(
      this.#site,
      record,
      async (known) => {
        const merged = known === undefined ? record : withTimes(known, record);
        return merged === undefined
          ? undefined
          : { record: merged, facts: defined({ lastModified: record.modifiedAt }) };
      },
      this.#world,
    );
    return outcome?.kind === 'kept';
  }

  /** One that says nothing more than its name has nothing to add to the one that is there. */
  async #isThere(record: RecordRef): Promise<boolean> {
    const entry = await this.#world.catalog.getEntry(siteUri(this.#site), entryKey(record));
    return entry !== undefined && entry.state !== 'deleted';
  }
}

/** A folder that was only known from a path gets its times from its entry. Of two entries, the first. */
function withTimes(
  known: SiteRecord,
  { createdAt, modifiedAt }: Pick<FolderRecord, 'createdAt' | 'modifiedAt'>,
) {
  if (known.createdAt !== undefined || createdAt === undefined) return undefined;
  return { ...known, ...defined({ createdAt, modifiedAt }) };
}
