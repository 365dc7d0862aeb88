import pMap from 'p-map';
import { countThenSend } from '../jobs/counted-step.ts';
import { afterTheEnd } from '../jobs/end-job.ts';
import { messageOf, StoreError } from '../model/errors.ts';
import type { Job, Problem } from '../model/job.ts';
import type { RestoreBatch, RestoreItem, ThawBatch } from '../model/messages.ts';
import { type Thaw, tierFor } from '../model/thaw.ts';
import type { StepRecord } from '../ports/catalog.ts';
import type { Checksums } from '../ports/checksums.ts';
import type { Delivery, World } from '../ports/world.ts';
import type { HistoryOf } from '../source/source-kind.ts';
import { mayStillPass } from '../vault/denied.ts';
import { freeKeys } from './free-keys.ts';
import { requestOf } from './request-of.ts';
import { aclTerms } from './restore-acl.ts';
import { abandonUpload, type ObjectRequest, type RestoreResult, restoreObject } from './restore-object.ts';
import { settleRestore } from './settle-restore.ts';
import { targetWorld } from './target-world.ts';

export type BatchWorld = Pick<World, 'store' | 'catalog' | 'queue' | 'clock' | 'settings' | 'telemetry'> & {
  readonly checksums: Checksums;
  readonly historyOf: HistoryOf;
};

/** `again`: access was denied, and may not be the next time. */
type Done = RestoreResult | { readonly kind: 'again'; readonly error: unknown };
type Attempted = Done | { readonly kind?: never; readonly error: unknown };

/**
 * Restores one batch and counts it, once however often it is delivered. A large object that takes longer than a
 * function may run goes on in another message; what has to be thawed first is asked for by another.
 *
 * @throws what the queue has to retry; on the last delivery those objects are reported as failed instead, so that a
 *   job always ends
 */
export async function restoreBatch(
  batch: RestoreBatch,
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  const job = await world.catalog.getJob(batch.jobId);
  if (job?.state !== 'running') return drop(batch, job, delivery, world);
  const last = delivery.receiveCount >= world.settings.maxReceives;
  const request = requestOf(job);
  const there = targetWorld(request, world);
  const isFree = await freeKeys(batch.items, request, there);
  const acls = await aclTerms(request, delivery.receiveCount, there);
  const restore = (item: RestoreItem) =>
    restoreOne(item, { ...request, isFree, acls }, last, delivery, there);
  const attempts = await pMap(batch.items, restore, { concurrency: world.settings.concurrency });
  const results = allOrThrow(attempts, job.id);
  if (await goOnLater(batch, results, world)) return;
  // It was thawed and has expired, or its event came too early: it is asked for again by the sweep.
  if (batch.thawed !== undefined && results.some(({ kind }) => kind === 'archived')) return;
  await count(batch, results, request.thaw, world);
  await settleRestore(batch.jobId, delivery, world);
  // Last: an event that comes again finds it waiting, and settles what a handler that died had not.
  if (batch.thawed !== undefined) await world.catalog.patchThaw(job.id, batch.thawed, { done: true });
}

/** Leaves a batch of a job that has ended: nothing more is restored, and no upload is left half-way, which costs. */
async function drop(
  { items }: RestoreBatch,
  job: Job | undefined,
  delivery: Delivery,
  world: BatchWorld,
): Promise<void> {
  if (job === undefined) return;
  const request = requestOf(job);
  for (const item of items) await abandonUpload(item, request, targetWorld(request, world));
  await afterTheEnd(job, delivery, world);
}

/**
 * One that failed does not keep the others from being done now: of them the next delivery finds that they are right.
 *
 * @throws AggregateError when any failed and has to come again
 */
function allOrThrow(attempts: readonly Attempted[], jobId: string): Done[] {
  const errors = attempts.flatMap((one) => ('error' in one ? [one.error] : []));
  const done = attempts.filter((one) => one.kind !== undefined);
  // Where access was denied to all, the queue's own way of trying again is the better one: it waits.
  if (done.length === attempts.length && errors.length < attempts.length) return done;
  throw new AggregateError(
    errors,
    `${errors.length} of ${attempts.length} objects of the restore ${jobId} failed: ${messageOf(errors[0])}`,
  );
}

/** @returns true when something is unfinished: the batch was sent again with its uploads, and is counted then */
async function goOnLater(
  batch: RestoreBatch,
  results: readonly Done[],
  { queue }: BatchWorld,
): Promise<boolean> {
  if (!results.some(({ kind }) => kind === 'unfinished')) return false;
  const items = batch.items.map((item, index) => {
    const result = results[index];
    return result?.kind === 'unfinished' ? { ...item, uploadId: result.uploadId } : item;
  });
  await queue.send('restoreWork', [JSON.stringify({ ...batch, items })]);
  return true;
}

async function restoreOne(
  item: RestoreItem,
  request: ObjectRequest,
  last: boolean,
  delivery: Delivery,
  world: BatchWorld,
): Promise<Attempted> {
  try {
    const result = await restoreObject(item, request, world, delivery.timeLeft);
    if (result.kind !== 'failed') return result;
    const { problem, code = problem.reason } = result;
    if (!mayStillPass(code, delivery.receiveCount)) return result;
    return { kind: 'again', error: new StoreError('access-denied', problem.detail ?? 'access denied') };
  } catch (error) {
    if (!last) return { error };
    world.telemetry.metric('Errors', 1);
    return { kind: 'failed', problem: { key: item.key, reason: 'failed', detail: messageOf(error) } };
  }
}

/**
 * What was denied comes again by itself, and not the whole batch with it: all else is counted as what it came to.
 * What has to be thawed is counted as a batch for each object before it is asked for, so that the job cannot end
 * meanwhile; the message that asks is recorded with the count, and sent again by whoever finds it counted.
 */
async function count(
  batch: RestoreBatch,
  done: readonly Done[],
  thaw: Thaw,
  world: BatchWorld,
): Promise<void> {
  const results = done.filter((one) => one.kind !== 'again');
  const counts = countsOf(batch, results, thaw);
  const items = batch.items.flatMap((item, index) => {
    const result = done[index];
    return result?.kind === 'archived' ? [{ ...item, archive: result.archive }] : [];
  });
  const again = batch.items.filter((_, index) => done[index]?.kind === 'again');
  const record = {
    jobId: batch.jobId,
    step: `batch-${batch.batch}`,
    progress: { batchesDone: 1, batchesQueued: items.length + Math.min(again.length, 1), counts },
    problems: [...problemsOf(results), ...notesOf(results)],
    continuations: [
      ...(items.length === 0 ? [] : [thawMessage(batch, items)]),
      ...(again.length === 0 ? [] : [againMessage(batch, again)]),
    ],
  };
  const sendOn = ({ continuations }: StepRecord) => world.queue.send('restoreWork', continuations);
  const send = async () => {
    await sendOn(record);
    world.telemetry.metric('RestoredObjects', counts['restored'] ?? 0);
    world.telemetry.metric('RestoredBytes', counts['restoredBytes'] ?? 0);
  };
  await countThenSend(record, { send, replay: sendOn }, world);
}

function problemsOf(results: readonly RestoreResult[]): Problem[] {
  return results.flatMap((result) => ('problem' in result ? [result.problem] : []));
}

function notesOf(results: readonly RestoreResult[]): Problem[] {
  return results.flatMap((result) => ('notes' in result ? (result.notes ?? []) : []));
}

function againMessage(batch: RestoreBatch, items: RestoreBatch['items']): string {
  return JSON.stringify({ ...batch, batch: `${batch.batch}-again`, items } satisfies RestoreBatch);
}

function thawMessage({ jobId, batch }: RestoreBatch, items: ThawBatch['items']): string {
  return JSON.stringify({ kind: 'thaw', jobId, batch, items } satisfies ThawBatch);
}

function countsOf(
  { thawed }: RestoreBatch,
  results: readonly RestoreResult[],
  thaw: Thaw,
): Record<string, number> {
  const counts: Record<string, number> = thawed === undefined ? {} : { thawing: -1, thawed: 1 };
  const add = (name: string, by: number) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  for (const result of results) {
    add(result.kind === 'archived' ? 'thawing' : result.kind, 1);
    if ('bytes' in result) add(`${result.kind}Bytes`, result.bytes);
    if ('proof' in result) add(result.proof, 1);
    if ('acl' in result) add('acls', 1);
    if ('notes' in result) add('notes', result.notes.length);
    if (result.kind === 'archived' && tierFor(result.archive, thaw.tier) !== thaw.tier) add('slower', 1);
  }
  return counts;
}
