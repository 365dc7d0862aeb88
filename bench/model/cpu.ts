import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { dynamoClient, s3Client } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { captureEvents, type EventsWorld } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { createdEvent } from './events.ts';
import { flowSettings, TEMPLATE } from './template.ts';

/*
 * Usage: node bench/model/cpu.ts
 *
 * Measures the CPU time that one captured object costs a function: the real flow and the real AWS adapters, against a
 * server in another process that answers at once. What it prints is the model's setting "CPU per request".
 */
const WARM_UP = 20;
const BATCHES = 60;
const REQUESTS_PER_OBJECT = 4;
const { batchSize } = TEMPLATE.captureChanges;

async function main(): Promise<void> {
  process.env['AWS_ACCESS_KEY_ID'] = 'nobody';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'nobody';
  const server = fork(resolve(import.meta.dirname, 'cpu-server.ts'));
  const [port] = await once(server, 'message');
  const world = worldAt(`http://127.0.0.1:${port}`);
  for (let batch = 0; batch < WARM_UP; batch++) await capture(batch, world);
  const captures = await cpuMs(BATCHES, (batch) => capture(WARM_UP + batch, world));
  await cpuMs(WARM_UP, () => world.store.list({ bucket: 'photos' }));
  const listings = await cpuMs(BATCHES, () => world.store.list({ bucket: 'photos' }));
  const perObject = captures / batchSize;
  console.log(
    `${perObject.toFixed(2)} ms CPU per captured object, ${(perObject / REQUESTS_PER_OBJECT).toFixed(2)} ms per request, ` +
      `${listings.toFixed(1)} ms per page of 1,000 keys`,
  );
  server.disconnect();
}

/** CPU time of one run of the work, in ms; that of all threads of this process. */
async function cpuMs(times: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < times; index++) await work(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

function worldAt(endpoint: string): EventsWorld {
  const settings = flowSettings('vault');
  const options = { concurrency: settings.concurrency, region: 'us-east-1', endpoint };
  return {
    store: new S3ObjectStore(s3Client({ ...options, account: undefined })),
    catalog: new DynamoCatalog(dynamoClient(options), { table: 'catalog', retentionDays: 90 }),
    queue: { send: async () => {} },
    telemetry: { info() {}, warn: console.error, error: console.error, metric() {} },
    sources: async () => undefined,
    clock: Date.now,
    settings,
  };
}

async function capture(batch: number, world: EventsWorld): Promise<void> {
  const now = world.clock();
  const messages = Array.from({ length: batchSize }, (_, index) => {
    const order = batch * batchSize + index + 1;
    const body = createdEvent('photos', `2026/${order}.jpg`, now, order);
    return { messageId: `m${order}`, receiveCount: 1, body };
  });
  const failed = await captureEvents(messages, () => 60_000, world);
  if (failed.length > 0) throw new Error(`${failed.length} objects could not be captured`);
}

await main();
