import { endJob, failJob } from '../jobs/end-job.ts';
import { type Deletions, settleJob } from '../jobs/settle-job.ts';
import { messageOf } from '../model/errors.ts';
import { isDrained, type Job } from '../model/job.ts';
import type { ExtrasStep } from '../model/messages.ts';
import { formatMoment } from '../model/moment.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import type { Delivery, World } from '../ports/world.ts';
import { requestOf } from './request-of.ts';

type SettleWorld = Pick<World, 'catalog' | 'queue' | 'clock'>;

/** Takes a restore further: to what an exact one deletes, or to its end. See {@link settleJob}. */
export function settleRestore(
  jobId: string,
  delivery: Pick<Delivery, 'messageId' | 'receiveCount'>,
  world: SettleWorld,
): Promise<void> {
  const deletions: Deletions = {
    from: 'work',
    isDue: (job) => isDrained(job) && deletesExtras(job),
    firstStep: 'extras-count-0',
    send: (job) => sendExtras(job, world),
  };
  return settleJob(jobId, { deletions, finish: (job) => finish(job, delivery, world) }, delivery, world);
}

/** Where something was not brought back, what is there in its place may be all there is: nothing is deleted then. */
function deletesExtras(job: Job): boolean {
  return requestOf(job).exact && planned(job) > 0 && troubles(job) === 0;
}

function planned({ counts }: Job): number {
  return counts['planned'] ?? 0;
}

function troubles({ counts }: Job): number {
  return (counts['conflicts'] ?? 0) + (counts['failed'] ?? 0) + (counts['held'] ?? 0);
}

async function sendExtras({ id: jobId }: Job, { queue }: SettleWorld): Promise<void> {
  const step: ExtrasStep = { kind: 'extras', jobId, step: '0', pass: 'count' };
  await queue.send('restoreWork', [JSON.stringify(step)]);
}

async function finish(
  job: Job,
  { messageId: endedBy }: Pick<Delivery, 'messageId'>,
  world: SettleWorld,
): Promise<void> {
  await endJob(job, { ...endOf(job), finishedAt: world.clock(), endedBy }, world);
}

type End = { state: 'done' | 'partial' | 'failed'; message?: string };

function endOf(job: Job): End {
  const request = requestOf(job);
  if (planned(job) === 0) return nothing(request);
  if (troubles(job) === 0) return { state: 'done' };
  if (request.exact && job.phase === 'work') {
    return {
      state: 'partial',
      message: 'not everything was brought back, so nothing was deleted at the target',
    };
  }
  return { state: 'partial' };
}

/** A restore of nothing is what a mistyped prefix or moment looks like; only of changes there can rightly be none. */
function nothing({ source, prefix, at, changedSince, deletedOnly }: AcceptedRestore): End {
  const place = `${source}/${prefix}`;
  const when = `as of ${formatMoment(at)}`;
  if (deletedOnly) return { state: 'done', message: `nothing under ${place} had been deleted ${when}` };
  if (changedSince !== undefined) {
    const message = `nothing under ${place} changed between ${formatMoment(changedSince)} and ${formatMoment(at)}`;
    return { state: 'done', message };
  }
  const message = `the vault holds nothing under ${place} ${when} that was asked for: nothing was restored`;
  return { state: 'failed', message };
}

/** Ends a restore whose plan could not be read. What was restored stays, and the report has it. */
export async function failRestore(
  jobId: string,
  error: unknown,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
  world: SettleWorld,
): Promise<void> {
  const message = `the vault's history could not be read: ${messageOf(error)}; the same restore again does what is left`;
  await failJob(await world.catalog.getJob(jobId), message, delivery, world);
}
