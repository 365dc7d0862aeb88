import { unprotectedEntries } from '@holdfast/core/catalog/unprotected-entries.ts';
import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { coverage } from '@holdfast/core/model/source.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import { moment } from '../json/moment.ts';
import type { SourceJson } from '../json/sources.ts';
import type { UnprotectedObjects } from '../json/status.ts';

type Covered = Pick<SourceJson, 'source' | 'prefix' | 'include' | 'exclude'>;

/** Counts a source's unprotected objects, and keeps the first of them. What it no longer covers is not among them. */
export async function listUnprotected(
  { source, prefix, include, exclude }: Covered,
  keep: number,
  catalog: Pick<Catalog, 'listUnprotected'>,
): Promise<UnprotectedObjects> {
  const byReason: Record<string, number> = {};
  const objects: UnprotectedObjects['objects'] = [];
  let total = 0;
  // Of a site the filters are about paths, and the keys are ids: whatever has an entry is covered.
  const covers = isSiteUri(source)
    ? () => true
    : coverage({ ...(prefix === null ? {} : { prefix }), include, exclude });
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
