import { InvalidInputError } from '../../../model/errors.ts';
import { counted } from '../../../model/text.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { keyVersions, type RealVersion, vaultVersions } from '../../../vault/vault-history.ts';
import { emptyFolderKey, sitePrefix } from '../model/site-key.ts';
import { isWithin } from '../model/site-path.ts';
import { DocumentLeaf, RecordLeaf } from './document-leaf.ts';
import { type FolderContents, nameLeaves } from './name-leaves.ts';
import { readFolders } from './read-folders.ts';
import { type RecordAt, recordsAt } from './record-history.ts';
import { entriesOf, type Leaf, type SiteState } from './site-entries.ts';
import { earlier, type Place, type PlacedFolder, type SiteFolders } from './site-folders.ts';

/** What of a site is read, and how much of it may be. */
export type TreeOptions = {
  /** A path: of a user, a folder or a document. Nothing else is kept in memory. */
  readonly prefix?: string | undefined;
  /** Also the versions before the current one, as `name (v3).ext`. */
  readonly allVersions?: boolean | undefined;
  /** Also the records, as `name.workdocs.json` beside each document and `.workdocs.json` in each folder. */
  readonly sidecars?: boolean | undefined;
  /** The records' own versions, for whoever reads them again. */
  readonly records?: boolean | undefined;
  /** More documents are refused: whoever reads has only so much time. */
  readonly most?: number | undefined;
  /** Hears how many documents were read. */
  readonly onProgress?: ((documents: number) => void) | undefined;
};

const PROGRESS_EVERY = 1_000;

/** A site as it was at a moment. */
export type SiteTree = {
  readonly folders: SiteFolders;
  /** Everything in it, in the order of the paths; what was deleted too. */
  readonly entries: () => Generator<SiteState>;
};

/**
 * Reads the tree of a site as of a moment, from the vault alone: one GET for each record that counts, and the listings. Names
 * depend on what else is in a folder, so all of what is asked for is held in memory: about half a kilobyte for a document.
 *
 * @param at ms since 1970
 * @throws {InvalidInputError} when there are more documents than may be read; StoreError
 */
export async function readSiteTree(
  site: string,
  at: number,
  world: VaultReader,
  options: TreeOptions = {},
): Promise<SiteTree> {
  const { folders, bins } = await readFolders(site, at, world);
  const contents = new Map<Place, FolderContents>();
  let seen = 0;
  for await (const one of recordsAt(site, 'document', at, bins, world)) {
    if (++seen % PROGRESS_EVERY === 0) options.onProgress?.(seen);
    if (options.most !== undefined && seen > options.most) throw tooMany(site, options.most);
    addDocument(one, { site, at, folders, contents, options });
  }
  await findBytes(site, contents, world);
  if (options.sidecars) addFolderRecords(folders, contents);
  const named = new Map<Place, readonly Leaf[]>();
  const isWanted = (key: string) => isWithin(key, options.prefix);
  for (const [place, all] of contents) named.set(place, nameLeaves(place, all, isWanted, options));
  const holder = await holderOf(site, world);
  return { folders, entries: () => entriesOf(folders, named, holder, isWanted) };
}

type Reading = {
  readonly site: string;
  readonly at: number;
  readonly folders: SiteFolders;
  readonly contents: Map<Place, FolderContents>;
  readonly options: TreeOptions;
};

function addDocument(one: RecordAt<'document'>, { site, at, folders, contents, options }: Reading): void {
  const folder = folders.folder(one.record?.parentId);
  if (!leadsTo(folder, options.prefix)) return;
  const deletedAt = earlier(one.deletedAt, folder.deletedAt);
  const leaf = DocumentLeaf.of(site, one, at, deletedAt, options);
  if (leaf === undefined) return;
  const there = contents.get(folder.place);
  if (there === undefined) contents.set(folder.place, { documents: [leaf], records: [] });
  else there.documents.push(leaf);
}

/** Whether something in a folder can be what is asked for. */
function leadsTo({ place: { key } }: PlacedFolder, prefix = ''): boolean {
  return isWithin(key, prefix) || prefix.startsWith(key);
}

/**
 * Looks in the vault's listing for the bytes that the records name: which storage class they are in, and whether they are
 * there at all. Records cannot know that.
 */
async function findBytes(
  site: string,
  contents: ReadonlyMap<Place, FolderContents>,
  world: VaultReader,
): Promise<void> {
  const byDocument = new Map<string, DocumentLeaf>();
  for (const { documents } of contents.values()) for (const leaf of documents) byDocument.set(leaf.id, leaf);
  if (byDocument.size === 0) return;
  const prefix = `${sitePrefix(site)}versions/`;
  for await (const version of vaultVersions(prefix, undefined, world)) {
    if (version.deleteMarker) continue;
    const cut = version.key.indexOf('/', prefix.length);
    byDocument.get(version.key.slice(prefix.length, cut))?.found(version.key.slice(cut + 1), version);
  }
}

function addFolderRecords(folders: SiteFolders, contents: Map<Place, FolderContents>): void {
  const all: Place[] = [folders.top.place];
  for (const place of all) {
    all.push(...place.folders.values());
    const known = place.live ?? place.deleted;
    if (known?.version === undefined || !known.existed) continue;
    const there = contents.get(place) ?? { documents: [], records: [] };
    const deletedAt = place.live === undefined ? known.deletedAt : undefined;
    there.records.push(new RecordLeaf('.workdocs.json', known.version, deletedAt));
    contents.set(place, there);
  }
}

/** What stands for an empty folder: the newest there is, whether somebody hid it or not. */
async function holderOf(site: string, world: VaultReader): Promise<RealVersion | undefined> {
  for await (const version of keyVersions(emptyFolderKey(site), world)) {
    if (!version.deleteMarker) return version;
  }
  return undefined;
}

function tooMany(site: string, most: number): InvalidInputError {
  return new InvalidInputError(
    `workdocs://${site} has more than the ${counted(most, 'document')} that a function restores: ` +
      'restore to a folder or an archive, and copy that on',
  );
}
