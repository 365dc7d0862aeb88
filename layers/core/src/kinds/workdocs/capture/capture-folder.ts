import { defined } from '../../../model/defined.ts';
import type { FolderRecord } from '../model/records.ts';
import type { SiteItem } from '../model/site-messages.ts';
import type { SiteFolder } from '../site.ts';
import { askById } from './ask-by-id.ts';
import { type ItemContext, MARGIN_MS, type Tried } from './item-context.ts';
import { isUnknown, keepRecord, type Seen } from './keep-record.ts';
import { folderPrint } from './listing-print.ts';
import { markGone } from './mark-gone.ts';
import { outcomeOf } from './outcome-of.ts';
import { ownPermissions } from './own-permissions.ts';
import { isCovered, isRecycled, ownerItems, placeOf } from './site-place.ts';

type FolderItem = Extract<SiteItem, { kind: 'folder' }>;

/** Records a folder as it is now. When it went into a recycle bin or came out of one, so did everything in it. */
export async function captureFolder(
  item: FolderItem,
  seen: Seen,
  again: boolean,
  context: ItemContext,
): Promise<Tried> {
  const { id, at } = item;
  const lookedAt = context.world.clock();
  const folder = await askById(() => context.site.folder(id), context);
  if (folder === undefined) return markGone({ kind: 'folder', id }, seen, { at, lookedAt }, context);
  const isBinned = isRecycled(folder.status);
  if (!isBinned && isUnknown(seen) && !(await isWanted(item, context)))
    return { outcome: { kind: 'outside' } };
  const place = isBinned ? { gone: true, items: [] } : await placeOf(folder.parentId, context);
  if (place.gone) {
    const tried = await markGone({ kind: 'folder', id }, seen, { at, lookedAt }, context);
    if (tried === 'lost-race') return tried;
    // What needed it found it there, and was recorded meanwhile.
    const wasThere = item.needed === true && tried.outcome.kind === 'unchanged';
    return mustWalk(wasThere || tried.outcome.kind === 'deleted', seen, again)
      ? { ...tried, walk: id }
      : tried;
  }
  return keep(item, folder, lookedAt, seen, again, place.items, context);
}

async function keep(
  item: FolderItem,
  folder: SiteFolder,
  lookedAt: number,
  seen: Seen,
  again: boolean,
  above: readonly SiteItem[],
  context: ItemContext,
): Promise<Tried> {
  const { id, at } = item;
  const isNew = seen.entry === undefined;
  const isTop = folder.parentId === undefined;
  const owner = isTop && isNew && item.user === undefined ? await ownerItems(id, context) : [];
  const name = isTop ? (item.user ?? seen.entry?.name ?? folder.name) : folder.name;
  const record = await recordOf(folder, context);
  const { modifiedAt: lastModified } = folder;
  const lagMs = at === undefined ? undefined : Math.max(0, context.world.clock() - at);
  const facts = defined({ etag: folderPrint(folder), name, lookedAt, lastModified, lagMs });
  const outcome = await keepRecord(record, seen, facts, context.world);
  const came = seen.entry?.state === 'deleted' || (isNew && isUntold(folder, context));
  return outcomeOf(outcome, {
    items: [...above, ...owner],
    ...(mustWalk(came, seen, again && mayBeLost(item, seen, context)) ? { walk: id } : {}),
  });
}

/**
 * True of a folder that was there before all that its poll tells of: it came out of a recycle bin, or into what is covered, with
 * all that is in it, of which nobody tells. Before the first crawl has ended, that finds it.
 */
function isUntold({ createdAt = 0 }: SiteFolder, { since, source }: ItemContext): boolean {
  return since !== undefined && source.lastReconcileAt !== undefined && createdAt < since;
}

async function isWanted({ id, needed, user }: FolderItem, context: ItemContext): Promise<boolean> {
  return needed === true || user !== undefined || isCovered('folder', id, context);
}

/**
 * True when a first handler of the message may have recorded that the folder came back. What was recorded before that happened
 * it did not record, and what is in a folder that a crawl lists, the crawl lists too.
 */
function mayBeLost({ at = 0 }: FolderItem, { entry }: Seen, { crawled }: ItemContext): boolean {
  if (crawled) return false;
  return entry?.state === 'unprotected' || (entry?.capturedAt ?? 0) > at - MARGIN_MS;
}

/** A first handler may have recorded the change and died before anybody was told to look into the folder. */
function mustWalk(changed: boolean, { entry }: Seen, again: boolean): boolean {
  return changed || (again && entry !== undefined);
}

async function recordOf(folder: SiteFolder, context: ItemContext): Promise<FolderRecord> {
  const { labels, ...facts } = folder;
  const permissions = await ownPermissions(folder.id, context);
  return {
    format: 1,
    kind: 'folder',
    site: context.name,
    ...defined(facts),
    labels: [...labels].sort(),
    permissions,
  };
}
