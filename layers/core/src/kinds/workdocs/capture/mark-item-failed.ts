import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import { messageOf } from '../../../model/errors.ts';
import { entryKey } from '../model/site-key.ts';
import type { SiteItem } from '../model/site-messages.ts';
import { isSiteError } from '../site-error.ts';
import type { ItemContext } from './item-context.ts';

/**
 * Records in the catalog that something could not be captured (I6): after its last delivery, or at once when the site refuses
 * it. What the vault has of it stays named. If the catalog is what fails, the message in the dead-letter queue, or the job's problem, is all that is left.
 *
 * @returns what that changed; undefined when it could not be recorded
 */
export async function markItemFailed(
  item: Pick<SiteItem, 'kind' | 'id'>,
  error: unknown,
  { source: { source }, world: { catalog, clock } }: Pick<ItemContext, 'source' | 'world'>,
): Promise<CaptureOutcome | undefined> {
  try {
    const key = entryKey(item);
    const prior = await catalog.getEntry(source, key);
    const { lagMs: _, deletedAt: __, ...known } = prior ?? ({} as Partial<Entry>);
    const reason = isSiteError(error, 'access-denied') ? 'access-denied' : 'failed';
    const after: Entry = {
      ...defined(known),
      source,
      key,
      state: 'unprotected',
      reason,
      detail: messageOf(error),
      rev: (prior?.rev ?? 0) + 1,
      updatedAt: clock(),
    };
    if (!(await catalog.putEntry(after, prior?.rev))) return undefined;
    return { kind: 'unprotected', before: prior, after };
  } catch {
    return undefined;
  }
}
