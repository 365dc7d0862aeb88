import { isSiteError } from '../../model/errors.ts';
import type { Source } from '../../model/source.ts';
import { ACTIVITY_TYPES } from '../../model/workdocs/activity-types.ts';
import type { Poll, SiteItem } from '../../model/workdocs/site-messages.ts';
import type { SiteActivity } from '../../ports/site.ts';
import type { Delivery } from '../dependencies.ts';
import { batchBodies } from './site-batches.ts';
import type { SiteWorld } from './site-world.ts';

/** Activities can show up later than they happened: so far back is read again, every time. */
const OVERLAP_MS = 30 * 60 * 1000;
const STOP_BEFORE_END_MS = 30_000;
/** Things that one step gathers before it hands over to the next. */
const ITEMS_PER_STEP = 10_000;

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
  const window = message.page ?? {
    since: (source.cursor ?? source.protectedAt) - OVERLAP_MS,
    until: world.clock(),
  };
  const newest = new Map<string, SiteItem>();
  const isFull = () => newest.size >= ITEMS_PER_STEP || delivery.timeLeft() < STOP_BEFORE_END_MS;
  const site = world.sites(source);
  let marker = message.page?.marker;
  do {
    const { since, until } = window;
    const page = await site.activities({
      since,
      until,
      types: ACTIVITY_TYPES,
      ...(marker === undefined ? {} : { marker }),
    });
    for (const activity of page.items) keepNewest(newest, activity);
    marker = page.next;
  } while (marker !== undefined && !isFull());
  await world.queue.send(
    'documents',
    batchBodies([...newest.values()], () => ({ source: source.source })),
  );
  if (marker !== undefined) return goOn(message, { ...window, marker }, world);
  await finish(source, window.until, world);
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
async function finish({ source }: Source, until: number, { catalog, clock }: SiteWorld): Promise<void> {
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
