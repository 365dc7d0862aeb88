import { checksums } from '@holdfast/core/aws/checksums.ts';
import { protectedSource } from '@holdfast/core/catalog/register-source.ts';
import { captureDocuments } from '@holdfast/core/kinds/workdocs/capture-documents.ts';
import { readSite } from '@holdfast/core/kinds/workdocs/read-site.ts';
import type { SiteWorld } from '@holdfast/core/kinds/workdocs/site-world.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import { MemoryWorkQueue } from '../../testing/memory/memory-work-queue.ts';
import { PROBE_SETTINGS } from '../measure/probe-settings.ts';
import { CountingCatalog, CountingVault } from './counting-world.ts';
import { EndlessSite } from './endless-site.ts';

const SOURCE = 'workdocs://d-0123456789';

/** What a crawl of so many documents asked for, with all that it had captured. */
export type Crawled = {
  readonly documents: number;
  readonly state: string;
  readonly site: Readonly<Record<string, number>>;
  readonly vault: Readonly<Record<string, number>>;
  readonly catalog: Readonly<Record<string, number>>;
  readonly messages: number;
};

export async function crawlOf(documents: number): Promise<Crawled> {
  const site = new EndlessSite(documents);
  const [catalog, vault, queue] = [new CountingCatalog(), new CountingVault(), new MemoryWorkQueue()];
  const world: SiteWorld = {
    store: vault.port(),
    catalog,
    queue,
    telemetry: silent,
    clock: Date.now,
    settings: PROBE_SETTINGS,
    sites: () => site,
    checksums,
  };
  await catalog.putSource(protectedSource({ source: SOURCE, protectedAt: Date.now() }, undefined, 'ok'));
  const crawl = { kind: 'crawl', source: SOURCE, trigger: 'manual', jobId: 'crawl' };
  await queue.send('site', [JSON.stringify(crawl)]);
  const messages = await drain(world, queue);
  const { state = 'unknown' } = (await catalog.getJob('crawl')) ?? {};
  return {
    documents,
    state,
    site: counted(site.requests),
    vault: counted(vault.requests),
    catalog: counted(catalog.entries),
    messages,
  };
}

/** What was found is captured before more is looked for, as functions do side by side. */
async function drain(world: SiteWorld, queue: MemoryWorkQueue): Promise<number> {
  for (let messages = 0; ; messages += 1) {
    queue.take('report');
    const next = takeOne(queue);
    if (next === undefined) return messages;
    const delivery = { messageId: `m${messages}`, receiveCount: 1, timeLeft: () => 900_000 };
    if (next.queue === 'site') await readSite(next.body, delivery, world);
    else await captureDocuments(next.body, delivery, world);
  }
}

function takeOne(queue: MemoryWorkQueue): { readonly queue: QueueName; readonly body: string } | undefined {
  for (const name of ['documents', 'largeDocuments', 'site'] as const) {
    const [body] = queue.take(name, 1);
    if (body !== undefined) return { queue: name, body };
  }
  return undefined;
}

function counted(requests: { counts(): Partial<Record<string, number>> }): Record<string, number> {
  return { ...(requests.counts() as Record<string, number>) };
}

// In a process of its own, whose memory is then the crawl's alone.
if (process.argv[1] === import.meta.filename)
  process.stdout.write(JSON.stringify(await crawlOf(Number(process.argv[2]))));
