import { measure, Tally } from '../../../catalog/tally.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { logText } from '../../../model/errors.ts';
import type { DocumentBatch, SiteItem } from '../model/site-messages.ts';
import type { ItemContext, ItemResult } from './item-context.ts';

/** Adds up what a batch did: for its job, for its source's row, and as metrics. Totals and lag are about documents. */
export class ItemTally {
  readonly #context: ItemContext;
  readonly #counts: Record<string, number> = {};
  readonly #tally = new Tally();

  constructor(context: ItemContext) {
    this.#context = context;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  add(
    item: SiteItem,
    result: ItemResult,
    { suspects = false, inDoubt = false }: Pick<DocumentBatch, 'suspects' | 'inDoubt'>,
  ): void {
    const { outcome, newBytes = 0 } = result;
    this.#count(countName(outcome));
    if (inDoubt && isMended(result)) this.#count('mended');
    if (outcome.kind === 'outside') return;
    if (newBytes > 0) this.#count('capturedBytes', newBytes);
    if (item.kind !== 'document') return;
    if (this.#isMissed(outcome)) this.#count('missed');
    // Deleted before: by a handler that died before it counted that. Suspects were not, when the crawl counted what there is.
    const wasThere = suspects ? outcome.before?.state !== 'unprotected' : outcome.before?.state === 'current';
    if ((suspects || inDoubt) && wasThere && outcome.after?.state !== 'current') {
      this.#count('suspectsDeleted');
      this.#count('suspectsDeletedBytes', outcome.before?.size ?? 0);
    }
    const { source, world } = this.#context;
    const lagMs = item.at === undefined ? undefined : Math.max(0, world.clock() - item.at);
    this.#tally.add(outcome, lagMs, item.at);
    measure(withBytes(outcome, newBytes), source.source, lagMs, world.telemetry);
  }

  /** What was recorded as failed: its job counts that by itself. It is measured once, however often it is tried. */
  addFailed(item: SiteItem, outcome: CaptureOutcome): void {
    if (item.kind !== 'document') return;
    const { last, source, world } = this.#context;
    this.#tally.add(outcome);
    if (last) measure(outcome, source.source, undefined, world.telemetry);
  }

  /** The totals are estimates that a crawl sets right: losing some is no reason to capture everything again. */
  async record(): Promise<void> {
    const activity = this.#tally.activity();
    const { source, world } = this.#context;
    if (activity === undefined) return;
    await world.catalog
      .addActivity(source.source, activity)
      .catch((error) =>
        world.telemetry.warn('totals not recorded', { source: source.source, error: logText(error) }),
      );
  }

  /** A change that a crawl found, and of which a poll should have told by now. */
  #isMissed({ kind, before, after }: CaptureOutcome): boolean {
    const { crawled, source, world } = this.#context;
    const changedAt = after?.lastModified;
    if (!crawled || kind !== 'captured' || changedAt === undefined) return false;
    const isOld = changedAt > source.protectedAt && changedAt < world.clock() - world.settings.graceMs;
    return isOld && before?.lastModified !== changedAt;
  }

  #count(name: string, by = 1): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + by;
  }
}

/** Whether the look at something changed what the vault or the catalog has of it. */
export function isMended({ outcome: { kind } }: ItemResult): boolean {
  return kind !== 'unchanged' && kind !== 'outside';
}

/** What is being uploaded, or on its way, is no failure: it is recorded, and looked at again. */
function countName(outcome: ItemResult['outcome']): string {
  if (outcome.kind === 'unchanged') return 'alreadyCaptured';
  if (outcome.kind !== 'unprotected') return outcome.kind;
  return outcome.after?.reason === 'uploading' ? 'uploading' : 'unprotected';
}

/** A rename captures a record, and none of the bytes. */
function withBytes(outcome: CaptureOutcome, size: number): CaptureOutcome {
  return outcome.after === undefined ? outcome : { ...outcome, after: { ...outcome.after, size } };
}
