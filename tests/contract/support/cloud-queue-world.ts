import { randomBytes } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type ClientOptions, sqsClient } from '@holdfast/core/aws/clients.ts';
import { SqsWorkQueue } from '@holdfast/core/aws/sqs-work-queue.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { QueueWorld } from '../suites/work-queue.ts';

/** Two new queues. */
export async function cloudQueueWorld(options: ClientOptions): Promise<QueueWorld> {
  const client = sqsClient(options);
  const urls = { capture: await createQueue(client), reconcile: await createQueue(client) };
  const urlOf = (queue: QueueName) => (queue === 'reconcile' ? urls.reconcile : urls.capture);
  return { queue: new SqsWorkQueue(client, { urls }), take: (queue) => takeAll(client, urlOf(queue)) };
}

async function createQueue(client: SQSClient): Promise<string> {
  const QueueName = `contract-${randomBytes(6).toString('hex')}`;
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

async function takeAll(client: SQSClient, QueueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(receive);
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
