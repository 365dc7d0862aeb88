import pMap from 'p-map';
import { countAndSend, sendCounted } from '../../jobs/counted-step.ts';
import { afterTheEnd } from '../../jobs/end-job.ts';
import { failReconcile } from '../../jobs/fail-reconcile.ts';
import type { CaptureOutcome } from '../../model/capture-outcome.ts';
import { defined } from '../../model/defined.ts';
import { InvalidInputError, logText, messageOf } from '../../model/errors.ts';
import type { Problem } from '../../model/job.ts';
import type { Source } from '../../model/source.ts';
import type { Delivery } from '../../ports/world.ts';
import { bringLargeVersion } from './capture/bring-large-version.ts';
import { captureItem } from './capture/capture-item.ts';
import { contextOf, type ItemContext, type ItemResult, type Look } from './capture/item-context.ts';
import { ItemTally, isMended } from './capture/item-tally.ts';
import { markItemFailed } from './capture/mark-item-failed.ts';
import { batchBodies } from './capture/site-batches.ts';
import { settleCrawl } from './crawl/settle-crawl.ts';
import { entryKey } from './model/site-key.ts';
import { type DocumentBatch, parseDocumentMessage, type SiteItem, type Walk } from './model/site-messages.ts';
import { isSiteError } from './site-error.ts';
import { siteQueueOf } from './site-queue-of.ts';
import type { SiteWorld } from './site-world.ts';

const STOP_BEFORE_END_MS = 60_000;
/** Things looked at at the same time: each may hold some parts of a download in memory. */
const CONCURRENCY = 4;

/**
 * Does one message of the queues of documents: looks at the things that a poll or a crawl found, or brings the next parts of
 * a large version.
 *
 * @throws what the queue has to retry; after the last delivery the things are recorded as failed instead
 */
export async function captureDocuments(body: string, delivery: Delivery, world: SiteWorld): Promise<void> {
  const message = parseDocumentMessage(body);
  const source = await world.catalog.getSource(message.source);
  const isLive = source?.state === 'protected' && source.site?.importedFrom === undefined;
  if (message.kind === 'large-version') {
    if (isLive) await bringLargeVersion(source, message, delivery, world);
    return;
  }
  if (isLive) return captureBatch(source, message, delivery, world);
  if (message.jobId === undefined) return;
  const why = new InvalidInputError('it is not protected any more');
  await failReconcile(message.source, message.jobId, why, delivery, world);
}

/** `later`: there was no time to begin it. */
type Done =
  | { readonly kind: 'done'; readonly item: SiteItem; readonly result: ItemResult }
  | {
      readonly kind: 'failed';
      readonly item: SiteItem;
      readonly error: unknown;
      /** What was recorded of it, after the last delivery or because the site refuses it. */
      readonly outcome?: CaptureOutcome;
    }
  | { readonly kind: 'later'; readonly item: SiteItem };

async function captureBatch(
  source: Source,
  batch: DocumentBatch,
  delivery: Delivery,
  world: SiteWorld,
): Promise<void> {
  const { jobId } = batch;
  if (jobId !== undefined) {
    const job = await world.catalog.getJob(jobId);
    if (job?.state === 'cancelled') return afterTheEnd(job, delivery, world);
    if (delivery.receiveCount > 1 && (await sendCounted(jobId, stepOf(batch), siteQueueOf, world)))
      return settleCrawl(jobId, world, delivery);
  }
  const context = contextOf(source, delivery, world, lookOf(batch, delivery));
  const done = await pMap(batch.items, (item) => tryItem(item, delivery, context), {
    concurrency: Math.min(CONCURRENCY, world.settings.concurrency),
  });
  const left = done.filter(({ kind }) => kind === 'later' || (kind === 'failed' && !context.last));
  const tally = tallyOf(batch, done, context);
  // With nothing done, the queue's own way of trying again is the better one: it waits longer every time.
  if (left.length === done.length && left.length > 0) {
    await tally.record();
    throw failureOf(done, batch);
  }
  await finishBatch(batch, done, left, tally, delivery, context);
}

function tallyOf(batch: DocumentBatch, done: readonly Done[], context: ItemContext): ItemTally {
  const tally = new ItemTally(context);
  for (const one of done) {
    if (one.kind === 'done') tally.add(one.item, one.result, batch);
    if (one.kind === 'failed' && one.outcome !== undefined) tally.addFailed(one.item, one.outcome);
  }
  return tally;
}

function lookOf(batch: DocumentBatch, { receiveCount }: Delivery): Look {
  const crawled = batch.jobId !== undefined;
  return {
    redelivered: receiveCount > 1 || batch.again === true,
    bringsLarge: false,
    deep: batch.deep === true,
    approved: batch.approved === true,
    listed: crawled && batch.suspects !== true && batch.inDoubt !== true,
    since: batch.since,
    crawled,
  };
}

async function tryItem(item: SiteItem, { timeLeft }: Delivery, context: ItemContext): Promise<Done> {
  if (timeLeft() < STOP_BEFORE_END_MS) return { kind: 'later', item };
  try {
    return { kind: 'done', item, result: await captureItem(item, context) };
  } catch (error) {
    const { telemetry } = context.world;
    telemetry.warn('capture failed', {
      source: context.source.source,
      kind: item.kind,
      id: item.id,
      error: logText(error),
    });
    if (context.last) telemetry.metric('Errors', 1);
    // Before that, what failed comes again.
    else if (!isRefused(error, context)) return { kind: 'failed', item, error };
    const outcome = await markItemFailed(item, error, context);
    return { kind: 'failed', item, error, ...defined({ outcome }) };
  }
}

/**
 * True for what only people can cure: it is tried again all the same, and need not wait for that to be told of. A crawl's
 * suspects are counted by what they were before, until it is known what became of them.
 */
function isRefused(error: unknown, { crawled, listed }: ItemContext): boolean {
  return isSiteError(error, 'access-denied') && (listed || !crawled);
}

function failureOf(done: readonly Done[], { source, items }: DocumentBatch): Error {
  const errors = done.flatMap((one) => (one.kind === 'failed' ? [one.error] : []));
  const why = errors.length === 0 ? 'there was no time left' : messageOf(errors[0]);
  return new AggregateError(
    errors,
    `${errors.length} of ${items.length} things of ${source} could not be captured: ${why}`,
  );
}

/** What could not be done comes again by itself, and not the whole batch with it. */
async function finishBatch(
  batch: DocumentBatch,
  done: readonly Done[],
  left: readonly Done[],
  tally: ItemTally,
  delivery: Delivery,
  context: ItemContext,
): Promise<void> {
  const { world } = context;
  const results = done.flatMap((one) => (one.kind === 'done' ? [one.result] : []));
  const found = distinct(results.flatMap((result) => result.items ?? []));
  const later = left.filter(({ kind }) => kind === 'later').map(({ item }) => item);
  const tried = left.filter(({ kind }) => kind === 'failed').map(({ item }) => item);
  const bodies = [
    ...restOf(batch, [...later, ...found], 'rest', batch.again === true),
    ...restOf(batch, tried, 'again', true),
  ];
  const messages = [...bodies, ...followUps(batch, results)];
  if (batch.jobId === undefined) await sendAll(messages, world);
  else await countBatch(batch, done, bodies.length, messages, tally, delivery, context);
  await tally.record();
  if (batch.jobId !== undefined) return settleCrawl(batch.jobId, world, delivery);
  // A job counts what failed; of a poll, the dead-letter queue tells.
  if (context.last && done.some(({ kind }) => kind === 'failed')) throw failureOf(done, batch);
}

/** All that is in a new folder tells of it: it is looked at once. What names its user says more than what does not. */
function distinct(items: readonly SiteItem[]): SiteItem[] {
  const byKey = new Map<string, SiteItem>();
  for (const item of items) {
    const key = entryKey(item);
    if (!byKey.has(key) || ('user' in item && item.user !== undefined)) byKey.set(key, item);
  }
  return [...byKey.values()];
}

/** Batches that follow from one, counted by their own names. */
function restOf(batch: DocumentBatch, items: readonly SiteItem[], name: string, again: boolean): string[] {
  const { kind: _, items: __, again: ___, batch: own, ...facts } = batch;
  return batchBodies(items, (index) => ({
    ...facts,
    ...(again ? { again } : {}),
    ...(own === undefined ? {} : { batch: `${own}-${name}${index}` }),
  }));
}

function followUps({ source, since }: DocumentBatch, results: readonly ItemResult[]): string[] {
  const walks = results.flatMap(({ walk }) =>
    walk === undefined
      ? []
      : [JSON.stringify({ kind: 'walk', source, folder: walk, ...defined({ since }) } satisfies Walk)],
  );
  const large = results.flatMap((result) => (result.large ?? []).map((one) => JSON.stringify(one)));
  return [...walks, ...large];
}

async function sendAll(messages: readonly string[], { queue }: SiteWorld): Promise<void> {
  for (const [name, bodies] of Map.groupBy(messages, siteQueueOf)) await queue.send(name, bodies);
}

async function countBatch(
  batch: DocumentBatch,
  done: readonly Done[],
  batches: number,
  messages: readonly string[],
  tally: ItemTally,
  delivery: Delivery,
  { world, last }: ItemContext,
): Promise<void> {
  const failed = done.filter((one) => one.kind === 'failed' && last).length;
  const step = {
    jobId: batch.jobId ?? '',
    step: stepOf(batch),
    progress: {
      batchesDone: 1,
      batchesQueued: batches,
      counts: { ...tally.counts, ...(failed > 0 ? { failed } : {}) },
    },
    problems: done.flatMap((one) => [
      ...problemOf(one, last),
      ...(batch.inDoubt === true ? mendedNote(one) : []),
    ]),
    messages,
  };
  await countAndSend(step, siteQueueOf, delivery, world);
}

function problemOf(done: Done, last: boolean): Problem[] {
  const key = `${done.item.kind}/${done.item.id}`;
  if (done.kind === 'failed') return last ? [{ key, reason: 'failed', detail: messageOf(done.error) }] : [];
  if (done.kind !== 'done' || done.result.outcome.kind !== 'unprotected') return [];
  const { reason = 'failed', detail, name } = done.result.outcome.after ?? {};
  return [{ key, reason, ...defined({ detail: name === undefined ? detail : `"${name}": ${detail}` }) }];
}

/** Nothing is wrong any more; that it was is worth to know. */
function mendedNote(done: Done): Problem[] {
  if (done.kind !== 'done' || !isMended(done.result)) return [];
  const key = `${done.item.kind}/${done.item.id}`;
  const now =
    done.result.outcome.kind === 'deleted'
      ? 'it is gone at the site, and marked deleted'
      : 'it is captured as it is now';
  const detail = `the vault had another record on top, other bytes, or hidden ones, than the catalog named: ${now}`;
  return [{ key, reason: 'vault-differed', detail, note: true }];
}

function stepOf({ batch }: DocumentBatch): string {
  return `batch-${batch}`;
}
