import type { DocumentBatch, SiteItem } from '../model/site-messages.ts';

/** How many things one message carries. */
const MAX_ITEMS = 50;

/** Cuts what has to be looked at into the bodies of messages. @param facts what each of them says beside its items */
export function batchBodies(
  items: readonly SiteItem[],
  facts: (index: number) => Omit<DocumentBatch, 'kind' | 'items'>,
): string[] {
  const count = Math.ceil(items.length / MAX_ITEMS);
  return Array.from({ length: count }, (_, index) => {
    const own = items.slice(index * MAX_ITEMS, (index + 1) * MAX_ITEMS);
    return JSON.stringify({ kind: 'documents', ...facts(index), items: own } satisfies DocumentBatch);
  });
}
