import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { endJob } from '../jobs/end-job.ts';
import type { JobKinds, ResumeFacts } from '../jobs/job-kind.ts';
import type { AddressBook } from '../model/address.ts';
import { sourceUri } from '../model/bucket-uri.ts';
import { defined } from '../model/defined.ts';
import { HoldfastError, InvalidInputError, messageOf } from '../model/errors.ts';
import { compileFilter } from '../model/filter.ts';
import { type AskedBy, AskedNameSchema, type Job, JobIdSchema } from '../model/job.ts';
import type { PlanStep } from '../model/messages.ts';
import { formatMoment } from '../model/moment.ts';
import { parseRestoreMessage, type RestoreRequest } from '../model/restore-request.ts';
import type { Delivery, VaultReader, World } from '../ports/world.ts';
import { FIRST_STEP } from './plan-restore.ts';
import { requestIn } from './request-of.ts';

export type AcceptWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'settings' | 'telemetry'> &
  Pick<VaultReader, 'store'> & {
    /** How sources of every kind are named: a request may name any. */
    readonly addresses: AddressBook;
    /** A request may name a job of any kind to go on with. */
    readonly jobKinds: JobKinds<ResumeFacts>;
  };

/**
 * Accepts the message of a restore: makes the job and sends the first step of its plan. A message that is wrong ends
 * as a failed job with the reason and is not retried; the same `jobId` again changes nothing.
 *
 * The job's row is the verdict on its message. Whoever has the message later, or at the same time, carries that out and
 * judges nothing anew: what was checked can be otherwise by then, and the job would wait for a first step that nobody sends.
 *
 * @returns the job's id
 */
export async function acceptRestore(
  body: string,
  delivery: Pick<Delivery, 'messageId' | 'sender' | 'sentAt'>,
  world: AcceptWorld,
): Promise<string> {
  const { catalog } = world;
  const jobId = fieldOf('jobId', JobIdSchema, body) ?? `restore-${delivery.messageId}`;
  const asked = askedBy(body, delivery);
  let known = await catalog.getJob(jobId);
  if (known === undefined) {
    const job = { ...(await judge(jobId, body, delivery, world)), askedBy: asked };
    const isFirst = await catalog.createJob(job);
    known = isFirst ? job : await catalog.getJob(jobId);
  }
  if (known !== undefined && isVerdictOn(known, body, world)) await carryOut(known, world);
  else await rejectBeside(jobId, body, asked, world);
  return jobId;
}

/** The row of the job that a message makes: one to be done, or one to be ended, with the reason. */
async function judge(
  jobId: string,
  body: string,
  delivery: Pick<Delivery, 'sentAt'>,
  world: AcceptWorld,
): Promise<Job> {
  try {
    const { jobId: _, ...request } = parseRestoreMessage(body, world.addresses);
    checkMoment(request, world);
    checkExact(request, world);
    checkAcls(request, world);
    await checkTarget(request, world);
    await checkSource(request, world);
    // What is captured while the message waits, or is delivered again, is no part of it.
    const at = request.at ?? delivery.sentAt ?? world.clock();
    return newJob(jobId, request.source, { ...request, at }, world);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.remedy !== 'user') throw error;
    return rejectedJob(jobId, body, messageOf(error), world);
  }
}

/** Whether a job was made of a message with this body, by whichever of its deliveries. */
function isVerdictOn(job: Job, body: string, { addresses }: Pick<AcceptWorld, 'addresses'>): boolean {
  if (rejectedBody(job) !== undefined) return rejectedBody(job) === kept(body);
  try {
    const { jobId: _, ...request } = parseRestoreMessage(body, addresses);
    return isSameRequest(job, request);
  } catch {
    return false;
  }
}

/**
 * Has the plan of an accepted job begun, and ends a rejected one. Sent twice, the first step is counted once.
 *
 * @returns the job's id
 */
export async function carryOut(job: Job, world: AcceptWorld): Promise<string> {
  if (rejectedBody(job) !== undefined) {
    const message = job.message ?? 'the message was refused';
    await endJob(job, { state: 'failed', finishedAt: world.clock(), message }, world);
  } else if (job.kind === 'restore' && job.state === 'running') await sendFirstStep(job, world);
  return job.id;
}

/** One field of a message, however wrong the rest of it is. */
function fieldOf(name: string, schema: v.GenericSchema<string>, body: string): string | undefined {
  try {
    const parsed = v.safeParse(v.object({ [name]: schema }), JSON.parse(body));
    return parsed.success ? parsed.output[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Who sent a message, as far as it is known. */
export function askedBy(body: string, { sender }: Pick<Delivery, 'sender'>): AskedBy {
  return defined({ sender, name: fieldOf('askedBy', AskedNameSchema, body) });
}

/** Refuses a source of which the vault has nothing: a mistyped name must not pass for a restore of nothing. */
async function checkSource(
  { source }: RestoreRequest,
  { store, settings, addresses }: AcceptWorld,
): Promise<void> {
  try {
    for (const prefix of addresses.of(source).vaultPrefixes(source)) {
      const { versions } = await store.listVersions({ bucket: settings.vault, prefix, limit: 1 });
      if (versions.length > 0) return;
    }
  } catch {
    // A vault that does not answer is for the plan to wait for, and to tell of.
    return;
  }
  throw new InvalidInputError(`the vault holds nothing of ${source}; holdfast sources shows what it has`);
}

// Clocks differ a little.
const TOLERANCE_MS = 60_000;

/** Refuses to delete where the stack's owner did not allow it. @throws {InvalidInputError} */
export function checkExact(
  { exact }: Pick<RestoreRequest, 'exact'>,
  { settings }: Pick<World, 'settings'>,
): void {
  if (!exact || settings.exactRestores) return;
  throw new InvalidInputError(
    'restores of this stack may not delete at their target: leave "exact" out, or deploy with ExactRestores=true (and protect sources again that are to be restored in place)',
  );
}

/** Refuses to write ACLs where the stack's owner did not allow it. @throws {InvalidInputError} */
export function checkAcls(
  { acls }: Pick<RestoreRequest, 'acls'>,
  { settings }: Pick<World, 'settings'>,
): void {
  if (!acls || settings.aclRestores) return;
  throw new InvalidInputError(
    'restores of this stack may not write ACLs: leave "acls" out, or deploy with AclRestores=true (and protect sources again that are to be restored in place)',
  );
}

/** Refuses a moment to come: what it will hold is not settled. */
function checkMoment({ at }: RestoreRequest, { clock }: AcceptWorld): void {
  if (at === undefined || at <= clock() + TOLERANCE_MS) return;
  throw new InvalidInputError(`${formatMoment(at)} is still to come; leave "at" out for now`);
}

/**
 * Refuses what must not be written to: the vault, the source's own keys, buckets nobody allowed.
 *
 * @throws {InvalidInputError}
 */
export async function checkTarget(
  { source, target }: Pick<RestoreRequest, 'source' | 'target'>,
  { catalog, settings }: Pick<World, 'catalog' | 'settings'>,
): Promise<void> {
  if (target.bucket === settings.vault || source === sourceUri(settings.vault)) {
    throw new InvalidInputError(`${sourceUri(settings.vault)} is the vault itself; name another bucket`);
  }
  if (settings.restoreTargets.some((pattern) => compileFilter({ include: [pattern] })(target.bucket))) return;
  if ((await catalog.getSource(sourceUri(target.bucket)))?.state === 'protected') return;
  throw new InvalidInputError(
    `restores may not write to ${sourceUri(target.bucket)}: allowed are protected buckets and ` +
      `${settings.restoreTargets.join(', ')}; the stack's parameter RestoreTargets allows more`,
  );
}

async function sendFirstStep(
  { id: jobId, source }: Job,
  { addresses, queue }: Pick<AcceptWorld, 'addresses' | 'queue'>,
): Promise<void> {
  const step: PlanStep = { kind: 'plan', jobId, step: FIRST_STEP, part: 'plain' };
  await queue.send(addresses.of(source).planQueue, [JSON.stringify(step)]);
}

/** Where the message names no moment, each delivery has another one, and it says nothing. */
function isSameRequest(known: Job, asked: Omit<RestoreRequest, 'jobId'>): boolean {
  const request = requestIn(known);
  if (request === undefined) return false;
  const { at: knownAt, ...knownRest } = request;
  const { at = knownAt, ...rest } = asked;
  return isDeepStrictEqual(knownRest, rest) && at === knownAt;
}

/** The row of a restore that begins. */
export function newJob(id: string, source: string, request: unknown, { clock }: Pick<World, 'clock'>): Job {
  return {
    id,
    kind: 'restore',
    source,
    state: 'running',
    phase: 'work',
    trigger: 'message',
    startedAt: clock(),
    openRanges: 1,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
    request,
  };
}

/** The row of a message that is wrong, with the reason: it is ended by {@link carryOut}. */
export function rejectedJob(
  id: string,
  body: string,
  why: string,
  world: Pick<World, 'clock' | 'telemetry'>,
): Job {
  // The reason, which may quote the request, is in the job and its report.
  world.telemetry.warn('restore request rejected', { jobId: id });
  return { ...newJob(id, 'unknown', { rejected: kept(body) }, world), message: why };
}

/** As much of a message as a job's row keeps. */
function kept(body: string): string {
  return body.slice(0, 2000);
}

function rejectedBody({ request }: Pick<Job, 'request'>): string | undefined {
  const parsed = v.safeParse(v.object({ rejected: v.string() }), request);
  return parsed.success ? parsed.output.rejected : undefined;
}

/** Another message under the id of a job that exists must not touch that job: it is rejected as a job of its own. */
async function rejectBeside(
  jobId: string,
  body: string,
  askedBy: AskedBy,
  world: AcceptWorld,
): Promise<void> {
  const id = `${jobId.slice(0, 100)}.rejected-${shortHash(body)}`;
  const job = { ...rejectedJob(id, body, whyBeside(jobId, body, world), world), askedBy };
  await world.catalog.createJob(job);
  // Begun by an earlier delivery, which may have died before it came to an end.
  await carryOut((await world.catalog.getJob(id)) ?? job, world);
}

function whyBeside(jobId: string, body: string, { addresses }: Pick<AcceptWorld, 'addresses'>): string {
  try {
    parseRestoreMessage(body, addresses);
    return `the job id "${jobId}" belongs to another request; choose another id`;
  } catch (error) {
    return messageOf(error);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
