import { defined } from '../../model/defined.ts';
import { isSiteError } from '../../model/errors.ts';
import type { Source } from '../../model/source.ts';
import type { SiteItem, Walk } from '../../model/workdocs/site-messages.ts';
import type { SiteContent, SitePage } from '../../ports/site.ts';
import type { Delivery } from '../dependencies.ts';
import { batchBodies } from './site-batches.ts';
import type { SiteWorld } from './site-world.ts';
import { timeIsShort } from './step-time.ts';

const ITEMS_PER_STEP = 5_000;
/** So often a folder's listing is begun again, since a marker was good no more: one whose markers never are would never end. */
const MAX_RESTARTS = 3;

/**
 * Has everything looked at that lies directly in a folder, since the folder was recycled or brought back, and all that is
 * in it with it. Folders in it are walked when they are found to have changed as well.
 */
export async function walk(
  source: Source,
  message: Walk,
  delivery: Pick<Delivery, 'timeLeft'>,
  world: SiteWorld,
): Promise<void> {
  const site = world.sites(source);
  const items: SiteItem[] = [];
  let { marker, restarts = 0 } = message;
  const contents = async (): Promise<SitePage<SiteContent>> => {
    try {
      return await site.folderContents(message.folder, marker);
    } catch (error) {
      if (!isSiteError(error, 'invalid') || marker === undefined || restarts >= MAX_RESTARTS) throw error;
      restarts += 1;
      return site.folderContents(message.folder);
    }
  };
  try {
    do {
      const page = await contents();
      items.push(...page.items.map(itemOf));
      marker = page.next;
    } while (marker !== undefined && items.length < ITEMS_PER_STEP && !timeIsShort(delivery));
  } catch (error) {
    // Gone for good meanwhile: what was in it is found by the next crawl, and asked for by its id.
    if (!isSiteError(error, 'not-found')) throw error;
    marker = undefined;
  }
  await world.queue.send(
    'documents',
    batchBodies(items, () => defined({ source: source.source, since: message.since })),
  );
  if (marker !== undefined)
    await world.queue.send('site', [JSON.stringify({ ...message, marker, restarts } satisfies Walk)]);
}

/** What a listing shows as something that has to be looked at. */
export function itemOf(content: SiteContent): SiteItem {
  const { id } = content.kind === 'folder' ? content.folder : content.document;
  return { kind: content.kind, id };
}
