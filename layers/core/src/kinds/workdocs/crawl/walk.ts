import { defined } from '../../../model/defined.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import { batchBodies } from '../capture/site-batches.ts';
import type { SiteItem, Walk } from '../model/site-messages.ts';
import { pageOrAnew } from '../page-or-anew.ts';
import type { SiteContent } from '../site.ts';
import { isSiteError } from '../site-error.ts';
import type { SiteWorld } from '../site-world.ts';
import { timeIsShort } from '../step-time.ts';

const ITEMS_PER_STEP = 5_000;

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
  try {
    do {
      const page = await pageOrAnew({ marker, restarts }, (from) =>
        site.folderContents(message.folder, from),
      );
      items.push(...page.items.map(itemOf));
      marker = page.next;
      restarts = page.restarts;
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
