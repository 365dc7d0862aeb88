import * as v from 'valibot';
import { PlanStepSchema, ResumeMessageSchema } from '../model/messages.ts';
import type { Delivery } from '../ports/world.ts';
import { type AcceptWorld, acceptRestore } from './accept-restore.ts';
import { handlePlanStep } from './handle-plan-step.ts';
import type { PlanWorld } from './plan-restore.ts';
import { resumeRestore } from './resume-restore.ts';

/**
 * Does one message of the restore queue: a request of a person or program, to restore or to go on with a restore; or a step
 * of a plan of the kind that plans here.
 */
export async function handleRestoreMessage(
  body: string,
  delivery: Delivery,
  world: AcceptWorld & PlanWorld,
): Promise<void> {
  const step = read(PlanStepSchema, body);
  if (step !== undefined) return handlePlanStep(step, delivery, world);
  const resume = read(ResumeMessageSchema, body);
  if (resume === undefined) await acceptRestore(body, delivery, world);
  else await resumeRestore(resume, body, delivery, world);
}

function read<T extends v.GenericSchema>(schema: T, body: string): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
