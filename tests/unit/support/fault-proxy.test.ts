import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dynamoClient, s3Client, sqsClient } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { SqsWorkQueue } from '@holdfast/core/aws/sqs-work-queue.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FaultPlan } from '../../e2e/support/fault-plan.ts';
import { FaultProxy } from '../../e2e/support/fault-proxy.ts';
import { FAULTS, type Fault, ratesOf } from '../../e2e/support/faults.ts';

const COPIED = '<CopyObjectResult><ETag>"etag"</ETag></CopyObjectResult>';
const COPY = { from: { bucket: 'b', key: 'k' }, to: { bucket: 'vault', key: 's3/b/k' } };

/** A proxy in front of something that answers every request in the same way. */
async function givenProxy(body = COPIED, seed = 'seed') {
  const done: string[] = [];
  const upstream = createServer((request, response) => {
    request.resume();
    done.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
  });
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening));
  const { port } = upstream.address() as AddressInfo;
  const proxy = await FaultProxy.start({ target: () => port, seed, slowestMs: 5 });
  onTestFinished(() => {
    proxy.stop();
    upstream.closeAllConnections();
    upstream.close();
  });
  const options = { endpoint: proxy.endpoint, region: 'eu-central-1' };
  return { proxy, done, options, store: new S3ObjectStore(s3Client({ ...options, account: undefined })) };
}

/** Lets a fault befall the first request only. */
function once(proxy: FaultProxy, fault: Fault): void {
  let left = 1;
  proxy.doom = () => (left-- > 0 ? fault : undefined);
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
});

describe('a fault', () => {
  it.each<[Fault, 'done' | 'not done', number | 'no answer']>([
    ['throttled', 'not done', 503],
    ['broken', 'not done', 500],
    ['resetBefore', 'not done', 'no answer'],
    ['resetAfter', 'done', 'no answer'],
    ['slow', 'done', 200],
    ['truncated', 'done', 'no answer'],
    ['errorIn200Before', 'not done', 200],
    ['errorIn200After', 'done', 200],
  ])('%s: the request is %s, its answer %s', async (fault, isDone, answer) => {
    const { proxy, done } = await givenProxy();
    proxy.doom = () => fault;
    const headers = { 'x-amz-copy-source': 'b/k' };
    const asked = fetch(`${proxy.endpoint}/vault/k`, { method: 'PUT', headers });
    const got = await asked
      .then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => undefined,
      )
      .catch(() => undefined);
    expect(done).toHaveLength(isDone === 'done' ? 1 : 0);
    expect(got?.status ?? 'no answer').toBe(answer);
    if (fault.startsWith('errorIn200')) expect(got?.text).toContain('<Error>');
    expect(Object.fromEntries(proxy.faults)).toEqual({ [fault]: 1 });
    expect(proxy.unheard.get('s3 CopyObject')).toBe(
      ['resetAfter', 'truncated', 'errorIn200After'].includes(fault) ? 1 : undefined,
    );
  });

  it('that only long copies know refuses everything else', async () => {
    const plan = new FaultPlan('any');
    expect(plan.next('s3 CopyObject', 'k', { errorIn200After: 1 })).toBe('errorIn200After');
    expect(plan.next('s3 HeadObject', 'k', { errorIn200After: 1 })).toBe('broken');
  });

  it.each(FAULTS)('%s of a copy is got over by the SDK', async (fault) => {
    const { proxy, store } = await givenProxy();
    once(proxy, fault);
    await expect(store.copy(COPY)).resolves.toEqual({ etag: 'etag' });
  });

  it.each(FAULTS)('%s of a HEAD, a table read and a queue is got over by the SDK', async (fault) => {
    const { proxy, store, options } = await givenProxy('{}');
    once(proxy, fault);
    expect(await store.head(COPY.from)).toMatchObject({ found: true });
    once(proxy, fault);
    const catalog = new DynamoCatalog(dynamoClient(options), { table: 't', retentionDays: 1 });
    expect(await catalog.getEntry('s3://b', 'k')).toBeUndefined();
    once(proxy, fault);
    const urls = { backlog: `${options.endpoint}/000000000000/q` };
    await new SqsWorkQueue(sqsClient(options), { urls }).send('backlog', ['{}']);
    expect(proxy.faults.size).toBe(1);
  });

  it('that does not pass is an error that the queue retries', async () => {
    const { proxy, options } = await givenProxy();
    const store = new S3ObjectStore(s3Client({ ...options, account: undefined, limits: { attempts: 1 } }));
    for (const fault of FAULTS.filter((one) => one !== 'slow')) {
      proxy.doom = () => fault;
      const error = await store.copy(COPY).catch((thrown: unknown) => thrown);
      expect(error, fault).toBeInstanceOf(StoreError);
      expect(error, fault).toMatchObject({ remedy: 'retry' });
    }
  });
});

describe('a seed', () => {
  const requests = Array.from({ length: 2_000 }, (_, n) => [`s3 CopyObject`, `k${n % 500}`] as const);

  function drawn(seed: string, order = requests): string[] {
    const plan = new FaultPlan(seed);
    return order.map(([operation, key]) => `${key} ${plan.next(operation, key, ratesOf(0.3))}`);
  }

  it('gives the same faults, in whatever order the objects come', () => {
    expect(drawn('a')).toEqual(drawn('a'));
    const shuffled = requests.toSorted(([, a], [, b]) => (a < b ? -1 : 1));
    expect(drawn('a', shuffled).sort()).toEqual(drawn('a').sort());
    expect(drawn('b')).not.toEqual(drawn('a'));
  });

  it('gives as many as the rates say, of every kind', () => {
    const faults = drawn('a').flatMap((line) => line.split(' ').at(-1) ?? []);
    const befallen = faults.filter((fault) => fault !== 'undefined');
    expect(befallen.length / faults.length).toBeGreaterThan(0.27);
    expect(befallen.length / faults.length).toBeLessThan(0.33);
    expect(new Set(befallen)).toEqual(new Set(FAULTS));
  });
});

it('passes everything on when the faults are off', async () => {
  const { proxy, done, store } = await givenProxy();
  proxy.rates = ratesOf(1);
  proxy.doom = () => 'resetBefore';
  proxy.off();
  for (let n = 0; n < 20; n++) await store.copy(COPY);
  expect(done).toHaveLength(20);
  expect(proxy.faults.size).toBe(0);
  expect(proxy.asked.get('s3 CopyObject')).toBe(20);
});
