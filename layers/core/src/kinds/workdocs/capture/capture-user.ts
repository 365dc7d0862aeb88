import { defined } from '../../../model/defined.ts';
import type { UserRecord } from '../model/records.ts';
import type { SiteItem } from '../model/site-messages.ts';
import { askById } from './ask-by-id.ts';
import type { ItemContext, Tried } from './item-context.ts';
import { isAsRecorded, keepRecord, type Seen } from './keep-record.ts';
import { userPrint } from './listing-print.ts';
import { markGone } from './mark-gone.ts';
import { outcomeOf } from './outcome-of.ts';
import { priorRecord } from './prior-record.ts';

type UserItem = Extract<SiteItem, { kind: 'user' }>;

/** Records a user as the site listed it; or, of one that it no longer listed, whether there is a proof that it is gone. */
export async function captureUser(item: UserItem, seen: Seen, context: ItemContext): Promise<Tried> {
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
