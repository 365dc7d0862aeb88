import pMap from 'p-map';
import { countAndSend, sendCounted } from '../jobs/counted-step.ts';
import { afterTheEnd } from '../jobs/end-job.ts';
import { isStoreError, messageOf } from '../model/errors.ts';
import type { Job, Problem } from '../model/job.ts';
import type { ExtrasStep } from '../model/messages.ts';
import type { ListedObject } from '../model/object.ts';
import type { QueueName } from '../model/queues.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { HeadResult } from '../ports/object-store.ts';
import type { Delivery, World } from '../ports/world.ts';
import type { HistoryOf } from '../source/source-kind.ts';
import { mayStillPass } from '../vault/denied.ts';
import { findExtras } from './find-extras.ts';
import { requestOf } from './request-of.ts';
import { settleRestore } from './settle-restore.ts';
import { targetWorld } from './target-world.ts';

export type ExtrasWorld = Pick<World, 'store' | 'catalog' | 'queue' | 'clock' | 'settings' | 'telemetry'> & {
  readonly historyOf: HistoryOf;
};

const STOP_BEFORE_END_MS = 60_000;

type Found = { readonly extras: ListedObject[]; readonly stoppedAt?: string };

/**
 * Does one step of an exact restore, after everything was brought back: first counts what the target has beyond the
 * source, all of it, and only if that is within what the request allows, deletes it.
 */
export async function deleteExtras(step: ExtrasStep, delivery: Delivery, world: ExtrasWorld): Promise<void> {
  const job = await world.catalog.getJob(step.jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  if (!(await sendCounted(job.id, stepName(step), toRestoreWork, world)))
    await doStep(job, step, delivery, world);
  await settleRestore(job.id, delivery, world);
}

async function doStep(job: Job, step: ExtrasStep, delivery: Delivery, world: ExtrasWorld): Promise<void> {
  const request = requestOf(job);
  const there = targetWorld(request, world);
  const found = await lookOn(request, step, delivery, there);
  const outcome = step.pass === 'count' ? countOnly(found) : await deleteAll(job, found, delivery, there);
  const total = (job.counts['extras'] ?? 0) + (step.pass === 'count' ? found.extras.length : 0);
  const next = nextStep(step, found.stoppedAt, total <= request.maxDeletions);
  const held = next === undefined && total > request.maxDeletions ? [tooMany(total, request)] : [];
  const continuations = next === undefined ? [] : [JSON.stringify(next)];
  const counted = {
    jobId: job.id,
    step: stepName(step),
    progress: {
      openRanges: continuations.length - 1,
      counts: { ...outcome.counts, ...(held.length > 0 ? { held: total } : {}) },
    },
    problems: [...outcome.problems, ...held],
    messages: continuations,
  };
  await countAndSend(counted, toRestoreWork, delivery, world);
}

function toRestoreWork(): QueueName {
  return 'restoreWork';
}

async function lookOn(
  request: AcceptedRestore,
  { after }: ExtrasStep,
  { timeLeft }: Delivery,
  world: ExtrasWorld,
): Promise<Found> {
  const extras: ListedObject[] = [];
  let seen = 0;
  const history = world.historyOf(request.source);
  for await (const { object, extra } of findExtras(request, after, { ...world, history })) {
    if (extra) extras.push(object);
    const full =
      ++seen >= world.settings.keysPerStep || (seen % 100 === 0 && timeLeft() < STOP_BEFORE_END_MS);
    if (full) return { extras, stoppedAt: object.key };
  }
  return { extras };
}

type Outcome = { readonly counts: Record<string, number>; readonly problems: Problem[] };

function countOnly({ extras }: Found): Outcome {
  return { counts: { extras: extras.length }, problems: [] };
}

async function deleteAll(
  job: Job,
  { extras, stoppedAt }: Found,
  delivery: Delivery,
  { store, settings }: ExtrasWorld,
): Promise<Outcome> {
  const { target } = requestOf(job);
  const problems = await pMap(extras, (extra) => deleteOne(target.bucket, extra, delivery, store), {
    concurrency: settings.concurrency,
  });
  const failed = problems.filter((problem) => problem !== undefined);
  const deleted = extras.length - failed.length;
  const isLast = stoppedAt === undefined;
  const counts = {
    deleted: isLast ? Math.max(deleted, uncounted(job) - failed.length) : deleted,
    failed: failed.length,
  };
  return { counts, problems: failed };
}

/** What was there to be deleted and no step has told of: a handler that died, or did the same twice, may have deleted it. */
function uncounted({ counts }: Job): number {
  return (counts['extras'] ?? 0) - (counts['deleted'] ?? 0) - (counts['failed'] ?? 0);
}

async function deleteOne(
  bucket: string,
  { key, etag }: ListedObject,
  { receiveCount }: Delivery,
  store: World['store'],
): Promise<Problem | undefined> {
  try {
    await store.hide({ bucket, key, ifMatch: etag });
    return undefined;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    if (error.code === 'precondition-failed' || error.code === 'not-found') {
      // It is gone when the same message, delivered twice, was faster elsewhere.
      return leftAlone(bucket, key, await store.head({ bucket, key }));
    }
    if (error.remedy === 'retry' || mayStillPass(error.code, receiveCount)) throw error;
    return { key, reason: 'not-deleted', detail: messageOf(error) };
  }
}

/** @returns undefined when nothing is there any more */
function leftAlone(bucket: string, key: string, head: HeadResult): Problem | undefined {
  if (!head.found && head.why === 'absent') return undefined;
  const why = head.found
    ? 'changed while it was to be deleted'
    : `was not as listed when it was to be deleted, and cannot be looked at ("${head.why}")`;
  return { key, reason: 'not-deleted', detail: `s3://${bucket}/${key} ${why}, and was left alone` };
}

function tooMany(total: number, { target, maxDeletions }: AcceptedRestore): Problem {
  const detail =
    `s3://${target.bucket}/${target.prefix} has ${total} objects beyond what was restored, more than the ${maxDeletions} ` +
    'that may be deleted: nothing was deleted; the same restore with a higher "maxDeletions" does it';
  return { key: '', reason: 'held-deletions', detail };
}

function nextStep(
  step: ExtrasStep,
  stoppedAt: string | undefined,
  mayDelete: boolean,
): ExtrasStep | undefined {
  const { after: _, ...rest } = step;
  if (stoppedAt !== undefined) return { ...rest, step: String(Number(step.step) + 1), after: stoppedAt };
  return step.pass === 'count' && mayDelete ? { ...rest, pass: 'delete', step: '0' } : undefined;
}

function stepName({ pass, step }: ExtrasStep): string {
  return `extras-${pass}-${step}`;
}
