import { reconcileAge } from '../../../jobs/reconcile-age.ts';
import { defined } from '../../../model/defined.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import { batchBodies } from '../capture/site-batches.ts';
import type { Poll, SiteItem } from '../model/site-messages.ts';
import { pageOrAnew } from '../page-or-anew.ts';
import type { SiteActivity } from '../site.ts';
import { isSiteError } from '../site-error.ts';
import type { SiteWorld } from '../site-world.ts';
import { timeIsShort } from '../step-time.ts';

/** Activities can show up later than they happened: so far back is read again, every time. */
const OVERLAP_MS = 30 * 60 * 1000;
/** Things that are gathered before they are queued. */
const MAX_GATHERED = 10_000;

type Window = { readonly since: number; readonly until: number; readonly marker?: string };

/**
 * Reads what happened on a site since its cursor, to the last page, and has every thing that it happened to looked at
 * once. The cursor moves only when all of that is queued: whatever dies before is read again.
 */
export async function poll(
  source: Source,
  message: Poll,
  delivery: Pick<Delivery, 'timeLeft'>,
  world: SiteWorld,
): Promise<void> {
  const newest = new Map<string, SiteItem>();
  const site = world.sites(source);
  let window: Window = message.page ?? {
    since: (source.cursor ?? source.protectedAt) - OVERLAP_MS,
    until: world.clock(),
  };
  for (let restarts = 0; ; ) {
    const { marker, ...times } = window;
    // When a poll goes on, its marker may be good no more: its window is read from the beginning then.
    const page = await pageOrAnew({ marker, restarts }, (from) =>
      site.activities({ ...times, types: ACTIVITY_TYPES, ...defined({ marker: from }) }),
    );
    const { items, next } = page;
    restarts = page.restarts;
    for (const activity of items) keepNewest(newest, activity);
    if (newest.size >= MAX_GATHERED) await queueAll(source, window, newest, world);
    if (next === undefined) break;
    window = { ...window, marker: next };
    if (timeIsShort(delivery)) {
      await queueAll(source, window, newest, world);
      return goOn(message, { ...window, marker: next }, world);
    }
  }
  await queueAll(source, window, newest, world);
  await finish(source, window.until, world);
}

async function queueAll(
  { source }: Source,
  { since }: Window,
  newest: Map<string, SiteItem>,
  { queue }: SiteWorld,
): Promise<void> {
  await queue.send(
    'documents',
    batchBodies([...newest.values()], () => ({ source, since })),
  );
  newest.clear();
}

/** However often something happened to one thing, it is looked at once, as of the last time. */
function keepNewest(newest: Map<string, SiteItem>, { item, at }: SiteActivity): void {
  if (item === undefined) return;
  const key = `${item.kind}/${item.id}`;
  const known = newest.get(key);
  if (known === undefined || (known.at ?? 0) < at) newest.set(key, { kind: item.kind, id: item.id, at });
}

async function goOn(message: Poll, page: NonNullable<Poll['page']>, { queue }: SiteWorld): Promise<void> {
  await queue.send('site', [JSON.stringify({ ...message, page } satisfies Poll)]);
}

/** Two polls at once may end in any order: the cursor never goes back. */
async function finish(row: Source, until: number, world: SiteWorld): Promise<void> {
  const { catalog, clock, telemetry } = world;
  const { source } = row;
  // Crawls are days apart, and an alarm looks at the last hours.
  telemetry.metric('ReconcileAge', reconcileAge(row, clock()), source);
  await catalog.moveCursor(source, until);
  await catalog.patchSource(source, { lastPollAt: clock(), clear: ['unreachable'] });
}

/** Notes on the source's row that its site refuses as a whole, once nothing else is left to try. */
export async function notePollFailure(
  { source }: Source,
  error: unknown,
  words: string,
  { catalog }: SiteWorld,
): Promise<void> {
  if (isSiteError(error, 'access-denied', 'invalid', 'not-found'))
    await catalog.patchSource(source, { unreachable: words });
}

/**
 * The activities that tell of something that the vault keeps of documents and folders. The others (viewed, downloaded,
 * checked out) change nothing that is kept. There are none about users, labels, custom metadata and a new owner: those are
 * found by crawls.
 *
 * Source: WorkDocs API reference, "Activity", Type.
 */
const ACTIVITY_TYPES = [
  // Content. What is checked in is readable again; a version may have come with it.
  'DOCUMENT_CHECKED_IN',
  'DOCUMENT_VERSION_UPLOADED',
  'DOCUMENT_VERSION_DELETED',
  'DOCUMENT_REVERTED',
  // Name and place, there or not.
  'DOCUMENT_RENAMED',
  'DOCUMENT_MOVED',
  'DOCUMENT_RECYCLED',
  'DOCUMENT_RESTORED',
  'FOLDER_CREATED',
  'FOLDER_RENAMED',
  'FOLDER_MOVED',
  'FOLDER_RECYCLED',
  'FOLDER_RESTORED',
  'FOLDER_DELETED',
  // What is said about it.
  'DOCUMENT_COMMENT_ADDED',
  'DOCUMENT_COMMENT_DELETED',
  'DOCUMENT_ANNOTATION_ADDED',
  'DOCUMENT_ANNOTATION_DELETED',
  // Who may see it.
  'DOCUMENT_SHARED',
  'DOCUMENT_UNSHARED',
  'DOCUMENT_SHARE_PERMISSION_CHANGED',
  'DOCUMENT_SHAREABLE_LINK_CREATED',
  'DOCUMENT_SHAREABLE_LINK_REMOVED',
  'DOCUMENT_SHAREABLE_LINK_PERMISSION_CHANGED',
  'FOLDER_SHARED',
  'FOLDER_UNSHARED',
  'FOLDER_SHARE_PERMISSION_CHANGED',
  'FOLDER_SHAREABLE_LINK_CREATED',
  'FOLDER_SHAREABLE_LINK_REMOVED',
  'FOLDER_SHAREABLE_LINK_PERMISSION_CHANGED',
] as const;
