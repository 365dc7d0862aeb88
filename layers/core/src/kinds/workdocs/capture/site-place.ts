import type { Entry } from '../../../model/entry.ts';
import { coverage, type Source } from '../../../model/source.ts';
import { entryKey } from '../model/site-key.ts';
import type { SiteItem } from '../model/site-messages.ts';
import { encodePart, mayHold } from '../model/site-path.ts';
import type { SiteFolder } from '../site.ts';
import { isSiteError } from '../site-error.ts';
import type { ItemContext, Place } from './item-context.ts';

/** No site has folders so deep: whoever climbs further climbs in a circle. */
const MAX_DEPTH = 500;
const THERE: Place = { gone: false, items: [] };

/** Looks at what a thing lies in, at the catalog first: only where that knows better, or nothing, the site is asked. */
export async function placeOf(parentId: string | undefined, context: ItemContext): Promise<Place> {
  if (parentId === undefined) return THERE;
  const parent = await folderEntry(parentId, context);
  if (isThere(parent)) return THERE;
  // A crawl lists what is above as well: it is only not recorded yet.
  if (parent === undefined && context.listed) return THERE;
  return context.climbs.get(parentId, () => climb(parentId, context));
}

async function climb(parentId: string, context: ItemContext): Promise<Place> {
  const needed: SiteItem = { kind: 'folder', id: parentId, needed: true };
  let id = parentId;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const folder = await folderOrNone(id, context);
    // What it lay in is gone, it itself is not: it is lost and found.
    if (folder === undefined) return id === parentId ? THERE : { gone: false, items: [needed] };
    if (isRecycled(folder.status)) return { gone: true, items: [] };
    if (folder.parentId === undefined) return atTheTop(id, needed, context);
    if (isThere(await folderEntry(folder.parentId, context))) return { gone: false, items: [needed] };
    id = folder.parentId;
  }
  return { gone: false, items: [needed] };
}

async function atTheTop(id: string, needed: SiteItem, context: ItemContext): Promise<Place> {
  const owner = await context.owners.of(id);
  if (owner?.as === 'bin') return { gone: true, items: [] };
  return { gone: false, items: [needed, ...(await ownerItems(id, context))] };
}

/** A user whom no crawl has seen yet, and the user's root folder. */
export async function ownerItems(rootId: string, { owners, world }: ItemContext): Promise<SiteItem[]> {
  const at = world.clock();
  const owner = await owners.of(rootId);
  if (owner?.as !== 'root') return [];
  const { user } = owner;
  return [
    { kind: 'user', id: user.id, at, user: { ...user } },
    { kind: 'folder', id: rootId, user: user.username, needed: true },
  ];
}

/** True when a source's settings are about what the catalog does not know yet. Asks the site for its path if they are. */
export async function isCovered(
  kind: 'document' | 'folder',
  id: string,
  context: ItemContext,
): Promise<boolean> {
  const { source, site } = context;
  if (!hasFilter(source) && source.site?.users === undefined) return true;
  const [root, ...parts] = await site.path({ kind, id });
  const user = root === undefined ? undefined : await userOf(root.id, context);
  if (user === undefined) return false;
  const path = [user, ...parts.map(({ name = '' }) => name)].map(encodePart).join('/');
  return kind === 'folder' ? mayHold(`${path}/`, source.prefix) : coverage(source)(path);
}

async function userOf(rootId: string, context: ItemContext): Promise<string | undefined> {
  const entry = await folderEntry(rootId, context);
  if (entry?.name !== undefined) return entry.name;
  const owner = await context.owners.of(rootId);
  return owner?.as === 'root' ? owner.user.username : undefined;
}

function folderEntry(id: string, { source, world }: ItemContext): Promise<Entry | undefined> {
  return world.catalog.getEntry(source.source, entryKey({ kind: 'folder', id }));
}

function isThere(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.state !== 'deleted';
}

function folderOrNone(id: string, { site, folders }: ItemContext): Promise<SiteFolder | undefined> {
  return folders.get(id, async () => {
    try {
      return await site.folder(id);
    } catch (error) {
      if (isSiteError(error, 'not-found')) return undefined;
      throw error;
    }
  });
}

/** True when a source's filters look at paths; without them no path is put together. */
export function hasFilter({ prefix, include = [], exclude = [] }: Source): boolean {
  return (prefix ?? '') !== '' || include.length > 0 || exclude.length > 0;
}

/** True for the status of something in a recycle bin, or on its way into it. */
export function isRecycled(status: string | undefined): boolean {
  return status === 'RECYCLED' || status === 'RECYCLING';
}
