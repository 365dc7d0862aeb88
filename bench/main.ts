import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureCloud, stopCloud } from '../scripts/lib/cloud.ts';
import { CountingProxy } from './counting-proxy.ts';
import { PipelineBench } from './pipeline.ts';
import { toMarkdown } from './report.ts';
import { measureStartUps } from './start-up.ts';
import { watchWorkers } from './worker-memory.ts';

const USAGE = `Usage: npm run bench [-- --write] [--changed <n>] [--existing <n>]

Measures requests per object (at the wire), lag, bundle sizes, start-up and memory on a local cloud of its own.

  --write     also writes docs/benchmarks.md
  --changed   objects that change one by one (2000)
  --existing  objects that are there before (10000)`;

const { values } = parseArgs({
  options: {
    write: { type: 'boolean' },
    changed: { type: 'string', default: '2000' },
    existing: { type: 'string', default: '10000' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) process.stdout.write(`${USAGE}\n`);
else await main();

async function main(): Promise<void> {
  let port = 0;
  const proxy = await CountingProxy.start(() => port);
  const options = {
    stateDir: resolve(import.meta.dirname, '../.holdfast/bench'),
    functionEnv: {
      AWS_ENDPOINT_URL: proxy.endpoint,
      // As Lambda starts Node in a function of 256 MiB: without these it would collect garbage when it likes.
      NODE_OPTIONS: '--max-old-space-size=230 --max-semi-space-size=12',
    },
  };
  try {
    // One that an earlier run left behind would not know of the proxy.
    await stopCloud(options);
    const cloud = await ensureCloud(options);
    port = Number(new URL(cloud.endpoint).port);
    const peaks = watchWorkers();
    const sizes = { changed: Number(values.changed), existing: Number(values.existing) };
    const pipeline = await new PipelineBench(cloud, proxy).run(sizes);
    const peaksMiB = await peaks();
    await stopCloud(options);
    const text = toMarkdown({ pipeline, startUps: await measureStartUps(), peaksMiB });
    process.stdout.write(text);
    if (values.write) await writeFile(resolve(import.meta.dirname, '../docs/benchmarks.md'), text);
  } finally {
    await stopCloud(options);
    proxy.stop();
  }
}
