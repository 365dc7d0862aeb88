import { tableOf } from '../../model/named-values.ts';
import type { QueueName } from '../../model/queues.ts';

const QUEUE_OF = tableOf<QueueName>({
  crawl: 'site',
  walk: 'site',
  poll: 'site',
  documents: 'documents',
  'large-version': 'largeDocuments',
});

/** The queue that a message about a site belongs in. */
export function siteQueueOf(body: string): QueueName {
  const { kind } = JSON.parse(body) as { readonly kind: string };
  return QUEUE_OF.get(kind) ?? 'documents';
}
