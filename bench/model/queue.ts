import type { ModelledAws } from './aws.ts';

export type Message = {
  readonly id: string;
  readonly body: string;
  receives: number;
  /** When it became visible the first time. */
  readonly arrivedAt: number;
};

type Waiting = { readonly max: number; readonly give: (messages: Message[]) => void };

/** One standard queue: messages in order of arrival, and pollers that wait for them. */
export class ModelledQueue {
  readonly name: string;
  readonly dead: Message[] = [];
  /** Told when something waits that nobody takes at once. */
  onBacklog: () => void = () => {};
  readonly #aws: ModelledAws;
  #visible: Message[] = [];
  #head = 0;
  #waiting: Waiting[] = [];
  #ids = 0;

  constructor(name: string, aws: ModelledAws) {
    this.name = name;
    this.#aws = aws;
  }

  get length(): number {
    return this.#visible.length - this.#head;
  }

  arrive(body: string): void {
    this.#ids += 1;
    const id = `${this.name}-${this.#ids}`;
    this.#show({ id, body, receives: 0, arrivedAt: this.#aws.time.now });
  }

  async arriveLater(body: string, ms: number): Promise<void> {
    await this.#aws.time.sleep(ms);
    this.arrive(body);
  }

  /** Brings a failed message back after a while. */
  async comeAgain(message: Message, ms: number): Promise<void> {
    await this.#aws.time.sleep(ms);
    this.#show(message);
  }

  /** Waits for messages. @returns none when there were none by the deadline */
  receive(max: number, deadline = Number.POSITIVE_INFINITY): Promise<Message[]> {
    if (this.length > 0) return Promise.resolve(this.#take(max));
    return new Promise((resolve) => {
      const waiting: Waiting = { max, give: resolve };
      this.#waiting.push(waiting);
      if (!Number.isFinite(deadline)) return;
      void this.#aws.time.until(deadline).then(() => {
        const index = this.#waiting.indexOf(waiting);
        if (index === -1) return;
        this.#waiting.splice(index, 1);
        resolve([]);
      });
    });
  }

  #show(message: Message): void {
    // Which of the pollers that wait gets a message is a matter of chance.
    const [waiting] = this.#waiting.splice(this.#aws.random.below(Math.max(1, this.#waiting.length)), 1);
    if (waiting !== undefined) {
      message.receives += 1;
      waiting.give([message]);
      return;
    }
    this.#visible.push(message);
    this.onBacklog();
  }

  #take(max: number): Message[] {
    const taken = this.#visible.slice(this.#head, this.#head + max);
    this.#head += taken.length;
    for (const message of taken) message.receives += 1;
    if (this.#head > 10_000) {
      this.#visible = this.#visible.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
