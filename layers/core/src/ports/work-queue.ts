import type { QueueName } from '../model/queues.ts';

/** `delaySeconds`: not to be delivered before; SQS allows 900. */
export type SendOptions = { readonly delaySeconds?: number };

/**
 * Sends work, all of it or, asked to send none, nothing. At least once, unordered.
 * @throws a HoldfastError with remedy `retry` when not all messages were accepted; sending again is harmless
 */
export interface WorkQueue {
  send(queue: QueueName, bodies: readonly string[], options?: SendOptions): Promise<void>;
}
