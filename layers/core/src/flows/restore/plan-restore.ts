import { compileFilter } from '../../model/filter.ts';
import type { Job } from '../../model/job.ts';
import { intoBatches, type PlanStep, type RestoreBatch } from '../../model/messages.ts';
import type { Delivery, World } from '../dependencies.ts';
import { longStatesAt, plainStatesAt, type SourceStateAt } from '../source-history.ts';
import type { AcceptedRestore } from './accept-restore.ts';
import { requestOf } from './request-of.ts';
import { settleRestore } from './settle-restore.ts';

export type PlanWorld = Pick<World, 'store' | 'catalog' | 'queue' | 'clock' | 'settings' | 'telemetry'>;

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
 * Does one step of a restore's plan: reads on in the vault's history, as of the job's moment, and sends the objects to
 * bring back in batches. The history up to a moment does not change, so a step that is repeated sends the same.
 */
export async function planRestore(step: PlanStep, delivery: Delivery, world: PlanWorld): Promise<void> {
  const job = await world.catalog.getJob(step.jobId);
  if (job?.state !== 'running') return;
  const done = delivery.receiveCount > 1 ? await world.catalog.getStep(job.id, stepName(step)) : undefined;
  if (done === undefined) await planOn(job, step, delivery, world);
  else if (done.continuations.length > 0) await world.queue.send('restore', done.continuations);
  await settleRestore(job.id, world);
}

async function planOn(job: Job, step: PlanStep, delivery: Delivery, world: PlanWorld): Promise<void> {
  const planned = await readOn(requestOf(job), step, () => delivery.timeLeft() < STOP_BEFORE_END_MS, world);
  const batches = [...intoBatches(planned.items), ...planned.large.map((item) => [item])];
  await world.queue.send(
    'restoreWork',
    batches.map((items, index) =>
      JSON.stringify({
        kind: 'restore',
        jobId: job.id,
        batch: `${step.step}.${index}`,
        items,
      } satisfies RestoreBatch),
    ),
  );
  const next = nextStep(step, planned.stoppedAt);
  const continuations = next === undefined ? [] : [JSON.stringify(next)];
  const first = await world.catalog.completeStep({
    jobId: job.id,
    step: stepName(step),
    progress: { openRanges: continuations.length - 1, batchesQueued: batches.length, counts: planned.counts },
    problems: [],
    continuations,
  });
  if (first && continuations.length > 0) await world.queue.send('restore', continuations);
}

async function readOn(
  request: AcceptedRestore,
  step: PlanStep,
  timeIsShort: () => boolean,
  world: PlanWorld,
): Promise<Planned> {
  const wanted = compileFilter(request);
  const items: RestoreBatch['items'] = [];
  const large: RestoreBatch['items'] = [];
  const counts = { planned: 0, plannedBytes: 0 };
  let seen = 0;
  for await (const { key, vaultKey, current } of statesOf(request, step, world)) {
    if (current !== undefined && wanted(key)) {
      const isLarge = current.size > world.settings.multipartThresholdBytes;
      (isLarge ? large : items).push({ key, vaultKey, versionId: current.versionId });
      counts.planned++;
      counts.plannedBytes += current.size;
    }
    if (++seen >= world.settings.keysPerStep || (seen % 1000 === 0 && timeIsShort())) {
      return { items, large, counts, stoppedAt: vaultKey };
    }
  }
  return { items, large, counts };
}

function statesOf(request: AcceptedRestore, step: PlanStep, world: PlanWorld): AsyncGenerator<SourceStateAt> {
  const states = step.part === 'plain' ? plainStatesAt : longStatesAt;
  return states(request.bucket, request.prefix, request.at, step.after, world);
}

function nextStep(step: PlanStep, stoppedAt: string | undefined): PlanStep | undefined {
  const { after: _, ...rest } = step;
  const next = { ...rest, step: String(Number(step.step) + 1) };
  if (stoppedAt !== undefined) return { ...next, after: stoppedAt };
  return step.part === 'plain' ? { ...next, part: 'long' } : undefined;
}

function stepName({ step }: PlanStep): string {
  return `plan-${step}`;
}
