import * as v from 'valibot';
import { HoldfastError, InvalidInputError, messageOf } from '../../model/errors.ts';
import { type AskedBy, type Job, JobIdSchema, jobIs, nextJobId } from '../../model/job.ts';
import type { ResumeMessage } from '../../model/messages.ts';
import type { Delivery, World } from '../dependencies.ts';
import {
  type AcceptWorld,
  askedBy,
  checkExact,
  checkTarget,
  newJob,
  reject,
  sendFirstStep,
} from './accept-restore.ts';
import { requestIn, requestOf } from './request-of.ts';

/**
 * Goes on with a restore that was cancelled, failed or left something: the same request, with the moment it had, as a job
 * of its own, which finds what is already right. The same message again changes nothing.
 *
 * @returns the id of the job
 */
export async function resumeRestore(
  { resume }: ResumeMessage,
  body: string,
  delivery: Pick<Delivery, 'messageId' | 'sender'>,
  world: AcceptWorld,
): Promise<string> {
  const asked = askedBy(body, delivery);
  try {
    const job = await findResumable(resume, world);
    const request = requestOf(job);
    checkExact(request, world);
    await checkTarget(request, world);
    return await begin(job, asked, world);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.remedy !== 'user') throw error;
    const jobId = `restore-${delivery.messageId}`;
    await reject(jobId, body, messageOf(error), asked, world);
    return jobId;
  }
}

/** A restore that something is left of. @throws {InvalidInputError} for any other job */
export async function findResumable(jobId: string, { catalog }: Pick<World, 'catalog'>): Promise<Job> {
  const job = await catalog.getJob(jobId);
  if (job === undefined) throw new InvalidInputError(`there is no job "${jobId}": holdfast jobs lists them`);
  const why = whyNot(job);
  if (why !== undefined) throw new InvalidInputError(`job ${jobId} cannot be resumed: ${why}`);
  return job;
}

function whyNot(job: Job): string | undefined {
  const { id, kind, state, source } = job;
  if (kind === 'reconcile') return `holdfast reconcile ${source} compares anew`;
  if (kind === 'verify') return `holdfast verify ${source} checks anew`;
  if (state === 'running') return `it is running; holdfast job ${id} --wait follows it`;
  if (state === 'done') return 'it is done, and nothing is left of it';
  if (source === 'unknown') return 'its request was refused, and has to be sent again as it should be';
  if (requestIn(job) === undefined)
    return 'it was done by the command line: the same command again does what is left';
  if (!v.is(JobIdSchema, nextJobId(job)))
    return 'its name leaves no room for another number; restore again under another --job-id';
  return undefined;
}

/**
 * The job that goes on with another, if there is one.
 * @throws {InvalidInputError} when its name belongs to a job that has nothing to do with it
 */
export async function findContinuation(
  job: Job,
  { catalog }: Pick<World, 'catalog'>,
): Promise<Job | undefined> {
  const next = await catalog.getJob(nextJobId(job));
  if (next === undefined || next.continues === job.id) return next;
  throw new InvalidInputError(
    `job ${job.id} cannot be resumed: there is another job "${next.id}"; it ${jobIs(next.state)}`,
  );
}

async function begin(job: Job, askedBy: AskedBy, world: AcceptWorld): Promise<string> {
  const id = nextJobId(job);
  const row = { ...newJob(id, job.source, job.request, world), askedBy, continues: job.id };
  if (!(await world.catalog.createJob(row))) {
    const known = await findContinuation(job, world);
    if (known?.state !== 'running') return id;
  }
  // Begun before, and perhaps not sent on: the first step is counted once.
  await sendFirstStep(id, world);
  return id;
}
