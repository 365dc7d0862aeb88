import * as v from 'valibot';
import { ContentionError, HoldfastError, InvalidInputError, messageOf } from '../model/errors.ts';
import { type Job, JobIdSchema, jobIs, nextJobId } from '../model/job.ts';
import type { ResumeMessage } from '../model/messages.ts';
import type { Delivery, World } from '../ports/world.ts';
import {
  type AcceptWorld,
  askedBy,
  carryOut,
  checkExact,
  checkTarget,
  newJob,
  rejectedJob,
} from './accept-restore.ts';
import { requestIn, requestOf } from './request-of.ts';

/**
 * Goes on with a restore that was cancelled, failed or left something: the same request, with the moment it had, as a job
 * of its own, which finds what is already right. The same message again changes nothing: as with a restore, what was
 * decided about it is carried out, and not decided anew.
 *
 * @returns the id of the job
 */
export async function resumeRestore(
  { resume }: ResumeMessage,
  body: string,
  delivery: Pick<Delivery, 'messageId' | 'sender'>,
  world: AcceptWorld,
): Promise<string> {
  const { catalog } = world;
  const rejectedId = `restore-${delivery.messageId}`;
  const known = (await catalog.getJob(rejectedId)) ?? (await continuationOf(resume, world));
  if (known !== undefined) return carryOut(known, world);
  const job = await judge(resume, rejectedId, body, world);
  const isFirst = await catalog.createJob({ ...job, askedBy: askedBy(body, delivery) });
  const made = isFirst ? job : await catalog.getJob(job.id);
  if (made === undefined || made.continues !== job.continues)
    throw new ContentionError(`the id of job ${job.id} was taken meanwhile`);
  return carryOut(made, world);
}

/** The row of the job that goes on, or of the rejected message. */
async function judge(resume: string, rejectedId: string, body: string, world: AcceptWorld): Promise<Job> {
  try {
    const job = await findResumable(resume, world);
    const request = requestOf(job);
    checkExact(request, world);
    await checkTarget(request, world);
    await findContinuation(job, world);
    return { ...newJob(nextJobId(job), job.source, job.request, world), continues: job.id };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.remedy !== 'user') throw error;
    return rejectedJob(rejectedId, body, messageOf(error), world);
  }
}

/** What an earlier delivery, or an earlier message, made of the wish to go on with a job. */
async function continuationOf(resume: string, { catalog }: AcceptWorld): Promise<Job | undefined> {
  const job = await catalog.getJob(resume);
  const next = job && (await catalog.getJob(nextJobId(job)));
  return next?.continues === resume ? next : undefined;
}

/** A restore that something is left of. @throws {InvalidInputError} for any other job */
export async function findResumable(
  jobId: string,
  { catalog, jobKinds }: Pick<AcceptWorld, 'catalog' | 'jobKinds'>,
): Promise<Job> {
  const job = await catalog.getJob(jobId);
  if (job === undefined) throw new InvalidInputError(`there is no job "${jobId}": holdfast jobs lists them`);
  const why = jobKinds.of(job).whyNotResumed(job) ?? whyNot(job);
  if (why !== undefined) throw new InvalidInputError(`job ${jobId} cannot be resumed: ${why}`);
  return job;
}

function whyNot(job: Job): string | undefined {
  const { id, state, source } = job;
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
