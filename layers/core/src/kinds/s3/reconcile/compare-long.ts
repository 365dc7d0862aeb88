import { bucketOf } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import { isStoreError } from '../../../model/errors.ts';
import type { Problem } from '../../../model/job.ts';
import { coverage, type Source } from '../../../model/source.ts';
import type { ListingWorld } from '../../../ports/world.ts';
import type { KeyRange } from '../../../vault/listings.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';
import type { RangeResult, StepLimit } from './compare-range.ts';
import { longCopies } from './vault-copies.ts';

export type LongResult = RangeResult & { readonly problems: readonly Problem[] };

/**
 * Looks for copies of long keys that the catalog knows nothing of; of those that it knows, the comparison of its entries tells.
 * Each costs two requests: the order of such copies is not that of their objects.
 */
export async function compareLong(
  source: Source,
  range: KeyRange,
  limit: StepLimit,
  world: Pick<ListingWorld, 'store' | 'catalog' | 'settings'>,
): Promise<LongResult> {
  const covers = coverage(source);
  const items: CaptureBatch['items'] = [];
  const problems: Problem[] = [];
  let copies = 0;
  let stoppedAt: string | undefined;
  for await (const { copy, name } of longCopies(bucketOf(source.source), range.after, world)) {
    if (range.until !== undefined && copy.key > range.until) break;
    copies++;
    const key = await orProblem(name, copy.key, problems);
    if (key !== undefined && covers(key) && (await world.catalog.getEntry(source.source, key)) === undefined)
      items.push({ key, inDoubt: true });
    if (copies < limit.keys && !limit.timeIsShort()) continue;
    stoppedAt = copy.key;
    break;
  }
  const counts = { copies, inDoubt: items.length, failed: problems.length };
  return { counts: withoutZeros(counts), items, problems, copies, ...defined({ stoppedAt }) };
}

/** What a long key is called stands beside its copy; of one whose name is hidden nobody can tell what it is. */
async function orProblem(
  name: () => Promise<string>,
  vaultKey: string,
  problems: Problem[],
): Promise<string | undefined> {
  try {
    return await name();
  } catch (error) {
    if (!isStoreError(error, 'not-found')) throw error;
    const detail = `the vault has a copy of a long key at ${vaultKey}, and not its name at ${vaultKey}.key`;
    problems.push({ key: vaultKey, reason: 'no-name', detail });
    return undefined;
  }
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}
