import type { Context, SQSEvent } from 'aws-lambda';

type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;

/** What one instance of the backlog's function did, as its parent reads it. */
export type InstanceResult = { readonly seconds: number; readonly cpuMs: number; readonly peakMiB: number };

const [handlerFile = '', batches = '1'] = process.argv.slice(2);
const OBJECTS = 100;

const { handler } = (await import(handlerFile)) as { handler: Handler };
const context = { getRemainingTimeInMillis: () => 300_000 } as Context;
// The first batch warms up what Node compiles when it is used first.
await handler(batchEvent('warm'), context);
const cpu = process.cpuUsage();
const started = performance.now();
for (let n = 0; n < Number(batches); n++) await handler(batchEvent(String(n)), context);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  seconds,
  cpuMs: (user + system) / 1000,
  peakMiB: process.resourceUsage().maxRSS / 1024,
} satisfies InstanceResult);
process.disconnect?.();

function batchEvent(batch: string): SQSEvent {
  const items = Array.from({ length: OBJECTS }, (_, n) => ({
    key: `o/${batch}/${n}`,
    etag: '0123456789abcdef0123456789abcdef',
    size: 1024,
    lastModified: Date.UTC(2026, 0, 1),
  }));
  const body = JSON.stringify({ kind: 'capture', source: 's3://bench', jobId: 'bench', batch, items });
  const record = {
    messageId: batch,
    body,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
  };
  return { Records: [record] } as unknown as SQSEvent;
}
