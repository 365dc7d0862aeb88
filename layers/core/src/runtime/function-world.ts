import type { S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { dynamoClient, s3Client, sqsClient } from '../aws/clients.ts';
import { countThrottles } from '../aws/count-throttles.ts';
import { DynamoCatalog } from '../aws/dynamo-catalog.ts';
import { PowertoolsTelemetry } from '../aws/powertools-telemetry.ts';
import { S3ObjectStore } from '../aws/s3-object-store.ts';
import { SqsWorkQueue } from '../aws/sqs-work-queue.ts';
import type { QueueName } from '../model/queues.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Unwired } from '../ports/world.ts';
import { readConfig } from './config.ts';
import type { Postpone, RespondOptions } from './sqs-batch.ts';

/** What a handler works with: made once, when the function starts. */
export type FunctionWorld<Store = ObjectStore> = {
  readonly world: Omit<Unwired, 'store'> & { readonly store: Store };
  readonly retry: RespondOptions;
  /** Sends the metrics of an invocation; to be called at its end. */
  readonly flush: () => void;
  readonly stack: string;
  /** URLs of the queues. */
  readonly queues: Readonly<Record<QueueName, string>>;
  readonly s3: S3Client;
};

type Env = Readonly<Record<string, string | undefined>>;

/** Builds the world of a function from its environment. @throws naming everything that is missing in it */
export function functionWorld(env: Env): FunctionWorld {
  return functionWorldWith(env, (s3) => new S3ObjectStore(s3));
}

/** The same for a function that asks little of buckets: the bundle has only the requests that its store can make. */
export function functionWorldWith<Store>(env: Env, storeOn: (s3: S3Client) => Store): FunctionWorld<Store> {
  const config = readConfig(env);
  const { concurrency } = config.settings;
  const s3 = s3Client({ concurrency, account: config.account });
  const sqs = sqsClient({ concurrency });
  const dynamo = dynamoClient({ concurrency });
  const telemetry = new PowertoolsTelemetry(config.stack);
  for (const client of [s3, sqs, dynamo]) countThrottles(client, telemetry);
  const world = {
    store: storeOn(s3),
    catalog: new DynamoCatalog(dynamo, {
      table: config.table,
      retentionDays: config.retentionDays,
    }),
    queue: new SqsWorkQueue(sqs, { urls: config.queues }),
    telemetry,
    clock: Date.now,
    settings: config.settings,
  };
  const retry = {
    postpone: postponeOn(sqs, config.queues),
    retryBaseSeconds: config.retryBaseSeconds,
    concurrency,
    telemetry,
  };
  return { world, retry, flush: () => telemetry.flush(), stack: config.stack, queues: config.queues, s3 };
}

function postponeOn(sqs: SQSClient, queues: Readonly<Record<QueueName, string>>): Postpone {
  return async (record, seconds) => {
    const name = record.eventSourceARN.split(':').at(-1);
    const QueueUrl = Object.values(queues).find((url) => url.split('/').at(-1) === name);
    if (QueueUrl === undefined) return;
    const { receiptHandle: ReceiptHandle } = record;
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
    );
  };
}
