import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { dynamoClient, eventBridgeClient, s3Client, sqsClient } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { type QueueUrls, queueAddresses } from '@holdfast/core/runtime/queue-addresses.ts';
import { afterAll, expect, inject } from 'vitest';
import { holdfastJson } from '../../../scripts/demo/holdfast.ts';
import { ownerless } from './owner-proxy.ts';

const env = inject('cloudEnv');
Object.assign(process.env, env);
export const outputs = inject('outputs');
export const stack = inject('stack');
export const vault = outputs['VaultBucket'] ?? '';
export const queues = queueAddresses(outputs);

export const s3 = s3Client({ concurrency: 32, endpoint: inject('directEndpoint'), account: undefined });
const sqs = sqsClient();
export const dynamo = dynamoClient();
export const eventBridge = eventBridgeClient();
export const store = new S3ObjectStore(s3);
export const catalog = new DynamoCatalog(dynamo, { table: outputs['CatalogTable'] ?? '', retentionDays: 90 });

/** After each file of tests: no request of the functions or the command line forgot to say whose its bucket is. */
afterAll(async () => {
  const proxy = inject('ownerProxy');
  if (proxy !== undefined) expect(await ownerless(proxy)).toEqual([]);
});

let made = 0;

/** A bucket of the test's own. */
export async function givenBucket(purpose: string, options: { versioned?: boolean } = {}): Promise<string> {
  const Bucket = `${purpose}-${process.pid}-${Date.now().toString(36)}${made++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (options.versioned) {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  return Bucket;
}

/** A bucket that is protected while it is still empty: everything of it comes by events. */
export async function givenProtectedBucket(
  purpose: string,
  options: { versioned?: boolean } = {},
): Promise<string> {
  const bucket = await givenBucket(purpose, options);
  await holdfast('protect', `s3://${bucket}`, '--no-initial');
  return bucket;
}

export async function put(
  bucket: string,
  key: string,
  body: string | Buffer,
  more: Partial<PutObjectCommandInput> = {},
) {
  return s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }));
}

export async function remove(bucket: string, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

export async function bytesOf(bucket: string, key: string, versionId?: string): Promise<Buffer> {
  const version = versionId === undefined ? {} : { VersionId: versionId };
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...version }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

export async function textOf(bucket: string, key: string): Promise<string> {
  return (await bytesOf(bucket, key)).toString();
}

/** Everything S3 tells of an object that an owner put there. */
export async function everythingOf(bucket: string, key: string) {
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
  const {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ExpiresString,
    Metadata,
  } = head;
  const tags = TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort();
  return {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ExpiresString,
    Metadata,
    tags,
    size: head.ContentLength,
    redirect: head.WebsiteRedirectLocation,
  };
}

/** Runs a command that has to succeed. @returns its JSON */
export async function holdfast(...args: string[]): Promise<unknown> {
  const { code, output, stderr } = await holdfastJson(args, process.env);
  expect({
    command: args.join(' '),
    code,
    stderr: code === 0 ? '' : stderr,
    output: code === 0 ? '' : output,
  }).toEqual({
    command: args.join(' '),
    code: 0,
    stderr: '',
    output: '',
  });
  return output;
}

/** Runs a command, whatever comes of it. */
export function tryHoldfast(...args: string[]) {
  return holdfastJson(args, process.env);
}

/** The vault's times have whole seconds: what is to lie on two sides of a moment needs one between. */
export async function nextSecond(): Promise<string> {
  const moment = new Date();
  await pause(1020 - moment.getMilliseconds());
  return moment.toISOString();
}

/** Waits until nothing of a source is in flight any more. */
export async function settled(bucket: string): Promise<void> {
  const { code, stderr } = await tryHoldfast('status', `s3://${bucket}`, '--wait');
  expect([0, 3], stderr).toContain(code);
}

/** Waits for something to become true. @throws when it does not in that time: a minute and a half unless told */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  patienceSeconds = 90,
): Promise<T> {
  for (let tries = 0; tries < patienceSeconds * 5; tries++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(200);
  }
  throw new Error(`did not happen: ${what}`);
}

export function entryOf(bucket: string, key: string): Promise<Entry | undefined> {
  return catalog.getEntry(`s3://${bucket}`, key);
}

/** Waits until an entry is as it should be. */
export function entryWith(bucket: string, key: string, wanted: (entry: Entry) => boolean): Promise<Entry> {
  return eventually(`an entry of ${key}`, async () => {
    const entry = await entryOf(bucket, key);
    return entry !== undefined && wanted(entry) && entry;
  });
}

export function finishedJob(id: string): Promise<Job> {
  return eventually(`the end of job ${id}`, async () => {
    const job = await catalog.getJob(id);
    return job !== undefined && job.state !== 'running' && job;
  });
}

export async function send(queue: QueueName, body: unknown): Promise<void> {
  const QueueUrl = queues[queue].url;
  await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }),
  );
}

/** How long a message of a queue is hidden while a function has it, and after the function died. */
export async function hideFor(queue: QueueName, seconds: number): Promise<void> {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queues[queue].url, Attributes }));
}

/** Messages in a queue, or in that of its dead letters, waiting or in flight. */
export async function depthOf(queue: QueueName, of: keyof QueueUrls = 'url'): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queues[queue][of],
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, n) => sum + Number(n), 0);
}

/** Takes away the dead letters of a queue that can be received: what a test made of them is nobody else's. */
export async function emptyDeadLetters(queue: QueueName): Promise<void> {
  const QueueUrl = queues[queue].deadLetters;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
    );
    if (Messages.length === 0) return;
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}
