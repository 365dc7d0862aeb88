import pMap from 'p-map';
import type { SourceLookup } from '../../../catalog/source-lookup.ts';
import { measure, Tally } from '../../../catalog/tally.ts';
import { countAndSend } from '../../../jobs/counted-step.ts';
import { afterTheEnd } from '../../../jobs/end-job.ts';
import { bucketOf, sourceUri } from '../../../model/bucket-uri.ts';
import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import { logText, messageOf, StoreError } from '../../../model/errors.ts';
import type { Problem } from '../../../model/job.ts';
import { readsAcls } from '../../../model/source.ts';
import type { Delivery, Unwired } from '../../../ports/world.ts';
import { mayStillPass } from '../../../vault/denied.ts';
import {
  type BacklogMessage,
  type CaptureBatch,
  type LargeCopy,
  parseBacklogMessage,
} from '../model/bucket-messages.ts';
import type { Change } from '../model/change.ts';
import { settleReconcile } from '../reconcile/settle-reconcile.ts';
import { type CaptureOptions, capture, withAcl } from './capture.ts';
import { continueLargeCopy, giveUpLargeCopy } from './continue-large-copy.ts';
import { markFailed } from './mark-failed.ts';

export type BacklogWorld = Unwired & { readonly sources: SourceLookup };

/**
 * Does one message of the backlog: a batch that a reconcile found, or the next parts of a large copy.
 *
 * @throws what the queue has to retry; after the last delivery the objects are recorded as failed instead
 */
export async function captureBacklog(body: string, delivery: Delivery, world: BacklogWorld): Promise<void> {
  const message: BacklogMessage = parseBacklogMessage(body);
  if (message.kind === 'capture') return captureBatch(message, delivery, world);
  const copied = await copyOn(message, delivery, world);
  if (copied === undefined) return;
  const outcome = await withAcl(
    copied,
    message,
    await aclsOf(sourceUri(message.bucket), delivery, world),
    world,
  );
  if (outcome.acl === 'again') throw new StoreError('access-denied', `the ACL of "${message.key}" is denied`);
  const lagMs = message.at === undefined ? undefined : Math.max(0, world.clock() - message.at);
  const tally = new Tally();
  tally.add(outcome, lagMs);
  measure(outcome, sourceUri(message.bucket), lagMs, world.telemetry);
  const activity = tally.activity();
  if (activity !== undefined) await world.catalog.addActivity(sourceUri(message.bucket), activity);
}

/** The next parts of a large copy; when they cannot be copied on the last delivery either, the entry says so. */
async function copyOn(
  message: LargeCopy,
  delivery: Delivery,
  world: BacklogWorld,
): Promise<CaptureOutcome | undefined> {
  try {
    return await continueLargeCopy(message, delivery, world);
  } catch (error) {
    if (delivery.receiveCount < world.settings.maxReceives) throw error;
    await giveUpLargeCopy(message, 'failed', messageOf(error), world);
    throw error;
  }
}

/** Whether ACLs are remembered, and how often the message that asks was delivered. */
async function aclsOf(
  source: string,
  { receiveCount }: Delivery,
  { sources }: BacklogWorld,
): Promise<Pick<CaptureOptions, 'acls'>> {
  return readsAcls(await sources(source)) ? { acls: { receiveCount } } : {};
}

type Item = CaptureBatch['items'][number];
type Result = {
  readonly item: Item;
  readonly change: Change;
  readonly outcome?: CaptureOutcome;
  readonly error?: unknown;
  /** Access was denied, and may not be the next time. */
  readonly again?: true;
};

async function captureBatch(batch: CaptureBatch, delivery: Delivery, world: BacklogWorld): Promise<void> {
  const job = batch.jobId === undefined ? undefined : await world.catalog.getJob(batch.jobId);
  if (job?.state === 'cancelled') return afterTheEnd(job, delivery, world);
  const acls = await aclsOf(batch.source, delivery, world);
  const results = await pMap(
    batch.items,
    (item) => captureItem(item, toChange(batch, item), { ...acls, delivery }, world),
    {
      concurrency: world.settings.concurrency,
    },
  );
  const last = isLast(delivery, world);
  const failed = results.filter(({ error }) => error !== undefined);
  const again = results.filter((result) => result.again);
  // Where nothing else was to be done, the queue's own way of trying again is the better one: it waits.
  if ((failed.length > again.length && !last) || (again.length > 0 && again.length === results.length)) {
    throw new AggregateError(
      failed.map(({ error }) => error),
      `${failed.length} of ${results.length} objects of ${batch.source} could not be captured: ${messageOf(failed[0]?.error)}`,
    );
  }
  await countBatch(batch, results, delivery, world);
}

/** What was denied comes again by itself, and not the whole batch with it: all else is counted as what it came to. */
async function countBatch(
  batch: CaptureBatch,
  results: readonly Result[],
  delivery: Delivery,
  world: BacklogWorld,
): Promise<void> {
  const done = results.filter(({ again }) => !again);
  const items = results.flatMap(({ again, item }) => (again ? [item] : []));
  const { jobId } = batch;
  const rest = { ...batch, items, ...(jobId === undefined ? {} : { batch: `${batch.batch}-again` }) };
  const messages = items.length === 0 ? [] : [JSON.stringify(rest satisfies CaptureBatch)];
  if (jobId === undefined) {
    await world.queue.send('backlog', messages);
    return addUp(batch.source, done, world);
  }
  const step = {
    jobId,
    step: `batch-${batch.batch}`,
    progress: { batchesDone: 1, batchesQueued: messages.length, counts: countResults(done) },
    problems: done.flatMap(problemOf),
    messages,
  };
  await countAndSend(step, () => 'backlog', delivery, world);
  await settleReconcile(jobId, world, delivery);
}

/** What a reconcile counts in its job, and at its end in the source's row, counts at once where there is no job. */
async function addUp(source: string, results: readonly Result[], { catalog }: BacklogWorld): Promise<void> {
  const tally = new Tally();
  for (const { outcome } of results) if (outcome !== undefined) tally.add(outcome);
  const activity = tally.activity();
  if (activity !== undefined) await catalog.addActivity(source, activity);
}

function toChange(batch: CaptureBatch, item: Item): Change {
  const kind = item.etag === undefined ? 'missing' : 'seen';
  const { key, inDoubt: _, beside: __, ...listed } = item;
  return { bucket: bucketOf(batch.source), key, kind, ...defined(listed) };
}

async function captureItem(
  item: Item,
  change: Change,
  { delivery, ...acls }: Pick<CaptureOptions, 'acls'> & { readonly delivery: Delivery },
  world: BacklogWorld,
): Promise<Result> {
  try {
    const recheck = item.inDoubt === true || delivery.receiveCount > 1;
    const outcome = await capture(change, world, { recheck, ...acls, onlyBeside: item.beside === true });
    const { reason, detail } = outcome.after ?? {};
    if (outcome.acl === 'again' || mayStillPass(reason, delivery.receiveCount))
      return { item, change, again: true, error: new StoreError('access-denied', detail ?? 'access denied') };
    measure(outcome, sourceUri(change.bucket), undefined, world.telemetry);
    return { item, change, outcome };
  } catch (error) {
    world.telemetry.warn('capture failed', {
      bucket: change.bucket,
      key: change.key,
      error: logText(error),
    });
    if (isLast(delivery, world)) {
      // Before that, the message fails as a whole, and is counted as one.
      world.telemetry.metric('Errors', 1);
      await markFailed(change, error, world);
    }
    return { item, change, error };
  }
}

function isLast({ receiveCount }: Delivery, { settings }: BacklogWorld): boolean {
  return receiveCount >= settings.maxReceives;
}

function countResults(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string, by: number) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  for (const { change, item, outcome } of results) {
    if (outcome?.acl === 'kept') add('acls', 1);
    if (item.inDoubt === true && outcome !== undefined) {
      countDoubted(outcome, add);
      continue;
    }
    if (item.tags === true && outcome !== undefined && isAsItWas(outcome)) {
      add('tagsCompared', 1);
      if (outcome.kind === 'tagged') add('tagged', 1);
      continue;
    }
    const name = countName(outcome);
    add(name, 1);
    if (name === 'captured') add('capturedBytes', outcome?.after?.size ?? 0);
    // What was listed and is not in the vault as it was listed.
    if (change.kind === 'seen' && outcome?.after?.state !== 'current') {
      add('leftOut', 1);
      add('leftOutBytes', change.size ?? 0);
    }
  }
  return counts;
}

/** What was found in the vault is counted apart; only what stood as captured until now changes the source's totals. */
function countDoubted(outcome: CaptureOutcome, add: (name: string, by: number) => void): void {
  const { kind, before, after } = outcome;
  if (!isMended(outcome)) return;
  add('mended', 1);
  // Of what is denied, an earlier look said so already.
  const wasCounted = before?.state === 'current' || before?.state === 'unprotected';
  if (!wasCounted || after?.state !== 'unprotected') return;
  add(kind === 'copying' ? kind : 'unprotected', 1);
  add('leftOut', 1);
  add('leftOutBytes', before.size ?? 0);
}

function isMended({ kind, aclWritten }: CaptureOutcome): boolean {
  return kind !== 'unchanged' || aclWritten === true;
}

/** Its bytes are those that were recorded: only its tags were looked at, or kept. */
function isAsItWas({ kind, after }: CaptureOutcome): boolean {
  return (kind === 'unchanged' || kind === 'tagged') && after?.state === 'current';
}

/** What an object counts as. One that an event, or this batch's first delivery, was faster to do is done all the same. */
function countName(outcome: CaptureOutcome | undefined): string {
  if (outcome === undefined) return 'failed';
  if (outcome.kind !== 'unchanged' && outcome.kind !== 'tagged') return outcome.kind;
  if (outcome.after === undefined) return 'vanished';
  return outcome.after.state === 'deleted' ? 'deleted' : 'alreadyCaptured';
}

function problemOf(result: Result): Problem[] {
  return [...captureProblem(result), ...aclNote(result)];
}

/** Its bytes are in the vault: who else may read them is not known there. */
function aclNote({ change: { key }, outcome }: Result): Problem[] {
  if (outcome?.acl !== 'unreadable') return [];
  const detail =
    'its ACL could not be read: a right is missing, or its writer, of another account, granted it to nobody';
  return [{ key, reason: 'acl-unreadable', detail, note: true }];
}

function captureProblem({ change: { key }, item, outcome, error }: Result): Problem[] {
  if (error !== undefined) return [{ key, reason: 'failed', detail: messageOf(error) }];
  if (item.inDoubt === true && outcome !== undefined && isMended(outcome)) return [mendedNote(key, outcome)];
  if (outcome?.kind !== 'unprotected') return [];
  const { reason = 'failed', detail } = outcome.after ?? {};
  return [{ key, reason, ...defined({ detail }) }];
}

const MENDED: Readonly<Partial<Record<CaptureOutcome['kind'], string>>> = {
  captured:
    'the vault had another copy on top than the catalog named, or a hidden one: it is captured as it is now',
  copying:
    'the vault had another copy on top than the catalog named, or a hidden one: it is being copied in parts',
  deleted: 'the vault had a copy on top of what is gone at the source: it is marked deleted',
  vanished: 'it is gone at the source, and its copy was hidden: that is recorded',
  tagged: 'what the vault said of its tags was hidden, or not what the source says: it is written again',
  unchanged: 'what the vault said of its ACL was hidden, or not what the source says: it is written again',
};

/** Nothing is wrong any more; that it was is worth to know. */
function mendedNote(key: string, { kind, after }: CaptureOutcome): Problem {
  const why = after?.detail ?? after?.reason ?? '';
  const detail =
    MENDED[kind] ??
    `the vault had another copy on top than the catalog named, and it cannot be captured now: ${why}`;
  return { key, reason: 'vault-differed', detail, note: true };
}
