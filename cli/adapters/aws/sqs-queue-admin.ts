import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { QUEUES, type QueueName } from '@holdfast/core/model/queues.ts';
import type { QueueUrls } from '@holdfast/core/runtime/queue-addresses.ts';
import type { DeadLetter, QueueAdmin, QueueDepth } from '../../../operations/ports.ts';

const MAX_RECEIVE = 10;
/** How long a message that is looked at, or on its way back, is hidden from others. */
const HIDDEN_SECONDS = 60;

/** The queues on SQS. */
export class SqsQueueAdmin implements QueueAdmin {
  readonly #client: SQSClient;
  readonly #urls: Readonly<Record<QueueName, QueueUrls>>;

  constructor(client: SQSClient, urls: Readonly<Record<QueueName, QueueUrls>>) {
    this.#client = client;
    this.#urls = urls;
  }

  depths(): Promise<QueueDepth[]> {
    return Promise.all(
      QUEUES.map(async (queue) => {
        const { url, deadLetters } = this.#urls[queue];
        const [work, dead] = await Promise.all([this.#count(url), this.#count(deadLetters)]);
        return { queue, ...work, dead: dead.visible + dead.inFlight + dead.delayed };
      }),
    );
  }

  async peek(queue: QueueName, limit: number): Promise<DeadLetter[]> {
    const url = this.#urls[queue].deadLetters;
    const seen = new Map<string, Message>();
    try {
      for (let more = true; more && seen.size < limit; ) {
        const batch = await this.#receive(url, limit - seen.size);
        more = batch.length > 0 && batch.every(({ MessageId = '' }) => !seen.has(MessageId));
        for (const message of batch) seen.set(message.MessageId ?? '', message);
      }
    } finally {
      await Promise.all([...seen.values()].map((message) => this.#show(url, message)));
    }
    return [...seen.values()].map((message) => toDeadLetter(queue, message));
  }

  async redrive(queue: QueueName, onMoved: (moved: number) => void = () => {}): Promise<number> {
    const { url, deadLetters } = this.#urls[queue];
    const sent = new Set<string>();
    for (;;) {
      const batch = await this.#receive(deadLetters, MAX_RECEIVE);
      const [again, fresh] = partition(batch, ({ MessageId = '' }) => sent.has(MessageId));
      for (const message of fresh) {
        sent.add(await this.#sendBack(url, deadLetters, message));
        onMoved(sent.size);
      }
      await Promise.all(again.map((message) => this.#show(deadLetters, message)));
      // Some failed all their retries again meanwhile: to go on would be to go round in circles.
      if (batch.length === 0 || again.length > 0) return sent.size;
    }
  }

  /** First sent, then deleted: a crash between makes it twice, which every handler bears. @returns the new id */
  async #sendBack(url: string, deadLetters: string, message: Message): Promise<string> {
    const { Body = '', ReceiptHandle } = message;
    try {
      // SQS counts its deliveries anew; its handlers have to know that there were earlier ones.
      const MessageAttributes = { Redriven: { DataType: 'String', StringValue: 'true' } };
      const send = new SendMessageCommand({ QueueUrl: url, MessageBody: Body, MessageAttributes });
      const { MessageId = '' } = await this.#client.send(send);
      await this.#client.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle }));
      return MessageId;
    } catch (error) {
      await this.#show(deadLetters, message);
      throw error;
    }
  }

  /** Some messages; none when the queue is empty. Waiting a second makes SQS ask all of its servers. */
  async #receive(url: string, limit: number): Promise<Message[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(MAX_RECEIVE, limit),
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages;
  }

  /** Makes a received message visible to others again. When that fails, time does it. */
  async #show(url: string, { ReceiptHandle }: Message): Promise<void> {
    await this.#client
      .send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }))
      .catch(() => {});
  }

  async #count(url: string): Promise<Pick<QueueDepth, 'visible' | 'inFlight' | 'delayed'>> {
    const { Attributes: of = {} } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return {
      visible: Number(of['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(of['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      delayed: Number(of['ApproximateNumberOfMessagesDelayed'] ?? 0),
    };
  }
}

function toDeadLetter(queue: QueueName, { MessageId = '', Body = '', Attributes }: Message): DeadLetter {
  return { queue, messageId: MessageId, body: Body, sentAt: Number(Attributes?.['SentTimestamp'] ?? 0) };
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}
