import * as v from 'valibot';
import { PlanStepSchema } from '../../model/messages.ts';
import type { Delivery } from '../dependencies.ts';
import { acceptRestore } from './accept-restore.ts';
import { type PlanWorld, planRestore } from './plan-restore.ts';

/** Does one message of the restore queue: a request of a person or program, or the next step of a plan. */
export async function handleRestoreMessage(
  body: string,
  delivery: Delivery,
  world: PlanWorld,
): Promise<void> {
  const step = readStep(body);
  if (step === undefined) await acceptRestore(body, delivery, world);
  else await planRestore(step, delivery, world);
}

function readStep(body: string) {
  try {
    const parsed = v.safeParse(PlanStepSchema, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
