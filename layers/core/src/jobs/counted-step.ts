import type { QueueName } from '../model/queues.ts';
import type { StepRecord } from '../ports/catalog.ts';
import type { Delivery, World } from '../ports/world.ts';

export type CountingWorld = Pick<World, 'catalog' | 'queue'>;

/** A step that was done, with the bodies of all messages that follow from it. */
export type DoneStep = Pick<StepRecord, 'jobId' | 'step' | 'progress' | 'problems'> & {
  readonly messages: readonly string[];
};

/**
 * Counts a step, and only then sends what follows from it: what is counted is sent for certain, since the bodies are kept
 * with the count, and a redelivery finds them there.
 *
 * @param queueOf the queue that a body belongs in
 * @returns false when another handler counted the step, with other messages than these
 */
export async function countAndSend(
  { messages, ...step }: DoneStep,
  queueOf: (body: string) => QueueName,
  { messageId }: Pick<Delivery, 'messageId'>,
  world: CountingWorld,
): Promise<boolean> {
  const first = await world.catalog.completeStep({ ...step, continuations: messages, by: messageId });
  if (first) {
    await sendEach(messages, queueOf, world);
    return true;
  }
  // Whoever counted the step goes on with it. If that was this very message, with another handler at the same time, then
  // that one may have died before it sent, and the message does not come a third time.
  const counted = await world.catalog.getStep(step.jobId, step.step);
  if (counted?.by === messageId) await sendEach(counted.continuations, queueOf, world);
  return false;
}

/**
 * For a message that was delivered before: sends again what its step was counted with.
 * @returns false when the step was not counted yet: it has to be done
 */
export async function sendCounted(
  jobId: string,
  step: string,
  queueOf: (body: string) => QueueName,
  world: CountingWorld,
): Promise<boolean> {
  const counted = await world.catalog.getStep(jobId, step);
  if (counted === undefined) return false;
  await sendEach(counted.continuations, queueOf, world);
  return true;
}

async function sendEach(
  bodies: readonly string[],
  queueOf: (body: string) => QueueName,
  { queue }: CountingWorld,
): Promise<void> {
  for (const [name, own] of Map.groupBy(bodies, queueOf)) await queue.send(name, own);
}
