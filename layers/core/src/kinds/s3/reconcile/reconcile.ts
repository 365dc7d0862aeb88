import { beginReconcile } from '../../../jobs/begin-reconcile.ts';
import { countThenSend } from '../../../jobs/counted-step.ts';
import { afterTheEnd } from '../../../jobs/end-job.ts';
import { failReconcile } from '../../../jobs/fail-reconcile.ts';
import { bucketOf } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import { InvalidInputError, isStoreError } from '../../../model/errors.ts';
import type { Job, Problem } from '../../../model/job.ts';
import { intoBatches, intoExactly } from '../../../model/messages.ts';
import type { Source } from '../../../model/source.ts';
import type { StepRecord } from '../../../ports/catalog.ts';
import type { Delivery, ListingWorld } from '../../../ports/world.ts';
import { type CaptureBatch, parseReconcileMessage, type ReconcileMessage } from '../model/bucket-messages.ts';
import { checkWiring } from './check-wiring.ts';
import { compareBeside } from './compare-beside.ts';
import { compareLong } from './compare-long.ts';
import { compareRange, type RangeResult, type StepLimit } from './compare-range.ts';
import { lookAgainSoon } from './look-again-soon.ts';
import { settleReconcile } from './settle-reconcile.ts';
import { findMiddle } from './split-range.ts';
import { type VaultPart, vaultPartFor, vaultPartIn } from './vault-slice.ts';

type Step = NonNullable<ReconcileMessage['step']>;

const FIRST_STEP: Step = { id: '0', phase: 'compare' };
/** The first step of the slice of the vault, where it begins behind a key, and of the looks at copies of long keys and at records. */
const SLICE = 'v0';
const LONG = 'l0';
const BESIDE = 'r0';
/** An earlier pass ended that long behind its look at records, at the most: they are looked at from so long before. */
const OVERLAP_MS = 24 * 3600 * 1000;
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
  const vault = vaultPartFor(source, message, world);
  const request = defined({ vault, deep: message.deep });
  const wishes = Object.keys(request).length === 0 ? undefined : request;
  await beginReconcile(source, jobId, message, delivery, world, wishes);
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
  // The step before this one may have been counted behind the job's end.
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world, message.step !== undefined);
  const run = { source, job, message, step: message.step ?? firstStep(job) };
  const done = redelivered ? await world.catalog.getStep(jobId, stepName(run.step)) : undefined;
  const goesOn =
    done === undefined ? await countAndSend(run, delivery, world) : await sendAgain(run, done, world);
  // A step that goes on leaves a range open, so that the job cannot be over.
  if (!goesOn) await settleReconcile(jobId, world, delivery);
}

function firstStep(job: Job): Step {
  const part = vaultPartIn(job);
  if (part === undefined || part === 'whole') return FIRST_STEP;
  return part.after === undefined
    ? { ...FIRST_STEP, copies: part.copies }
    : { ...FIRST_STEP, until: part.after };
}

type Run = {
  readonly source: Source;
  readonly job: Job;
  readonly message: ReconcileMessage;
  readonly step: Step;
};

/**
 * Compares a range, and counts it before it sends what follows from it.
 *
 * @returns whether other steps follow from it
 */
async function countAndSend(run: Run, delivery: Delivery, world: ListingWorld): Promise<boolean> {
  const { job, step } = run;
  const timeIsShort = () => delivery.timeLeft() < STOP_BEFORE_END_MS;
  const limit = { keys: world.settings.keysPerStep, timeIsShort };
  const result = await compare(run, step, limit, world);
  const batches = intoBatches(result.items);
  const steps = await nextSteps(run, result, world);
  const continuations = steps.map((next) => JSON.stringify({ ...run.message, jobId: job.id, step: next }));
  const record = {
    jobId: job.id,
    step: stepName(step),
    progress: { openRanges: steps.length - 1, batchesQueued: batches.length, counts: result.counts },
    problems: result.problems ?? [],
    continuations,
    by: delivery.messageId,
  };
  const sending = {
    send: () => send(run, batches, continuations, world),
    replay: (counted: StepRecord) => sendAgain(run, counted, world),
  };
  return (await countThenSend(record, sending, world)) ?? false;
}

/** Sends what a step counted: as many batches as it counted, made from the same range. */
async function sendAgain(run: Run, done: StepRecord, world: ListingWorld): Promise<boolean> {
  const counted = done.progress.batchesQueued ?? 0;
  const until = goneOnWith(run.step, done.continuations)?.after ?? run.step.until;
  const copies = run.step.copies && Number.POSITIVE_INFINITY;
  const { items } = await compare(run, { ...run.step, until, copies }, UNLIMITED, world);
  return send(run, intoExactly(items, counted), done.continuations, world);
}

type Compared = RangeResult & { readonly problems?: readonly Problem[] };

/** What was counted is read again to where it ended. */
const UNLIMITED = { keys: Number.POSITIVE_INFINITY, timeIsShort: () => false };

function compare(
  { source, job, message }: Run,
  step: Step,
  limit: StepLimit,
  world: ListingWorld,
): Promise<Compared> {
  const { phase } = step;
  if (phase === 'long') return compareLong(source, step, limit, world);
  if (phase === 'beside') return compareBeside(source, step, limit, world);
  const range = { ...step, retryWaiting: message.trigger !== 'schedule', deep: message.deep === true };
  const isWhole = phase === 'compare' && vaultPartIn(job) === 'whole';
  const copies = isWhole ? Number.POSITIVE_INFINITY : step.copies;
  return compareRange(source, phase, range, { ...limit, copies }, world);
}

async function send(
  { source, job, step }: Run,
  batches: ReadonlyArray<CaptureBatch['items']>,
  continuations: readonly string[],
  { queue, catalog, clock }: ListingWorld,
): Promise<boolean> {
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
  await noteVault(source, step, goneOnWith(step, continuations)?.after, { catalog, clock });
  return continuations.length > 0;
}

/** Notes on the source's row how far the vault was compared, once what was found there is sent. */
async function noteVault(
  { source }: Source,
  step: Step,
  stoppedAt: string | undefined,
  { catalog, clock }: Pick<ListingWorld, 'catalog' | 'clock'>,
): Promise<void> {
  if (step.copies !== undefined && stoppedAt !== undefined)
    await catalog.patchSource(source, { vaultAfter: stoppedAt });
  if (step.phase === 'beside' && stoppedAt === undefined)
    await catalog.patchSource(source, { vaultComparedAt: clock(), clear: ['vaultAfter'] });
}

/** The step that goes on where another ended, of all that follow from that. */
function goneOnWith({ id }: Step, continuations: readonly string[]): Step | undefined {
  const steps = continuations.map((body) => parseReconcileMessage(body).step);
  return steps.find((step) => step?.id === nextId(id));
}

async function nextSteps(run: Run, result: RangeResult, world: ListingWorld): Promise<Step[]> {
  return [...(await restOf(run, result, world)), ...vaultSteps(run, result)];
}

/** What is left of the step's range, perhaps cut in two. */
async function restOf(
  { source, job, step }: Run,
  { stoppedAt, copies }: RangeResult,
  world: ListingWorld,
): Promise<Step[]> {
  if (stoppedAt === undefined) return [];
  const { copies: all = 0, ...same } = step;
  const rest = { ...same, id: nextId(step.id), after: stoppedAt };
  // The slice of the vault is behind one key, and not cut.
  if (all > copies) return [{ ...rest, copies: all - copies }];
  if (step.phase === 'long' || step.phase === 'beside' || job.openRanges >= world.settings.maxRanges)
    return [rest];
  const middle = await findMiddle(bucketOf(source.source), source.prefix, rest, world);
  if (middle === undefined) return [rest];
  return [
    { ...rest, until: middle },
    { ...rest, id: `${step.id}b0`, after: middle },
  ];
}

/**
 * Behind the first step, the slice of the vault that begins elsewhere; behind the last key, copies of long keys; and behind
 * those, records beside copies.
 */
function vaultSteps({ source, job, step }: Run, { stoppedAt }: RangeResult): Step[] {
  const part = vaultPartIn(job);
  if (step.phase === 'long' && stoppedAt === undefined) return [besideStep(source, part)];
  if (part === undefined || step.phase !== 'compare') return [];
  if (part !== 'whole' && part.after !== undefined && step.id === FIRST_STEP.id)
    return [{ ...part, id: SLICE, phase: 'compare' }];
  const isOfVault = part === 'whole' || step.copies !== undefined;
  const isLast = stoppedAt === undefined && step.until === undefined;
  return isOfVault && isLast ? [{ id: LONG, phase: 'long' }] : [];
}

/** Who asks for all of the vault has all records compared with the source; else those that a pass has not seen yet. */
function besideStep({ vaultComparedAt }: Source, part: VaultPart | undefined): Step {
  const isNew = part === 'whole' || vaultComparedAt === undefined;
  return { id: BESIDE, phase: 'beside', ...(isNew ? {} : { since: vaultComparedAt - OVERLAP_MS }) };
}

/** `0` → `1`, `3b7` → `3b8`: unique among all steps, since a range counts up its last number. */
function nextId(id: string): string {
  return id.replace(/\d+$/, (digits) => String(Number(digits) + 1));
}

function stepName({ phase, id }: Step): string {
  return `${phase}-${id}`;
}
