import { defined } from '../../../model/defined.ts';
import { ContentionError } from '../../../model/errors.ts';
import type { UserRecord } from '../model/records.ts';
import type { SiteItem } from '../model/site-messages.ts';
import { isSiteError } from '../site-error.ts';
import { askById } from './ask-by-id.ts';
import { captureDocument } from './capture-document.ts';
import { captureFolder } from './capture-folder.ts';
import { type ItemContext, type ItemResult, MARGIN_MS, type Tried } from './item-context.ts';
import { isAsRecorded, keepRecord, type Seen, seeRecord } from './keep-record.ts';
import { userPrint } from './listing-print.ts';
import { markGone } from './mark-gone.ts';
import { outcomeOf } from './outcome-of.ts';
import { priorRecord } from './prior-record.ts';

const ATTEMPTS = 5;

/**
 * Brings what the vault has of one thing of a site to what the site has of it now, whatever the activity was that told of it
 * (I3).
 *
 * @throws what is worth another delivery; see {@link ItemContext.last} for the last one
 */
export async function captureItem(item: SiteItem, context: ItemContext): Promise<ItemResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await tryItem(item, attempt > 0 || context.redelivered, context);
    if (result !== 'lost-race') return result;
  }
  throw new ContentionError(
    `${item.kind} ${item.id} of ${context.source.source} kept changing while it was read`,
  );
}

/** @param again in doubt, that is when somebody may have written without recording: the vault is asked what it has */
async function tryItem(item: SiteItem, again: boolean, context: ItemContext): Promise<Tried> {
  const seen = await see(item, again, context);
  const lookedAt = seen.entry?.lookedAt;
  if (item.kind === 'user') return captureUser(item, seen, context);
  const known = lookedAt !== undefined && item.at !== undefined && lookedAt > item.at + MARGIN_MS;
  if (known && !again && !context.deep && seen.entry?.state !== 'unprotected')
    return { outcome: { kind: 'unchanged', before: seen.entry, after: seen.entry } };
  if (isMet(item, seen) && !context.redelivered)
    return { outcome: { kind: 'unchanged', before: seen.entry, after: seen.entry } };
  try {
    // Who recorded a change meanwhile tells of what is in the folder, and comes again if it dies before.
    if (item.kind === 'folder')
      return await captureFolder(item, seen, context.redelivered || hasFailed(seen), context);
    return await captureDocument(item, seen, seen.top !== undefined, context);
  } catch (error) {
    // It was there when it was asked for, and something of it went while it was read: what is left is asked for again.
    if (isSiteError(error, 'not-found')) return 'lost-race';
    throw error;
  }
}

/** In doubt also of what failed the last time, and where everything is to be looked at: then what is on top comes with it. */
async function see({ kind, id }: SiteItem, again: boolean, context: ItemContext): Promise<Seen> {
  const ref = { kind, id };
  const seen = await seeRecord(context.name, ref, again || context.deep, context.world);
  if (!hasFailed(seen) || seen.top !== undefined) return seen;
  return seeRecord(context.name, ref, true, context.world);
}

/** Somebody else has recorded meanwhile what was only needed because nobody had, and tells of what is above it. */
function isMet(item: SiteItem, { entry }: Seen): boolean {
  return (
    item.kind === 'folder' && item.needed === true && item.user === undefined && entry?.state === 'current'
  );
}

function hasFailed({ entry }: Seen): boolean {
  return entry?.reason === 'failed' || entry?.reason === 'access-denied';
}

type UserItem = Extract<SiteItem, { kind: 'user' }>;

/** Records a user as the site listed it; or, of one that it no longer listed, whether there is a proof that it is gone. */
async function captureUser(item: UserItem, seen: Seen, context: ItemContext): Promise<Tried> {
  const { user, at = context.world.clock() } = item;
  if (user === undefined) return askForUser(item, seen, context);
  // Listed before somebody else listed it: what that one recorded is newer.
  if ((seen.entry?.lookedAt ?? 0) > at)
    return { outcome: { kind: 'unchanged', before: seen.entry, after: seen.entry } };
  const { id, username, ...facts } = user;
  const record: UserRecord = {
    format: 1,
    kind: 'user',
    site: context.name,
    id,
    name: username,
    ...defined(facts),
  };
  const etag = userPrint(defined(user));
  return outcomeOf(await keepRecord(record, seen, { etag, lookedAt: at }, context.world));
}

/** Users cannot be asked for by their ids; their root folders can. One that is there proves nothing either way. */
async function askForUser({ id }: UserItem, seen: Seen, context: ItemContext): Promise<Tried> {
  const record = await priorRecord(context.name, { kind: 'user', id }, seen, context.world);
  const root = record?.kind === 'user' ? record.rootFolderId : undefined;
  const lookedAt = context.world.clock();
  const folder = root === undefined ? 'unknown' : await askById(() => context.site.folder(root), context);
  if (folder === undefined) return markGone({ kind: 'user', id }, seen, { lookedAt }, context);
  // In doubt, what is on top in the vault is not what was recorded. The record is kept again as it was known; without a mark
  // of what was listed, so that the next crawl, which lists the user, compares it.
  if (record !== undefined && seen.top !== undefined && !isAsRecorded(seen))
    return outcomeOf(await keepRecord(record, seen, { lookedAt }, context.world));
  return { outcome: { kind: 'unchanged', before: seen.entry, after: seen.entry } };
}
