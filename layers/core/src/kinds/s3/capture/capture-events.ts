import pMap from 'p-map';
import type { SourceLookup } from '../../../catalog/source-lookup.ts';
import { measure, Tally } from '../../../catalog/tally.ts';
import { sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { logText } from '../../../model/errors.ts';
import { coverage, readsAcls, type Source } from '../../../model/source.ts';
import type { Delivery, World } from '../../../ports/world.ts';
import { mayStillPass } from '../../../vault/denied.ts';
import { type Change, newestPerObject, objectId } from '../model/change.ts';
import { parseS3Event } from '../model/s3-event.ts';
import type { CaptureWorld } from './attempt.ts';
import { capture } from './capture.ts';
import { markFailed } from './mark-failed.ts';

const STOP_BEFORE_END_MS = 15_000;

export type EventMessage = Pick<Delivery, 'messageId' | 'receiveCount'> & { readonly body: string };
export type EventsWorld = CaptureWorld & Pick<World, 'telemetry'> & { readonly sources: SourceLookup };

type Read = { readonly message: EventMessage; readonly changes: readonly Change[]; readonly error?: unknown };

/**
 * Captures what a batch of event messages speaks of. Of several events of one object only the newest is looked at.
 *
 * @param timeLeft ms until the function is stopped: what there is no time for comes again
 * @returns ids of the messages that have to come again; all others are done
 */
export async function captureEvents(
  messages: readonly EventMessage[],
  timeLeft: () => number,
  world: EventsWorld,
): Promise<string[]> {
  const reads = messages.map(read);
  const newest = newestPerObject(reads.flatMap(({ changes }) => changes));
  const receives = receivesPerObject(reads);
  const rows = await loadSources(newest, world);
  const tallies = new Map<string, Tally>();
  const failed = new Set<string>();
  await pMap(
    newest.filter((change) => isCovered(change, rows, world)),
    async (change) => {
      const receiveCount = receives.get(objectId(change)) ?? 1;
      const blocked = timeLeft() < STOP_BEFORE_END_MS || rows.get(change.bucket)?.error !== undefined;
      const done =
        !blocked && (await captureOne(change, receiveCount, rows, tallyOf(tallies, change.bucket), world));
      if (!done) failed.add(objectId(change));
    },
    { concurrency: world.settings.concurrency },
  );
  await recordActivity(tallies, world);
  return reads.filter((one) => hasFailed(one, failed, world)).map(({ message }) => message.messageId);
}

function read(message: EventMessage): Read {
  try {
    return { message, changes: parseS3Event(message.body) };
  } catch (error) {
    return { message, changes: [], error };
  }
}

/** How often the object's messages were delivered: a second time means that a first handler may have died half-way. */
function receivesPerObject(reads: readonly Read[]): Map<string, number> {
  const receives = new Map<string, number>();
  for (const { message, changes } of reads) {
    for (const change of changes) {
      const id = objectId(change);
      receives.set(id, Math.max(receives.get(id) ?? 0, message.receiveCount));
    }
  }
  return receives;
}

type Rows = ReadonlyMap<string, { readonly row?: Source | undefined; readonly error?: unknown }>;

/** The rows of the buckets of a batch. One that cannot be read holds up the events of its own bucket alone. */
async function loadSources(changes: readonly Change[], { sources: lookUp }: EventsWorld): Promise<Rows> {
  const buckets = [...new Set(changes.map(({ bucket }) => bucket))];
  const rows = buckets.map(async (bucket) => {
    const found = lookUp(sourceUri(bucket)).then(
      (row) => ({ row }),
      (error: unknown) => ({ error }),
    );
    return [bucket, await found] as const;
  });
  return new Map(await Promise.all(rows));
}

/**
 * False for what is not to be backed up: outside the source's filter, no longer protected, the vault's own events.
 * A bucket the catalog does not know is backed up all the same: its events come because its stack says so.
 */
function isCovered(change: Change, rows: Rows, { settings }: EventsWorld): boolean {
  if (change.bucket === settings.vault) return false;
  const source = rows.get(change.bucket)?.row;
  return source?.state !== 'unprotected' && coverage(source)(change.key);
}

/** @returns false when the change has to come again */
async function captureOne(
  change: Change,
  receiveCount: number,
  rows: Rows,
  tally: Tally,
  world: EventsWorld,
): Promise<boolean> {
  try {
    const acls = readsAcls(rows.get(change.bucket)?.row) ? { receiveCount } : undefined;
    const outcome = await capture(change, world, { recheck: receiveCount > 1, acls });
    count(outcome, change, tally, world);
    return outcome.acl !== 'again' && !mayStillPass(outcome.after?.reason, receiveCount);
  } catch (error) {
    const { bucket, key } = change;
    world.telemetry.warn('capture failed', { bucket, key, receiveCount, error: logText(error) });
    world.telemetry.metric('Errors', 1);
    if (receiveCount >= world.settings.maxReceives) {
      const outcome = await markFailed(change, error, world);
      if (outcome !== undefined) count(outcome, change, tally, world);
    }
    return false;
  }
}

function count(outcome: CaptureOutcome, change: Change, tally: Tally, world: EventsWorld): void {
  const lagMs = change.at === undefined ? undefined : Math.max(0, world.clock() - change.at);
  tally.add(outcome, lagMs, change.at);
  measure(outcome, sourceUri(change.bucket), lagMs, world.telemetry);
}

function tallyOf(tallies: Map<string, Tally>, bucket: string): Tally {
  const tally = tallies.get(bucket) ?? new Tally();
  tallies.set(bucket, tally);
  return tally;
}

/** The totals are estimates that reconcile sets right: losing some is no reason to capture everything again. */
async function recordActivity(
  tallies: ReadonlyMap<string, Tally>,
  { catalog, telemetry }: EventsWorld,
): Promise<void> {
  for (const [bucket, tally] of tallies) {
    const activity = tally.activity();
    if (activity === undefined) continue;
    await catalog
      .addActivity(sourceUri(bucket), activity)
      .catch((error) => telemetry.warn('totals not recorded', { bucket, error: logText(error) }));
  }
}

function hasFailed(
  { message, changes, error }: Read,
  failed: ReadonlySet<string>,
  { telemetry }: EventsWorld,
): boolean {
  if (error !== undefined) {
    telemetry.error('poison message', { messageId: message.messageId, error: logText(error) });
    telemetry.metric('Errors', 1);
    return true;
  }
  return changes.some((change) => failed.has(objectId(change)));
}
