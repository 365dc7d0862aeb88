import { HoldfastError } from '@holdfast/core/model/errors.ts';
import { QUEUES, type QueueName } from '@holdfast/core/model/queues.ts';
import type { SendOptions, WorkQueue } from '@holdfast/core/ports/work-queue.ts';
import { Requests } from './requests.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Queues in memory. What is sent stays until a test takes it. */
export class MemoryWorkQueue implements WorkQueue {
  readonly requests = new Requests<keyof WorkQueue>();
  readonly #queues = new Map<QueueName, string[]>();
  /** What was sent for later: it waits until a test lets it come. */
  readonly delayed: Array<{ readonly queue: QueueName; readonly body: string; readonly seconds: number }> =
    [];

  send(queue: QueueName, bodies: readonly string[], { delaySeconds = 0 }: SendOptions = {}): Promise<void> {
    return this.requests.run('send', [queue, bodies], () => {
      if (bodies.some((body) => Buffer.byteLength(body) > MAX_MESSAGE_BYTES)) {
        throw new HoldfastError(`a message for the ${queue} queue is larger than SQS takes (1 MiB)`, 'fatal');
      }
      if (delaySeconds > 0)
        this.delayed.push(...bodies.map((body) => ({ queue, body, seconds: delaySeconds })));
      else this.#queues.set(queue, [...this.waiting(queue), ...bodies]);
    });
  }

  /** Bodies that were sent and not yet taken, oldest first. */
  waiting(queue: QueueName): readonly string[] {
    return this.#queues.get(queue) ?? [];
  }

  /** Takes all that wait in a queue, or the oldest few. */
  take(queue: QueueName, limit = Number.POSITIVE_INFINITY): string[] {
    const waiting = this.waiting(queue);
    this.#queues.set(queue, waiting.slice(limit));
    return waiting.slice(0, limit);
  }

  /** True when nothing waits anywhere. */
  get idle(): boolean {
    return QUEUES.every((queue) => this.waiting(queue).length === 0);
  }
}
