import { defined } from '../../../model/defined.ts';
import type { VaultReader } from '../../../ports/world.ts';
import { chooser, type Selected, type Selection, type TreeReading } from '../../../source/selection.ts';
import { versionsUntil } from '../history/document-at.ts';
import type { SiteState } from '../history/site-entries.ts';
import { readSiteTree, type SiteTree } from '../history/site-tree.ts';
import { siteVersion } from '../history/site-version.ts';
import { type DocumentRecord, parseRecord, type VersionRecord } from '../model/records.ts';
import { decodePart } from '../model/site-path.ts';
import { siteOf } from '../model/site-uri.ts';
import type { ThingToRestore, VersionToRestore } from './thing-to-restore.ts';

/** What is selected of a site, by its path there; without a thing, the vault has none of its bytes. */
export type SelectedThing = Selected & {
  readonly thing?: () => Promise<ThingToRestore>;
  /** What it is and where it goes, which the tree tells. */
  readonly place: () => Pick<ThingToRestore, 'kind' | 'path'>;
};

/**
 * What of a site is to be brought into another, as often as it is asked for: its tree is read once. A document's record is
 * read when its thing is asked for.
 *
 * @param keyFor the path at the target
 */
export function selectThings(
  selection: Selection,
  keyFor: (key: string) => string,
  world: VaultReader,
  reading: TreeReading = {},
): () => AsyncGenerator<SelectedThing> {
  const choose = chooser({ ...selection, allVersions: false, sidecars: false });
  let states: Promise<Iterable<SiteState>> | undefined;
  return async function* () {
    states ??= statesOf(selection, world, reading);
    for (const state of await states) {
      const version = state.current ?? state.deleted?.last;
      const selected = selection.versionId === undefined ? choose(state) : version && { ...state, version };
      if (selected === undefined) continue;
      const place = () => placeOf(state, keyFor);
      if (selected.version.versionId === '') yield { ...selected, place };
      else yield { ...selected, place, thing: () => thingOf(state, selected, selection, keyFor, world) };
    }
  };
}

async function statesOf(
  selection: Selection,
  world: VaultReader,
  reading: TreeReading,
): Promise<Iterable<SiteState>> {
  const { source, prefix, at, versionId } = selection;
  if (versionId !== undefined) {
    const state = await siteVersion(selection, versionId, world);
    return state === undefined ? [] : [state];
  }
  const tree = await readSiteTree(siteOf(source), at, world, { ...reading, prefix, records: true });
  return entriesOf(tree);
}

/** The tree's entries, each time from the first. */
function entriesOf(tree: SiteTree): Iterable<SiteState> {
  return { [Symbol.iterator]: () => tree.entries() };
}

function placeOf(state: SiteState, keyFor: (key: string) => string): ReturnType<SelectedThing['place']> {
  const path = keyFor(state.key).split('/').map(decodePart);
  if (isDocument(state)) return { kind: 'document', path };
  return { kind: 'folder', path: path.filter((part) => part !== '') };
}

type DocumentState = SiteState & Required<Pick<SiteState, 'documentId' | 'siteVersionId' | 'recordVersion'>>;

function isDocument(state: SiteState): state is DocumentState {
  const { documentId, siteVersionId, recordVersion } = state;
  return documentId !== undefined && siteVersionId !== undefined && recordVersion !== undefined;
}

async function thingOf(
  state: SiteState,
  { version }: Selected,
  { source, at, allVersions, versionId }: Selection,
  keyFor: (key: string) => string,
  { store, settings }: VaultReader,
): Promise<ThingToRestore> {
  const { path } = placeOf(state, keyFor);
  if (!isDocument(state)) return { kind: 'folder', path };
  const { documentId, siteVersionId, recordVersion } = state;
  const { key, versionId: id } = recordVersion;
  const record = parseRecord(await store.get({ bucket: settings.vault, key, versionId: id }), key);
  if (record.kind !== 'document') return { kind: 'document', path, versions: [] };
  const origin = { site: siteOf(source), documentId };
  const own = record.versions.find((one) => one.id === siteVersionId);
  const vault = { key: state.vaultKey, versionId: version.versionId };
  const current = {
    ...origin,
    versionId: siteVersionId,
    vault,
    size: version.size,
    ...factsOf(own),
    ...timesOf(state, version),
  };
  if (!allVersions || versionId !== undefined) return { kind: 'document', path, versions: [current] };
  const before = recordVersion.lastModified > at ? at : undefined;
  const others = olderOf(record, siteVersionId, before).map((one) => ({ ...origin, ...one }));
  return { kind: 'document', path, versions: [...others, current] };
}

function timesOf({ checksum }: SiteState, { lastModified }: Selected['version']) {
  return { capturedAt: lastModified, ...defined({ checksum }) };
}

/** The other versions whose bytes the vault has, the oldest first; those that the site had deleted are not among them. */
function olderOf(
  record: DocumentRecord,
  current: string,
  before: number | undefined,
): Array<Omit<VersionToRestore, 'site' | 'documentId'>> {
  return versionsUntil(record, before).flatMap((version) => {
    const { id, kept, status } = version;
    if (id === current || kept === undefined || status === 'DELETED') return [];
    const { key, versionId, size, checksum } = kept;
    const facts = { ...factsOf(version), ...defined({ checksum }) };
    return [{ versionId: id, vault: { key, versionId }, size, ...facts }];
  });
}

function factsOf(version: VersionRecord | undefined) {
  const { contentType, signature, contentCreatedAt, contentModifiedAt } = version ?? {};
  return defined({ contentType, signature, contentCreatedAt, contentModifiedAt });
}
