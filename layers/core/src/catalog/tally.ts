import type { CaptureOutcome } from '../model/capture-outcome.ts';
import { defined } from '../model/defined.ts';
import type { Entry } from '../model/entry.ts';
import { emptyLag, lagBucket } from '../model/lag.ts';
import { placeOf } from '../model/places.ts';
import type { SourceTotals } from '../model/source.ts';
import type { Activity } from '../ports/catalog.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Adds up what a batch did to one source, so that its row is written once and not once an object. */
export class Tally {
  private readonly totals = { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 };
  private readonly lag = emptyLag();
  private lastEventAt: number | undefined;
  private readonly places: Record<string, string> = {};
  private empty = true;

  /**
   * @param lagMs from the change to now; undefined for what no event told of
   * @param changedAt when the source changed, ms since 1970
   */
  add({ kind, before, after }: CaptureOutcome, lagMs?: number, changedAt?: number): void {
    this.empty = false;
    this.totals.objects += present(after) - present(before);
    this.totals.bytes += bytes(after) - bytes(before);
    this.totals.unprotected += unprotected(after) - unprotected(before);
    if (kind === 'captured') this.totals.captured++;
    if (kind === 'deleted') this.totals.deleted++;
    if (lagMs !== undefined && isNews(kind)) {
      const bucket = lagBucket(lagMs);
      this.lag[bucket] = (this.lag[bucket] ?? 0) + 1;
    }
    if (changedAt === undefined) return;
    this.lastEventAt = Math.max(this.lastEventAt ?? 0, changedAt);
    if (kind === 'captured' && after !== undefined) this.places[placeOf(after.key)] = after.key;
  }

  /** What to add to the source's row, or undefined when nothing was counted. */
  activity(): Activity | undefined {
    if (this.empty) return undefined;
    const totals: SourceTotals = { ...this.totals };
    return {
      totals,
      lag: this.lag,
      ...defined({ lastEventAt: this.lastEventAt }),
      ...(Object.keys(this.places).length === 0 ? {} : { places: { ...this.places } }),
    };
  }
}

/** Emits the metrics of one outcome. @param lagMs undefined for what no event told of */
export function measure(
  outcome: CaptureOutcome,
  source: string,
  lagMs: number | undefined,
  telemetry: Telemetry,
): void {
  const overwritten = isOverwriting(outcome);
  if (outcome.kind === 'captured') {
    telemetry.metric('CapturedObjects', 1);
    telemetry.metric('CapturedBytes', outcome.after?.size ?? 0);
  }
  if (overwritten) telemetry.metric('OverwrittenObjects', 1);
  if (outcome.kind === 'deleted') telemetry.metric('DeletedObjects', 1);
  if (overwritten || outcome.kind === 'deleted') telemetry.metric('ChangedObjects', 1, source);
  if (outcome.kind === 'unprotected') telemetry.metric('UnprotectedObjects', 1);
  if (lagMs !== undefined && isNews(outcome.kind)) telemetry.metric('Lag', lagMs);
}

/** What the vault did not have before. */
function isNews(kind: CaptureOutcome['kind']): boolean {
  return kind === 'captured' || kind === 'tagged' || kind === 'deleted';
}

/** What is captured on top of a copy that stood for the object until now: how ransom looks from here. */
function isOverwriting({ kind, before }: CaptureOutcome): boolean {
  return kind === 'captured' && before?.vaultVersionId !== undefined && before.state !== 'deleted';
}

function present(entry: Entry | undefined): number {
  return entry?.state === 'current' ? 1 : 0;
}

function bytes(entry: Entry | undefined): number {
  return entry?.state === 'current' ? (entry.size ?? 0) : 0;
}

function unprotected(entry: Entry | undefined): number {
  return entry?.state === 'unprotected' ? 1 : 0;
}
