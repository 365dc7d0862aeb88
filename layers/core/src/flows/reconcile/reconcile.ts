import { InvalidInputError, isStoreError } from '../../model/errors.ts';
import type { Job } from '../../model/job.ts';
import {
  type CaptureBatch,
  intoBatches,
  intoExactly,
  parseReconcileMessage,
  type ReconcileMessage,
} from '../../model/messages.ts';
import type { Source } from '../../model/source.ts';
import { bucketOf } from '../../model/source-uri.ts';
import type { StepRecord } from '../../ports/catalog.ts';
import type { Delivery, ListingWorld } from '../dependencies.ts';
import { afterTheEnd } from '../end-job.ts';
import { beginReconcile } from './begin-reconcile.ts';
import { checkWiring } from './check-wiring.ts';
import { compareRange, type RangeResult, type StepLimit } from './compare-range.ts';
import { lookAgainSoon } from './look-again-soon.ts';
import { failReconcile, settleReconcile } from './settle-reconcile.ts';
import { findMiddle } from './split-range.ts';

type Step = NonNullable<ReconcileMessage['step']>;

const FIRST_STEP: Step = { id: '0', phase: 'compare' };
const STOP_BEFORE_END_MS = 30_000;

/**
 * Does one message of a reconcile: begins it, or goes on with one of its ranges.
 *
 * A source that cannot be listed ends the reconcile as failed and marks nothing (I4). What may pass is thrown for the
 * queue to retry, until the last delivery.
 */
export async function reconcile(
  message: ReconcileMessage,
  delivery: Delivery,
  world: ListingWorld,
): Promise<void> {
  const jobId = message.jobId ?? `reconcile-${delivery.messageId}`;
  const source = await world.catalog.getSource(message.source);
  if (source?.state !== 'protected') {
    const why = new InvalidInputError('it is not protected any more');
    await failReconcile(message.source, jobId, why, delivery, world);
    return;
  }
  try {
    if (message.step === undefined) await begin(source, jobId, message, delivery, world);
    await doStep(source, jobId, message, delivery, world);
  } catch (error) {
    // Access is retried as well: rights that were just given take some seconds to hold.
    const retry = !isStoreError(error, 'no-such-bucket', 'invalid');
    if (retry && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failReconcile(message.source, jobId, error, delivery, world);
  }
}

async function begin(
  source: Source,
  jobId: string,
  message: ReconcileMessage,
  delivery: Delivery,
  world: ListingWorld,
): Promise<void> {
  await beginReconcile(source, jobId, message, delivery, world);
  const wiring = await checkWiring(source, world);
  if (message.trigger === 'protect' || wiring === 'repaired') await lookAgainSoon(source, world);
}

async function doStep(
  source: Source,
  jobId: string,
  message: ReconcileMessage,
  delivery: Delivery,
  world: ListingWorld,
): Promise<void> {
  const redelivered = delivery.receiveCount > 1;
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  const run = { source, job, message, step: message.step ?? FIRST_STEP };
  const done = redelivered ? await world.catalog.getStep(jobId, stepName(run.step)) : undefined;
  if (done === undefined) await countAndSend(run, delivery, world);
  else await sendAgain(run, done, world);
  await settleReconcile(jobId, world, delivery);
}

type Run = {
  readonly source: Source;
  readonly job: Job;
  readonly message: ReconcileMessage;
  readonly step: Step;
};

/**
 * Compares a range, counts the step with what follows from it, and only then sends it: what is counted is sent for
 * certain, since a redelivery finds the count and sends it again.
 */
async function countAndSend(run: Run, delivery: Delivery, world: ListingWorld): Promise<void> {
  const { job, step } = run;
  const timeIsShort = () => delivery.timeLeft() < STOP_BEFORE_END_MS;
  const limit = { keys: world.settings.keysPerStep, timeIsShort };
  const result = await compare(run, step, limit, world);
  const batches = intoBatches(result.items);
  const steps = await nextSteps(run.source, job, step, result.stoppedAt, world);
  const continuations = steps.map((next) => JSON.stringify({ ...run.message, jobId: job.id, step: next }));
  const first = await world.catalog.completeStep({
    jobId: job.id,
    step: stepName(step),
    progress: { openRanges: steps.length - 1, batchesQueued: batches.length, counts: result.counts },
    problems: [],
    continuations,
    by: delivery.messageId,
  });
  if (first) return send(run, batches, continuations, world);
  // Whoever counted the step goes on with it. If that was this very message, with another handler at the same time, then
  // that one may have died before it sent, and the message does not come a third time.
  const counted = await world.catalog.getStep(job.id, stepName(step));
  if (counted?.by === delivery.messageId) await sendAgain(run, counted, world);
}

/** Sends what a step counted: as many batches as it counted, made from the same range. */
async function sendAgain(run: Run, done: StepRecord, world: ListingWorld): Promise<void> {
  const counted = done.progress.batchesQueued ?? 0;
  const until = stoppedAt(done.continuations) ?? run.step.until;
  const { items } = await compare(run, { ...run.step, until }, UNLIMITED, world);
  await send(run, intoExactly(items, counted), done.continuations, world);
}

const UNLIMITED: StepLimit = { keys: Number.POSITIVE_INFINITY, timeIsShort: () => false };

function compare(
  { source, message }: Run,
  step: Step,
  limit: StepLimit,
  world: ListingWorld,
): Promise<RangeResult> {
  const range = { ...step, retryWaiting: message.trigger !== 'schedule' };
  return compareRange(source, step.phase, range, limit, world);
}

async function send(
  { source, job, step }: Run,
  batches: ReadonlyArray<CaptureBatch['items']>,
  continuations: readonly string[],
  { queue }: ListingWorld,
): Promise<void> {
  const bodies = batches.map((items, index) => {
    const batch = `${stepName(step)}.${index}`;
    return JSON.stringify({
      kind: 'capture',
      source: source.source,
      jobId: job.id,
      batch,
      items,
    } satisfies CaptureBatch);
  });
  await queue.send('backlog', bodies);
  await queue.send('reconcile', continuations);
}

/** Where a step ended: what is left of its range begins there. */
function stoppedAt(continuations: readonly string[]): string | undefined {
  const [first] = continuations;
  return first === undefined ? undefined : parseReconcileMessage(first).step?.after;
}

async function nextSteps(
  source: Source,
  job: Job,
  step: Step,
  stoppedAt: string | undefined,
  world: ListingWorld,
): Promise<Step[]> {
  if (stoppedAt === undefined) return [];
  const rest = { ...step, id: nextId(step.id), after: stoppedAt };
  if (job.openRanges >= world.settings.maxRanges) return [rest];
  const middle = await findMiddle(bucketOf(source.source), source.prefix, rest, world);
  if (middle === undefined) return [rest];
  return [
    { ...rest, until: middle },
    { ...rest, id: `${step.id}b0`, after: middle },
  ];
}

/** `0` → `1`, `3b7` → `3b8`: unique among all steps, since a range counts up its last number. */
function nextId(id: string): string {
  return id.replace(/\d+$/, (digits) => String(Number(digits) + 1));
}

function stepName({ phase, id }: Step): string {
  return `${phase}-${id}`;
}
