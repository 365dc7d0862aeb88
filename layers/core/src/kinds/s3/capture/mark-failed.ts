import { sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { messageOf } from '../../../model/errors.ts';
import type { Change } from '../model/change.ts';
import { compareSequencers } from '../model/sequencer.ts';
import type { CaptureWorld } from './attempt.ts';
import { recordUnprotected } from './record.ts';

/**
 * Records in the catalog that a change could not be captured, before its message goes to the dead-letter queue, which
 * keeps no reasons. If the catalog is what fails, the message there is all that is left. What a later event of the object is
 * recorded for stays: it was looked at since.
 */
export async function markFailed(
  change: Change,
  error: unknown,
  world: CaptureWorld,
): Promise<CaptureOutcome | undefined> {
  try {
    const prior = await world.catalog.getEntry(sourceUri(change.bucket), change.key);
    if (compareSequencers(change.sequencer, prior?.sequencer) === 'older') return undefined;
    const outcome = await recordUnprotected({ change, prior }, 'failed', world, { detail: messageOf(error) });
    return outcome === 'lost-race' ? undefined : outcome;
  } catch {
    return undefined;
  }
}
