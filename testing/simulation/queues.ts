import type { BucketQueue, QueueName } from '@holdfast/core/model/queues.ts';
import type { SendOptions } from '@holdfast/core/ports/work-queue.ts';

/** A message as SQS keeps it. */
export type Message<Name extends QueueName = BucketQueue> = {
  readonly id: string;
  readonly queue: Name;
  readonly body: string;
  receives: number;
  /** Sent back from the dead-letter queue: its receives are counted anew, and it says so. */
  redriven: boolean;
  /** Not delivered before. */
  from: number;
  /** Handlers that have it now; while it is not shown, none but a duplicate delivery gets it. */
  hidden: boolean;
  state: 'queued' | 'done' | 'dead';
};

/**
 * SQS as it is at its worst: any order, late, more than once, to two consumers at a time. It loses nothing, and gives a
 * message up to the dead-letter queue after its last receive.
 */
export class Queues<Name extends QueueName = BucketQueue> {
  readonly #now: () => number;
  readonly #maxReceives: number;
  readonly #messages: Array<Message<Name>> = [];
  #ids = 0;

  constructor(now: () => number, maxReceives: number) {
    this.#now = now;
    this.#maxReceives = maxReceives;
  }

  send(queue: Name, bodies: readonly string[], { delaySeconds = 0 }: SendOptions = {}): Promise<void> {
    for (const body of bodies) this.add(queue, body, delaySeconds);
    return Promise.resolve();
  }

  add(queue: Name, body: string, delaySeconds = 0): void {
    this.#ids += 1;
    const from = this.#now() + delaySeconds * 1000;
    const id = `m${this.#ids}`;
    this.#messages.push({
      id,
      queue,
      body,
      receives: 0,
      redriven: false,
      from,
      hidden: false,
      state: 'queued',
    });
  }

  /** Messages that can be received now. */
  ready(queue?: Name): Array<Message<Name>> {
    return this.#messages.filter(
      (message) =>
        message.state === 'queued' &&
        !message.hidden &&
        message.from <= this.#now() &&
        (queue === undefined || message.queue === queue),
    );
  }

  /** When the next message comes that is not there yet; undefined when none does. */
  nextAt(): number | undefined {
    const times = this.#messages
      .filter(({ state, hidden }) => state === 'queued' && !hidden)
      .map(({ from }) => from);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  receive(message: Message<Name>): void {
    message.receives += 1;
    message.hidden = true;
  }

  /** The handler is done with it. */
  finish(message: Message<Name>): void {
    if (message.state === 'queued') message.state = 'done';
  }

  /** The handler failed, or died: it comes again, or was given up. */
  release(message: Message<Name>): void {
    message.hidden = false;
    if (message.state === 'queued' && message.receives >= this.#maxReceives) message.state = 'dead';
  }

  /** Shows a message again that a handler still has: a second delivery at the same time. */
  showAgain(n: number): void {
    const inHand = this.#messages.filter(({ state, hidden }) => state === 'queued' && hidden);
    const message = inHand[n % Math.max(1, inHand.length)];
    if (message !== undefined && message.receives < this.#maxReceives) message.hidden = false;
  }

  /** The same event once more, as a message of its own. */
  double(n: number): void {
    const events = this.#messages.filter(({ queue }) => queue === 'capture');
    const event = events[n % Math.max(1, events.length)];
    if (event !== undefined) this.add(event.queue, event.body);
  }

  /** Loses an event that nobody has received. @returns its body */
  lose(n: number): string | undefined {
    const fresh = this.#messages.filter(
      ({ queue, state, receives }) => queue === 'capture' && state === 'queued' && receives === 0,
    );
    const event = fresh[n % Math.max(1, fresh.length)];
    if (event === undefined) return undefined;
    event.state = 'done';
    return event.body;
  }

  /** Whatever was sent to a queue, done or not. */
  sent(queue: Name): string[] {
    return this.#messages.filter((message) => message.queue === queue).map(({ body }) => body);
  }

  dead(): Array<Message<Name>> {
    return this.#messages.filter(({ state }) => state === 'dead');
  }

  /** Nobody sends these dead letters back. */
  bury(isLost: (message: Message<Name>) => boolean): string[] {
    const lost = this.dead().filter(isLost);
    for (const message of lost) message.state = 'done';
    return lost.map(({ body }) => body);
  }

  /** Sends all dead letters back, as `holdfast failures --redrive` does. */
  redrive(): void {
    for (const message of this.dead()) {
      message.state = 'queued';
      message.hidden = false;
      message.receives = 0;
      message.redriven = true;
    }
  }

  /** Everything that is not done, by queue. */
  counts(): Readonly<Record<string, number>> {
    const open = Map.groupBy(
      this.#messages.filter(({ state }) => state !== 'done'),
      ({ queue }) => queue,
    );
    return Object.fromEntries([...open].map(([name, messages]) => [name, messages.length]));
  }
}
