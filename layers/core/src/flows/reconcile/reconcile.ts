import { isStoreError } from '../../model/errors.ts';
import type { Job } from '../../model/job.ts';
import { intoBatches, parseReconcileMessage, type ReconcileMessage } from '../../model/messages.ts';
import type { Source } from '../../model/source.ts';
import { bucketOf } from '../../model/source-uri.ts';
import type { Delivery, World } from '../dependencies.ts';
import { checkWiring } from './check-wiring.ts';
import { compareRange, type Phase, type RangeResult } from './compare-range.ts';
import { failReconcile, settleReconcile } from './settle-reconcile.ts';
import { findMiddle } from './split-range.ts';

type Step = NonNullable<ReconcileMessage['step']>;

const FIRST_STEP: Step = { id: '0', phase: 'compare' };
const STOP_BEFORE_END_MS = 30_000;

/**
 * Does one message of the reconcile queue: begins a reconcile, or goes on with one of its ranges.
 *
 * A source that cannot be listed ends the reconcile as failed and marks nothing (I4). What is throttled or unavailable
 * is thrown for the queue to retry, until the last delivery.
 */
export async function reconcile(body: string, delivery: Delivery, world: World): Promise<void> {
  const message = parseReconcileMessage(body);
  const source = await world.catalog.getSource(message.source);
  if (source?.state !== 'protected') {
    world.telemetry.warn('reconcile of a source that is not protected', { source: message.source });
    return;
  }
  const jobId = message.jobId ?? `reconcile-${delivery.messageId}`;
  try {
    if (message.step === undefined) await begin(source, jobId, message, world);
    await doStep(source, jobId, message.step ?? FIRST_STEP, message, delivery, world);
  } catch (error) {
    const retry = !isStoreError(error, 'no-such-bucket', 'access-denied', 'invalid');
    if (retry && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failReconcile(source, jobId, error, world);
  }
}

async function begin(source: Source, jobId: string, message: ReconcileMessage, world: World): Promise<void> {
  await world.catalog.createJob({
    id: jobId,
    kind: 'reconcile',
    source: source.source,
    state: 'running',
    phase: 'compare',
    trigger: message.trigger,
    startedAt: world.clock(),
    openRanges: 1,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
    ...(message.approved === undefined ? {} : { approved: message.approved }),
  });
  await checkWiring(source, world);
}

async function doStep(
  source: Source,
  jobId: string,
  step: Step,
  message: ReconcileMessage,
  delivery: Delivery,
  world: World,
): Promise<void> {
  const redelivered = delivery.receiveCount > 1;
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return;
  if (!(redelivered && (await repeatContinuations(jobId, step, world)))) {
    const result = await compareRange(
      source,
      step.phase,
      step,
      () => delivery.timeLeft() < STOP_BEFORE_END_MS,
      world,
    );
    await handOver(source, job, step, message, result, world);
  }
  await settleReconcile(jobId, world, { redelivered });
}

/** A step that was counted before has only its messages to send again. @returns false when it never finished */
async function repeatContinuations(jobId: string, step: Step, { catalog, queue }: World): Promise<boolean> {
  const done = await catalog.getStep(jobId, stepName(step));
  if (done === undefined) return false;
  if (done.continuations.length > 0) await queue.send('reconcile', done.continuations);
  return true;
}

/** Sends what was found to the backlog, counts the step, and sends on what is left of its range. */
async function handOver(
  source: Source,
  job: Job,
  step: Step,
  message: ReconcileMessage,
  result: RangeResult,
  world: World,
): Promise<void> {
  const batches = intoBatches(result.items);
  await world.queue.send(
    'backlog',
    batches.map((items, index) =>
      JSON.stringify({
        kind: 'capture',
        source: source.source,
        jobId: job.id,
        batch: `${stepName(step)}.${index}`,
        items,
      }),
    ),
  );
  const steps = await nextSteps(source, job, step, result.stoppedAt, world);
  const continuations = steps.map((next) => JSON.stringify({ ...message, jobId: job.id, step: next }));
  const first = await world.catalog.completeStep({
    jobId: job.id,
    step: stepName(step),
    progress: { openRanges: steps.length - 1, batchesQueued: batches.length, counts: result.counts },
    problems: [],
    continuations,
  });
  // Whoever counted the step first goes on with it; a second delivery at the same time must not.
  if (first && continuations.length > 0) await world.queue.send('reconcile', continuations);
}

async function nextSteps(
  source: Source,
  job: Job,
  step: Step,
  stoppedAt: string | undefined,
  world: World,
): Promise<Step[]> {
  if (stoppedAt === undefined) return [];
  const rest: Step = { ...step, id: nextId(step.id), after: stoppedAt };
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

function stepName({ phase, id }: { phase: Phase; id: string }): string {
  return `${phase}-${id}`;
}
