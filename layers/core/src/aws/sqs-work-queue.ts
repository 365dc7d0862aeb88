import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { HoldfastError, messageOf, QueueError } from '../model/errors.ts';
import type { QueueName } from '../model/queues.ts';
import type { SendOptions, WorkQueue } from '../ports/work-queue.ts';
import { backoffMs, type Pause, realPause } from './retry.ts';
import { batchesOf, type Envelope, fitForSqs } from './sqs-batches.ts';

export type SqsWorkQueueConfig = {
  /** Only of the queues that this function sends to. */
  readonly urls: Partial<Readonly<Record<QueueName, string>>>;
  readonly pause?: Pause;
};

const ATTEMPTS = 5;
const BATCHES_AT_ONCE = 8;

/** The queues on SQS. */
export class SqsWorkQueue implements WorkQueue {
  readonly #client: SQSClient;
  readonly #config: SqsWorkQueueConfig;

  constructor(client: SQSClient, config: SqsWorkQueueConfig) {
    this.#client = client;
    this.#config = config;
  }

  async send(queue: QueueName, bodies: readonly string[], { delaySeconds }: SendOptions = {}): Promise<void> {
    const url = this.#config.urls[queue];
    if (url === undefined)
      throw new HoldfastError(`the URL of the ${queue} queue is not configured`, 'fatal');
    const later = delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds };
    const batches = batchesOf(bodies.map((body) => fitForSqs(queue, body))).map((batch) =>
      batch.map((envelope) => ({ ...envelope, ...later })),
    );
    await pMap(batches, (batch) => this.#sendBatch(queue, url, batch), { concurrency: BATCHES_AT_ONCE });
  }

  async #sendBatch(queue: QueueName, url: string, batch: readonly Envelope[]): Promise<void> {
    let waiting = batch;
    let why = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (attempt > 0) await (this.#config.pause ?? realPause)(backoffMs(attempt, 100, 5_000));
      const refused = await this.#try(queue, url, waiting);
      waiting = waiting.filter(({ Id }) => refused.has(Id));
      if (waiting.length === 0) return;
      why = [...refused.values()].join('; ');
    }
    throw new QueueError(`the ${queue} queue did not take ${waiting.length} messages: ${why}`);
  }

  /** @returns the refused ones by id, with the reason */
  async #try(queue: QueueName, url: string, batch: readonly Envelope[]): Promise<Map<string, string>> {
    try {
      const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: [...batch] });
      const { Failed = [] } = await this.#client.send(command);
      return new Map(Failed.map(({ Id = '', Code, Message }) => [Id, `${Code}: ${Message ?? ''}`]));
    } catch (error) {
      throw new QueueError(`sending to the ${queue} queue: ${messageOf(error)}`, { cause: error });
    }
  }
}
