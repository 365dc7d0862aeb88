import { afterTheEnd, endJob } from '../jobs/end-job.ts';
import type { AddressBook } from '../model/address.ts';
import { HoldfastError, InvalidInputError, messageOf } from '../model/errors.ts';
import type { Job } from '../model/job.ts';
import type { PlanStep } from '../model/messages.ts';
import type { Delivery } from '../ports/world.ts';
import { checkMap } from './check-map.ts';
import { FIRST_STEP, type PlanWorld, planRestore } from './plan-restore.ts';
import { requestOf } from './request-of.ts';
import { failRestore } from './settle-restore.ts';

/**
 * Does one step of a plan. A plan that cannot be read ends its job as failed, at once or after the last delivery. A step of
 * another kind's plan, as an earlier release sent it here, is sent on to where it belongs.
 */
export async function handlePlanStep(
  step: PlanStep,
  delivery: Delivery,
  world: PlanWorld & { readonly addresses: AddressBook },
): Promise<void> {
  try {
    const job = await world.catalog.getJob(step.jobId);
    if (job?.state !== 'running') return await afterTheEnd(job, delivery, world);
    const { planQueue } = world.addresses.of(job.source);
    if (planQueue !== world.planQueue) return await world.queue.send(planQueue, [JSON.stringify(step)]);
    const refused = await refusalOf(job, step, world);
    if (refused === undefined) await planRestore(job, step, delivery, world);
    else await refuse(job, refused, delivery, world);
  } catch (error) {
    const final = error instanceof HoldfastError && error.remedy === 'user';
    if (!final && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failRestore(step.jobId, error, delivery, world);
  }
}

/** What only whoever reads the source can find wrong with a request, before anything is planned. */
async function refusalOf(job: Job, { step }: PlanStep, world: PlanWorld): Promise<string | undefined> {
  if (step !== FIRST_STEP) return undefined;
  try {
    await checkMap(requestOf(job), world.history, world);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return messageOf(error);
    throw error;
  }
}

async function refuse(
  job: Job,
  message: string,
  { messageId: endedBy }: Pick<Delivery, 'messageId'>,
  world: PlanWorld,
): Promise<void> {
  await endJob(job, { state: 'failed', finishedAt: world.clock(), endedBy, message }, world);
}
