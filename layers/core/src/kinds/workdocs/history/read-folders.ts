import type { VaultReader } from '../../../ports/world.ts';
import { type RecordAt, recordsAt } from './record-history.ts';
import { type KnownFolder, SiteFolders } from './site-folders.ts';

/** A recycle bin has no name of its own. */
const RECYCLE_BIN = 'recycle bin';
const NEVER = Number.POSITIVE_INFINITY;

/** Reads the users and folders of a site as of a moment. */
export async function readFolders(
  site: string,
  at: number,
  world: VaultReader,
): Promise<{ readonly folders: SiteFolders; readonly bins: ReadonlySet<string> }> {
  const users = await Array.fromAsync(recordsAt(site, 'user', at, new Set(), world));
  const bins = new Set(users.flatMap(({ record }) => record?.recycleBinFolderId ?? []));
  const known = new Map<string, KnownFolder>();
  for await (const one of recordsAt(site, 'folder', at, bins, world)) {
    // Of an unreadable record nothing is known: what is in its folder is found under its id.
    if (one.record !== undefined) known.set(one.id, knownFolder(one, at));
  }
  const roots = users.flatMap((user) => rootOf(user, known));
  for (const user of users) addBin(user, known);
  for (const { id } of roots) known.delete(id);
  return { folders: new SiteFolders(roots, known), bins };
}

function knownFolder({ id, record, version, later, deletedAt }: RecordAt<'folder'>, at: number): KnownFolder {
  const createdAt = record?.createdAt ?? NEVER;
  const existed = !later || createdAt <= at;
  return {
    id,
    name: nameOf(record?.name, id),
    parentId: record?.parentId,
    createdAt,
    deletedAt,
    existed,
    version,
  };
}

/** A user's root folder goes by the user's name. */
function rootOf({ id, record }: RecordAt<'user'>, known: ReadonlyMap<string, KnownFolder>): KnownFolder[] {
  const { rootFolderId, name, createdAt = NEVER } = record ?? {};
  if (rootFolderId === undefined) return [];
  const { deletedAt, existed = false, version } = known.get(rootFolderId) ?? {};
  return [{ id: rootFolderId, name: nameOf(name, id), createdAt, deletedAt, existed, version }];
}

/** What is in a recycle bin, and was never seen elsewhere, has its place there. All of it is deleted. */
function addBin({ record }: RecordAt<'user'>, known: Map<string, KnownFolder>): void {
  const { rootFolderId, recycleBinFolderId: id } = record ?? {};
  if (id === undefined || rootFolderId === undefined || id === rootFolderId) return;
  known.set(id, {
    id,
    name: RECYCLE_BIN,
    parentId: rootFolderId,
    createdAt: NEVER,
    deletedAt: NEVER,
    existed: false,
  });
}

/** What has no name goes by its id. Half of a character of two halves can be no part of a key, so it is replaced. */
export function nameOf(name: string | undefined, id: string): string {
  return name === undefined || name === '' ? id : name.toWellFormed();
}
