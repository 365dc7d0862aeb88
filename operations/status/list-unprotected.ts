import { unprotectedEntries } from '@holdfast/core/catalog/unprotected-entries.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import { moment } from '../json/moment.ts';
import type { UnprotectedObjects } from '../json/status.ts';

/** Counts a source's unprotected objects, and keeps the first of them. What it no longer covers is not among them. */
export async function listUnprotected(
  source: string,
  covers: (key: string) => boolean,
  keep: number,
  catalog: Pick<Catalog, 'listUnprotected'>,
): Promise<UnprotectedObjects> {
  const byReason: Record<string, number> = {};
  const objects: UnprotectedObjects['objects'] = [];
  let total = 0;
  for await (const { key, name, reason = 'failed', detail, updatedAt } of unprotectedEntries(
    source,
    catalog,
  )) {
    if (!covers(key)) continue;
    total++;
    byReason[reason] = (byReason[reason] ?? 0) + 1;
    if (objects.length < keep)
      objects.push({ key, name: name ?? null, reason, detail: detail ?? null, since: moment(updatedAt) });
  }
  return { total, byReason, objects };
}
