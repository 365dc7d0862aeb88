import type { Delivery, PulseWorld } from '../../../ports/world.ts';
import { parseReconcileQueue } from '../model/pulse.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { pulse } from './pulse.ts';

/** Does one message of the queue `reconcile`: a step of a reconcile, or an hourly check. */
export function handleReconcileQueue(body: string, delivery: Delivery, world: PulseWorld): Promise<void> {
  const message = parseReconcileQueue(body);
  return message.kind === 'pulse' ? pulse(message, delivery, world) : reconcile(message, delivery, world);
}
