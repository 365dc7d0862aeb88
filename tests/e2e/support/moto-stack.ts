import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { s3Client, sqsClient } from '@holdfast/core/aws/clients.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { functionEnv } from '../../../bench/function-env.ts';
import { cloudCatalog } from '../../contract/support/cloud-catalog.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The parts of the stack that restore, at an endpoint without Lambda: the test stands in for it. */
export async function motoStack(endpoint: string) {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const s3 = s3Client({ account: undefined });
  const sqs = sqsClient();
  const suffix = randomBytes(4).toString('hex');
  const vault = `vault-${suffix}`;
  await s3.send(new CreateBucketCommand({ Bucket: vault }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: vault, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  const restore = await createQueue(sqs, `restore-${suffix}`);
  const restoreWork = await createQueue(sqs, `restore-work-${suffix}`);
  const { catalog, table } = await cloudCatalog({ endpoint, region: 'us-east-1' });
  const report = await createQueue(sqs, `report-${suffix}`);
  // The account is that of moto.
  const settings = {
    account: '123456789012',
    vault,
    catalog: table,
    queues: { restore, restoreWork, report },
  };
  Object.assign(process.env, functionEnv(settings), { RESTORE_TARGETS: 'holdfast-restore-*' });
  // Only now: the handlers read their environment when they are loaded.
  const planRestore: { handler: Handler } = await import('../../../functions/jobs/plan-restore/handler.ts');
  const restoreObjects: { handler: Handler } = await import(
    '../../../functions/jobs/restore-objects/handler.ts'
  );
  const functions: ReadonlyArray<readonly [string, Handler]> = [
    [restore, planRestore.handler],
    [restoreWork, restoreObjects.handler],
  ];

  /** Does what waits in the two queues, until nothing does. */
  async function work(): Promise<void> {
    for (let idle = false; !idle; ) {
      idle = true;
      for (const [url, handler] of functions) {
        for (const message of await receive(sqs, url)) {
          idle = false;
          const { batchItemFailures } = await handler(eventOf(message, url), CONTEXT);
          if (batchItemFailures.length > 0) throw new Error(`failed: ${message.Body}`);
          const { ReceiptHandle } = message;
          await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        }
      }
    }
  }

  /** What the template says of the vault: its thaws are told of to the queue of restore work. */
  async function setNotification(on: boolean): Promise<void> {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: restoreWork, AttributeNames: ['QueueArn'] }),
    );
    const told = { QueueArn: Attributes?.['QueueArn'], Events: ['s3:ObjectRestore:Completed' as const] };
    const NotificationConfiguration = on ? { QueueConfigurations: [told] } : {};
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: vault, NotificationConfiguration }),
    );
  }

  await setNotification(true);
  return { s3, sqs, vault, catalog, restore, restoreWork, work, setNotification };
}

async function createQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
  );
  return Messages;
}

const CONTEXT = { getRemainingTimeInMillis: () => 300_000 } as Context;

function eventOf(message: Message, url: string): SQSEvent {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} } = message;
  const record = {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    attributes: Attributes,
    messageAttributes: {},
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:${url.split('/').at(-1)}`,
  };
  return { Records: [record] } as unknown as SQSEvent;
}
