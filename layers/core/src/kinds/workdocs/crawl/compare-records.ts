import { InvalidInputError, messageOf } from '../../../model/errors.ts';
import type { Problem } from '../../../model/job.ts';
import { isRecordInDoubt, recordPairs } from '../history/record-pairs.ts';
import { recordKeyOf, refOfEntryKey } from '../model/site-key.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteWorld } from '../site-world.ts';
import { timeIsShort } from '../step-time.ts';
import type { CrawlRun, StepResult } from './crawl-step.ts';
import { FoundItems } from './found-items.ts';

/**
 * Compares what is on top in the vault with the catalog: records by their ETags, the bytes of a document's versions by their
 * sizes together. What differs is looked at by its id, and the vault with it: something may be hidden there, or lie on top of
 * what was hidden, that nobody recorded.
 */
export async function compareRecords(
  { source, step, delivery }: CrawlRun,
  world: SiteWorld,
): Promise<StepResult> {
  const found = new FoundItems();
  const problems: Problem[] = [];
  let records = 0;
  let after: string | undefined;
  for await (const pair of recordPairs(source.source, step.after, world)) {
    records++;
    if (isRecordInDoubt(pair)) {
      const problem = orProblem(pair.key, siteOf(source.source), found);
      if (problem !== undefined) problems.push(problem);
    }
    if (records < world.settings.keysPerStep && !found.isFull && !timeIsShort(delivery)) continue;
    after = pair.key;
    break;
  }
  if (after === undefined) await world.catalog.patchSource(source.source, { vaultComparedAt: world.clock() });
  const counts = {
    records,
    ...(found.items.length > 0 ? { inDoubt: found.items.length } : {}),
    ...(problems.length > 0 ? { failed: problems.length } : {}),
  };
  return {
    counts,
    items: found.items,
    problems,
    next: after === undefined ? [] : [{ phase: 'vault', after }],
  };
}

/** Somebody can have put anything there: what has no id for a name can be asked for nowhere, and is told. */
function orProblem(key: string, site: string, found: FoundItems): Problem | undefined {
  try {
    found.add(refOfEntryKey(key));
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { key: recordKeyOf(site, key), reason: 'no-record', detail: messageOf(error) };
  }
}
