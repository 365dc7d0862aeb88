import type { Change } from '../../model/change.ts';
import { messageOf } from '../../model/errors.ts';
import { sourceUri } from '../../model/source-uri.ts';
import type { CaptureOutcome, CaptureWorld } from './attempt.ts';
import { recordUnprotected } from './record.ts';

/**
 * Records in the catalog that a change could not be captured, before its message goes to the dead-letter queue, which
 * keeps no reasons. If the catalog is what fails, the message there is all that is left.
 */
export async function markFailed(
  change: Change,
  error: unknown,
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  try {
    const prior = await world.catalog.getEntry(sourceUri(change.bucket), change.key);
    const outcome = await recordUnprotected({ change, prior }, 'failed', world, { detail: messageOf(error) });
    return outcome === 'lost-race' ? undefined : outcome;
  } catch {
    return undefined;
  }
}
