import type { QueueName } from '../model/queues.ts';
import type { StepRecord } from '../ports/catalog.ts';
import type { Delivery, World } from '../ports/world.ts';

export type CountingWorld = Pick<World, 'catalog' | 'queue'>;

/** A step that was done, with the bodies of all messages that follow from it. */
export type DoneStep = Pick<StepRecord, 'jobId' | 'step' | 'progress' | 'problems'> & {
  readonly messages: readonly string[];
};

/** How what follows from a step is sent. */
export type Sending<Result> = {
  /** What was made when the step was done. */
  readonly send: () => Promise<Result>;
  /** The same, from what was counted: stored with the count, or made again from it. */
  readonly replay: (counted: StepRecord) => Promise<Result>;
};

/**
 * Counts a step, and only then sends what follows from it: what is counted is sent for certain, since a redelivery finds the
 * count and sends it again. Whoever counted the step goes on with it. If that was this very message, with another handler at
 * the same time, then that one may have died before it sent, and the message does not come a third time.
 *
 * @param record with the id of the message as `by`; without it, whoever finds the step counted sends again
 * @returns undefined when it is for another message's handler to send
 */
export async function countThenSend<Result>(
  record: StepRecord,
  { send, replay }: Sending<Result>,
  { catalog }: Pick<World, 'catalog'>,
): Promise<Result | undefined> {
  if (await catalog.completeStep(record)) return send();
  const counted = await catalog.getStep(record.jobId, record.step);
  return counted !== undefined && counted.by === record.by ? replay(counted) : undefined;
}

/**
 * Counts a step with the bodies of what follows from it, as {@link countThenSend}: a redelivery finds them with the count.
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
  const record = { ...step, continuations: messages, by: messageId };
  const sendOn = ({ continuations }: StepRecord) => sendEach(continuations, queueOf, world);
  const send = () => sendOn(record).then(() => true);
  const replay = (counted: StepRecord) => sendOn(counted).then(() => false);
  return (await countThenSend(record, { send, replay }, world)) ?? false;
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
