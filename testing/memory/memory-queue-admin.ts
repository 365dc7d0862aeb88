import { QUEUES, type QueueName } from '@holdfast/core/model/queues.ts';
import type { DeadLetter, QueueAdmin, QueueDepth } from '../../operations/ports.ts';
import type { MemoryWorkQueue } from './memory-work-queue.ts';

/** The queues in memory, and the dead letters that a test puts there. */
export class MemoryQueueAdmin implements QueueAdmin {
  /** Messages that a function has at the moment. */
  inFlight = 0;
  /** After so many messages sending back fails. */
  failsAfter = Number.POSITIVE_INFINITY;
  readonly #queue: MemoryWorkQueue;
  #dead: DeadLetter[] = [];

  constructor(queue: MemoryWorkQueue) {
    this.#queue = queue;
  }

  /** Gives a message up. */
  bury(queue: QueueName, body: string, sentAt: number): void {
    this.#dead.push({ queue, messageId: `dead-${this.#dead.length + 1}`, body, sentAt });
  }

  async depths(): Promise<QueueDepth[]> {
    return QUEUES.map((queue) => ({
      queue,
      visible: this.#queue.waiting(queue).length,
      inFlight: queue === 'capture' ? this.inFlight : 0,
      delayed: 0,
      dead: this.#of(queue).length,
    }));
  }

  async peek(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    return this.#of(queue).slice(0, limit);
  }

  async redrive(queue: QueueName, onMoved: (moved: number) => void = () => {}): Promise<number> {
    const letters = this.#of(queue);
    for (const [index, letter] of letters.entries()) {
      if (index >= this.failsAfter) throw new Error('the queue is not there any more');
      await this.#queue.send(queue, [letter.body]);
      this.#dead = this.#dead.filter((one) => one !== letter);
      onMoved(index + 1);
    }
    return letters.length;
  }

  #of(queue: QueueName): DeadLetter[] {
    return this.#dead.filter((letter) => letter.queue === queue);
  }
}
