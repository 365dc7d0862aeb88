import * as v from 'valibot';
import { HoldfastError } from '../../model/errors.ts';
import { PlanStepSchema, ResumeMessageSchema } from '../../model/messages.ts';
import type { Delivery } from '../dependencies.ts';
import { afterTheEnd } from '../end-job.ts';
import { type AcceptWorld, acceptRestore } from './accept-restore.ts';
import { planRestore } from './plan-restore.ts';
import { resumeRestore } from './resume-restore.ts';
import { failRestore } from './settle-restore.ts';

/**
 * Does one message of the restore queue: a request of a person or program, to restore or to go on with a restore, or
 * the next step of a plan. A plan that
 * cannot be read ends its job as failed, at once or after the last delivery.
 */
export async function handleRestoreMessage(
  body: string,
  delivery: Delivery,
  world: AcceptWorld,
): Promise<void> {
  const step = read(PlanStepSchema, body);
  if (step === undefined) {
    const resume = read(ResumeMessageSchema, body);
    if (resume === undefined) await acceptRestore(body, delivery, world);
    else await resumeRestore(resume, body, delivery, world);
    return;
  }
  try {
    const job = await world.catalog.getJob(step.jobId);
    if (job?.state !== 'running') return await afterTheEnd(job, delivery, world);
    const { history } = world.kinds.of(job.source);
    await planRestore(job, step, delivery, { ...world, history });
  } catch (error) {
    const final = error instanceof HoldfastError && error.remedy === 'user';
    if (!final && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failRestore(step.jobId, error, delivery, world);
  }
}

function read<T extends v.GenericSchema>(schema: T, body: string): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
