import { messageOf } from '../../model/errors.ts';
import type { Source } from '../../model/source.ts';
import type { Delivery } from '../../ports/world.ts';
import { crawl } from './crawl/crawl.ts';
import { walk } from './crawl/walk.ts';
import { type Poll, parseSiteMessage } from './model/site-messages.ts';
import { notePollFailure, poll } from './poll/poll.ts';
import type { SiteWorld } from './site-world.ts';

/**
 * Does one message of the site queue: a poll, a step of a crawl, or a look into a folder.
 *
 * @throws what the queue has to retry
 */
export async function readSite(body: string, delivery: Delivery, world: SiteWorld): Promise<void> {
  const message = parseSiteMessage(body);
  const source = await world.catalog.getSource(message.source);
  if (message.kind === 'crawl') return crawl(source, message, delivery, world);
  // Sent before the protection ended, or of an import, that has no site any more.
  if (source?.state !== 'protected' || source.site?.importedFrom !== undefined) return;
  if (message.kind === 'poll') return pollOnce(source, message, delivery, world);
  await walk(source, message, delivery, world);
}

/** A poll that keeps failing is told of by its message in the dead-letter queue, and on the source's row. */
async function pollOnce(source: Source, message: Poll, delivery: Delivery, world: SiteWorld): Promise<void> {
  try {
    await poll(source, message, delivery, world);
  } catch (error) {
    if (delivery.receiveCount >= world.settings.maxReceives)
      await notePollFailure(source, error, messageOf(error), world);
    throw error;
  }
}
