import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  type ClientOptions,
  dynamoClient,
  eventBridgeClient,
  s3Client,
  sqsClient,
} from '@holdfast/core/aws/clients.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

/** Each client, and one request with it. */
const ASK = {
  s3: (options: ClientOptions) => {
    const client = s3Client({ ...options, account: undefined });
    return () => client.send(new HeadBucketCommand({ Bucket: 'b' }));
  },
  dynamodb: (options: ClientOptions) => {
    const client = dynamoClient(options);
    return () => client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
  },
  sqs: (options: ClientOptions) => {
    const client = sqsClient(options);
    return () => client.send(new GetQueueAttributesCommand({ QueueUrl: 'http://127.0.0.1/1/q' }));
  },
  eventBridge: (options: ClientOptions) => {
    const client = eventBridgeClient(options);
    return () => client.send(new DescribeRuleCommand({ Name: 'r' }));
  },
} as const;
const NAMES = Object.keys(ASK) as Array<keyof typeof ASK>;

/** A server on a socket that answers as it is told to, or never. */
async function givenServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const hungUp: IncomingMessage[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    response.once('close', () => response.writableFinished || hungUp.push(request));
    request.resume();
    handle(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { options: { endpoint, region: 'eu-central-1' }, hungUp, asked: () => asked };
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
});

describe.each(NAMES)('the client of %s', (name) => {
  it('gives up a request that is not answered, hangs up, and tries again', async () => {
    const { options, hungUp, asked } = await givenServer(() => {});
    const limits = { attempts: 2, requestMs: 30 };
    await expect(ASK[name]({ ...options, limits })()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(asked()).toBe(2);
    await expect.poll(() => hungUp.length).toBe(2);
  });

  it('gives up a connection on which nothing comes any more, and tries again', async () => {
    const { options, asked } = await givenServer(() => {});
    const limits = { attempts: 2, idleMs: 30 };
    await expect(ASK[name]({ ...options, limits })()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(asked()).toBe(2);
  });

  it('tries again however many other requests fail at the same time', async () => {
    const first: ServerResponse[] = [];
    const { options } = await givenServer(({ headers }, response) => {
      response.setHeader('content-type', 'application/json');
      const isFirst = String(headers['amz-sdk-request']).startsWith('attempt=1;');
      if (!isFirst) response.end(name === 's3' ? '' : '{}');
      else if (first.push(response) === 60) for (const one of first) one.writeHead(500).end();
    });
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, ASK[name]({ ...options, concurrency: 60 })),
    );
    expect(all.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('opens as many connections as it may run requests, and no more', async () => {
    const waiting: ServerResponse[] = [];
    const { options } = await givenServer((_request, response) => void waiting.push(response));
    const ask = ASK[name]({ ...options, concurrency: 7, limits: { attempts: 1 } });
    const all = Promise.allSettled(Array.from({ length: 15 }, ask));
    await expect.poll(() => waiting.length).toBe(7);
    let answered = 0;
    while (answered < 15) {
      expect(waiting.length).toBeLessThanOrEqual(7);
      const held = waiting.splice(0);
      answered += held.length;
      for (const response of held) response.writeHead(400, { 'content-length': '0' }).end();
      await expect.poll(() => waiting.length).toBe(Math.min(7, 15 - answered));
    }
    expect((await all).map(({ status }) => status)).toEqual(Array(15).fill('rejected'));
  });
});

it('waits for a copy as long as S3 gives a sign of life, and for everything else not as long', async () => {
  const patience: Array<number | undefined> = [];
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (_: unknown, options?: { requestTimeout?: number }) => {
        patience.push(options?.requestTimeout);
        throw new Error('asked is all that counts');
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    },
  });
  const store = new S3ObjectStore(client);
  const at = { bucket: 'b', key: 'k' };
  const upload = { ...at, uploadId: 'u' };
  await Promise.allSettled([
    store.copy({ from: at, to: at }),
    store.copyPart(upload, { number: 1, from: { ...at, ifMatch: 'e' }, first: 0, last: 1 }),
    store.completeMultipart(upload, [{ number: 1, etag: 'e' }]),
  ]);
  expect(patience.splice(0)).toEqual([undefined, undefined, undefined]);
  await Promise.allSettled([
    store.head(at),
    store.bucket('b'),
    store.list({ bucket: 'b' }),
    store.listVersions({ bucket: 'b' }),
    store.beginMultipart({ to: at, headers: {}, metadata: {}, tags: {} }),
    store.listParts(upload),
    store.abortMultipart(upload),
    store.getTags(at),
    store.putTags(at, {}),
    store.hide(at),
    store.put(at, 'x', 'text/plain'),
    store.get(at),
  ]);
  expect(patience).toEqual(Array(12).fill(15_000));
});
