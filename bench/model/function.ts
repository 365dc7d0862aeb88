import { retryDelay } from '@holdfast/core/runtime/sqs-batch.ts';
import type { ModelledAws } from './aws.ts';
import { Instance } from './instance.ts';
import type { Message, ModelledQueue } from './queue.ts';
import type { FunctionSettings } from './template.ts';

/** What a function does with a batch. @returns ids of the messages that failed */
export type Handler = (
  batch: readonly Message[],
  instance: Instance,
  timeLeft: () => number,
) => Promise<readonly string[]>;

type Rules = { readonly maxReceives: number; readonly retryBaseSeconds: number };

const SQS_BATCH = 10;
const MIB_PER_GB = 1024;

/** A function and the mapping that feeds it from its queue: pollers, batches, instances, and what comes again. */
export class ModelledFunction {
  readonly settings: FunctionSettings;
  invocations = 0;
  /** When the last invocation ended. */
  lastEnd = 0;
  readonly #aws: ModelledAws;
  readonly #queue: ModelledQueue;
  readonly #handler: Handler;
  readonly #rules: Rules;
  readonly #idle: Instance[] = [];
  #pollers = 0;
  #ramping = false;

  constructor(
    aws: ModelledAws,
    queue: ModelledQueue,
    own: { readonly settings: FunctionSettings; readonly rules: Rules; readonly handler: Handler },
  ) {
    this.#aws = aws;
    this.#queue = queue;
    this.settings = own.settings;
    this.#rules = own.rules;
    this.#handler = own.handler;
    queue.onBacklog = () => void this.#ramp();
    this.#startPollers(aws.settings.limits.pollersAtFirst);
  }

  #startPollers(more: number): void {
    for (let n = 0; n < more && this.#pollers < this.settings.maximumConcurrency; n++) {
      this.#pollers += 1;
      void this.#poll();
    }
  }

  /** While messages wait, pollers are added, second by second. */
  async #ramp(): Promise<void> {
    if (this.#ramping || this.#pollers >= this.settings.maximumConcurrency) return;
    this.#ramping = true;
    await this.#aws.time.sleep(1000);
    this.#ramping = false;
    if (this.#queue.length === 0) return;
    this.#startPollers(this.#aws.settings.limits.pollersPerMinute / 60);
    void this.#ramp();
  }

  async #poll(): Promise<void> {
    const { time, random, settings, ledger } = this.#aws;
    for (;;) {
      const batch = await this.#gather();
      ledger.add('sqs DeleteMessageBatch', { queueRequests: 1 }, Math.ceil(batch.length / SQS_BATCH));
      await time.sleep(random.sample(settings.latency.poll));
      await this.#invoke(batch);
    }
  }

  /** Messages until the batch is full or the window is over. */
  async #gather(): Promise<Message[]> {
    const { batchSize, windowSeconds } = this.settings;
    const { time, ledger } = this.#aws;
    const batch = await this.#queue.receive(batchSize);
    ledger.add('sqs ReceiveMessage', { queueRequests: 1 }, Math.ceil(batch.length / SQS_BATCH));
    const deadline = time.now + windowSeconds * 1000;
    while (batch.length < batchSize && time.now < deadline) {
      const more = await this.#queue.receive(batchSize - batch.length, deadline);
      if (more.length === 0) break;
      ledger.add('sqs ReceiveMessage', { queueRequests: 1 }, Math.ceil(more.length / SQS_BATCH));
      batch.push(...more);
    }
    return batch;
  }

  async #invoke(batch: readonly Message[]): Promise<void> {
    const { time, random, settings } = this.#aws;
    const started = time.now;
    let instance = this.#idle.pop();
    if (instance === undefined) {
      instance = new Instance(this.#aws, this.settings.memoryMiB);
      await time.sleep(random.sample(settings.latency.init));
    }
    const end = time.now + this.settings.timeoutSeconds * 1000;
    const failed = new Set(await this.#handler(batch, instance, () => end - time.now));
    this.#idle.push(instance);
    this.#bill(time.now - started, batch.length);
    for (const message of batch.filter(({ id }) => failed.has(id))) this.#again(message);
  }

  #bill(ms: number, messages: number): void {
    const { logs } = this.#aws.settings;
    this.invocations += 1;
    this.lastEnd = this.#aws.time.now;
    this.#aws.ledger.add('lambda invocation', {
      invocations: 1,
      gbSeconds: (ms / 1000) * (this.settings.memoryMiB / MIB_PER_GB),
      logGb: (logs.perInvocation + logs.perObject * messages) / 1e9,
    });
  }

  #again(message: Message): void {
    if (message.receives >= this.#rules.maxReceives) this.#queue.dead.push(message);
    else
      void this.#queue.comeAgain(message, retryDelay(message.receives, this.#rules.retryBaseSeconds) * 1000);
  }
}
