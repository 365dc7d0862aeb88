import * as v from 'valibot';
import { HoldfastError } from '../../model/errors.ts';
import { PlanStepSchema } from '../../model/messages.ts';
import type { Delivery } from '../dependencies.ts';
import { acceptRestore } from './accept-restore.ts';
import { type PlanWorld, planRestore } from './plan-restore.ts';
import { failRestore } from './settle-restore.ts';

/**
 * Does one message of the restore queue: a request of a person or program, or the next step of a plan. A plan that
 * cannot be read ends its job as failed, at once or after the last delivery.
 */
export async function handleRestoreMessage(
  body: string,
  delivery: Delivery,
  world: PlanWorld,
): Promise<void> {
  const step = readStep(body);
  if (step === undefined) {
    await acceptRestore(body, delivery, world);
    return;
  }
  try {
    await planRestore(step, delivery, world);
  } catch (error) {
    const final = error instanceof HoldfastError && error.remedy === 'user';
    if (!final && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failRestore(step.jobId, error, world);
  }
}

function readStep(body: string) {
  try {
    const parsed = v.safeParse(PlanStepSchema, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
