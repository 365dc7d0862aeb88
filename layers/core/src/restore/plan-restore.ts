import { countThenSend } from '../jobs/counted-step.ts';
import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import {
  intoBatches,
  intoExactly,
  type PlanStep,
  parsePlanStep,
  type RestoreBatch,
} from '../model/messages.ts';
import type { QueueName } from '../model/queues.ts';
import type { StepRecord } from '../ports/catalog.ts';
import type { Delivery, VaultReader, World } from '../ports/world.ts';
import type { Selection } from '../source/selection.ts';
import type { SourceSelection } from '../source/source-kind.ts';
import { requestOf } from './request-of.ts';
import { settleRestore } from './settle-restore.ts';

export type PlanWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'settings' | 'telemetry'> &
  Pick<VaultReader, 'store'> & {
    /** Of the kind that the planner is for. */
    readonly history: SourceSelection;
    /** The queue that the plan goes on in. */
    readonly planQueue: QueueName;
  };

/** The name of the step that a plan begins with. */
export const FIRST_STEP = '0';

const STOP_BEFORE_END_MS = 30_000;

type Planned = {
  readonly items: RestoreBatch['items'];
  /** Copied in parts, each in a message of its own: they must not hold the small ones up. */
  readonly large: RestoreBatch['items'];
  readonly counts: { planned: number; plannedBytes: number };
  /** Set when there is more: the last vault key that was looked at. */
  readonly stoppedAt?: string;
};

/**
 * Does one step of the plan of a running restore: reads on in the vault's history, as of the job's moment, and sends the objects to
 * bring back in batches. A step is counted before it is sent: the history up to a moment hardly changes, so whoever
 * comes after a handler that died reads the same part again and sends the same batches.
 */
export async function planRestore(
  job: Job,
  step: PlanStep,
  delivery: Delivery,
  world: PlanWorld,
): Promise<void> {
  const done = delivery.receiveCount > 1 ? await world.catalog.getStep(job.id, stepName(step)) : undefined;
  if (done === undefined) await countAndSend(job, step, delivery, world);
  else await sendAgain(job, step, done, world);
  await settleRestore(job.id, delivery, world);
}

async function countAndSend(job: Job, step: PlanStep, delivery: Delivery, world: PlanWorld): Promise<void> {
  const request = requestOf(job);
  // What is read as a whole could only be told what is left of by reading it again.
  const { resumable } = world.history;
  const limit = {
    keys: resumable ? world.settings.keysPerStep : Number.POSITIVE_INFINITY,
    timeIsShort: () => resumable && delivery.timeLeft() < STOP_BEFORE_END_MS,
  };
  const planned = await readOn(request, step, limit, world);
  const batches = batchesOf(planned);
  const next = nextStep(step, planned.stoppedAt, world.history.parts);
  const continuations = next === undefined ? [] : [JSON.stringify(next)];
  const record = {
    jobId: job.id,
    step: stepName(step),
    progress: { openRanges: continuations.length - 1, batchesQueued: batches.length, counts: planned.counts },
    problems: [],
    continuations,
    by: delivery.messageId,
  };
  const sending = {
    send: () => send(job, step, batches, continuations, world),
    replay: (counted: StepRecord) => sendAgain(job, step, counted, world),
  };
  await countThenSend(record, sending, world);
}

/**
 * The history up to a moment can still grow a little: by what is stored within the moment's own second, and by uploads that
 * are dated by when they began. The job waits for as many batches as were counted all the same.
 */
async function sendAgain(
  job: Job,
  step: PlanStep,
  { continuations, progress }: StepRecord,
  world: PlanWorld,
): Promise<void> {
  const [next] = continuations.map(parsePlanStep);
  const until = next?.part === step.part ? next.after : undefined;
  const limit = { keys: Number.POSITIVE_INFINITY, timeIsShort: () => false, until };
  const planned = await readOn(requestOf(job), step, limit, world);
  const batches = batchesOf(planned);
  const counted = progress.batchesQueued ?? 0;
  const fitting = batches.length === counted ? batches : intoExactly(batches.flat(), counted);
  await send(job, step, fitting, continuations, world);
}

async function send(
  job: Job,
  { step }: PlanStep,
  batches: ReadonlyArray<RestoreBatch['items']>,
  continuations: readonly string[],
  { queue, planQueue }: PlanWorld,
): Promise<void> {
  const bodies = batches.map((items, index) =>
    JSON.stringify({
      kind: 'restore',
      jobId: job.id,
      batch: `${step}.${index}`,
      items,
    } satisfies RestoreBatch),
  );
  await queue.send('restoreWork', bodies);
  await queue.send(planQueue, continuations);
}

function batchesOf({ items, large }: Planned): Array<RestoreBatch['items']> {
  return [...intoBatches(items), ...large.map((item) => [item])];
}

type Limit = {
  readonly keys: number;
  readonly timeIsShort: () => boolean;
  /** The last vault key to look at. */
  readonly until?: string | undefined;
};

async function readOn(
  selection: Selection,
  step: PlanStep,
  limit: Limit,
  world: PlanWorld,
): Promise<Planned> {
  const items: RestoreBatch['items'] = [];
  const large: RestoreBatch['items'] = [];
  const counts = { planned: 0, plannedBytes: 0 };
  let seen = 0;
  const reading = { most: world.settings.treeDocuments };
  for await (const { mark, selected } of world.history.lookThrough(
    step.part,
    selection,
    step.after,
    world,
    reading,
  )) {
    if (selected !== undefined) {
      const { key, vaultKey, version, lacking } = selected;
      const isLarge = version.size > world.settings.multipartThresholdBytes;
      (isLarge ? large : items).push({
        key,
        vaultKey,
        versionId: version.versionId,
        ...defined({ lacking }),
      });
      counts.planned++;
      counts.plannedBytes += version.size;
    }
    seen++;
    const full = seen >= limit.keys || (seen % 100 === 0 && limit.timeIsShort());
    if (full || mark === limit.until) return { items, large, counts, stoppedAt: mark };
  }
  return { items, large, counts };
}

function nextStep(
  step: PlanStep,
  stoppedAt: string | undefined,
  parts: SourceSelection['parts'],
): PlanStep | undefined {
  const { after: _, ...rest } = step;
  const next = { ...rest, step: String(Number(step.step) + 1) };
  if (stoppedAt !== undefined) return { ...next, after: stoppedAt };
  const part = parts[parts.indexOf(step.part) + 1];
  return part === undefined ? undefined : { ...next, part };
}

function stepName({ step }: PlanStep): string {
  return `plan-${step}`;
}
