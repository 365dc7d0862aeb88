import { checksums } from '@holdfast/core/aws/checksums.ts';
import { protectedSource } from '@holdfast/core/catalog/register-source.ts';
import { captureDocuments } from '@holdfast/core/kinds/workdocs/capture-documents.ts';
import {
  type DocumentRecord,
  type FolderRecord,
  parseRecord,
  type SiteRecord,
  type UserRecord,
} from '@holdfast/core/kinds/workdocs/model/records.ts';
import { type RecordKind, recordKey, versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { readSite } from '@holdfast/core/kinds/workdocs/read-site.ts';
import type { SiteWorld } from '@holdfast/core/kinds/workdocs/site-world.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { Source, SourceSettings } from '@holdfast/core/model/source.ts';
import type { Delivery, Settings } from '@holdfast/core/ports/world.ts';
import { MemoryCatalog } from '../../../../../testing/memory/memory-catalog.ts';
import { MemoryObjectStore } from '../../../../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../../../../testing/memory/memory-s3.ts';
import { MemorySite } from '../../../../../testing/memory/memory-site.ts';
import { MemoryTelemetry } from '../../../../../testing/memory/memory-telemetry.ts';
import { MemoryWorkQueue } from '../../../../../testing/memory/memory-work-queue.ts';

export const SITE = 'd-926726012c';
export const SITE_SOURCE = `workdocs://${SITE}`;
const VAULT = 'vault';
const MIB = 1024 * 1024;
const MINUTE = 60_000;

type Message = { readonly queue: QueueName; readonly id: string; readonly body: string; receives: number };

/** A site, the functions that read it, and the vault, over memory, on a clock that only moves when told to. */
export class SitePipeline {
  now = Date.parse('2024-06-01T12:00:00Z');
  readonly site: MemorySite;
  readonly s3: MemoryS3;
  readonly store: MemoryObjectStore;
  readonly catalog: MemoryCatalog;
  readonly queue = new MemoryWorkQueue();
  readonly telemetry = new MemoryTelemetry();
  readonly world: SiteWorld;
  readonly dead: Message[] = [];
  /** Bodies of everything that was handled, by queue. */
  readonly handled: Array<{ readonly queue: QueueName; readonly body: string }> = [];
  timeLeft: () => number = () => 900_000;
  #messages = 0;
  #retrying: Message[] = [];

  constructor(settings: Partial<Settings> = {}, { pageSize = 1000 }: { readonly pageSize?: number } = {}) {
    this.site = new MemorySite({ clock: () => this.now });
    this.catalog = new MemoryCatalog({ pageSize });
    this.s3 = new MemoryS3({ now: () => this.now, minPartBytes: 1 });
    this.store = new MemoryObjectStore(this.s3);
    this.s3.createBucket(VAULT, { versioning: 'enabled' });
    this.world = {
      store: this.store,
      catalog: this.catalog,
      queue: this.queue,
      telemetry: this.telemetry,
      clock: () => this.now,
      sites: () => this.site,
      checksums,
      settings: {
        vault: VAULT,
        multipartThresholdBytes: 64 * MIB,
        tagCopyMaxBytes: MIB,
        partBytes: 16 * MIB,
        concurrency: 4,
        keysPerStep: 1000,
        treeDocuments: 1000,
        maxRanges: 4,
        graceMs: 15 * MINUTE,
        maxReceives: 5,
        restoreTargets: [],
        exactRestores: false,
        aclRestores: false,
        ...settings,
      },
    };
  }

  get people() {
    return this.site.model;
  }

  pass(minutes: number): void {
    this.now += minutes * MINUTE;
  }

  async protect(settings: Partial<SourceSettings> = {}): Promise<void> {
    const all = { source: SITE_SOURCE, protectedAt: this.now, ...settings };
    await this.catalog.putSource(protectedSource(all, undefined, 'ok'));
  }

  async source(): Promise<Source> {
    const source = await this.catalog.getSource(SITE_SOURCE);
    if (source === undefined) throw new Error('the site is not protected');
    return source;
  }

  /** What the schedule sends, and all that follows. */
  async poll(): Promise<void> {
    await this.send('site', { kind: 'poll', source: SITE_SOURCE });
    await this.drain();
  }

  /** A minute later, a poll: what happened just before is in it. */
  async pollSoon(): Promise<void> {
    this.pass(1);
    await this.poll();
  }

  /** A whole crawl. @returns its job */
  async crawl(jobId: string, more: Record<string, unknown> = {}): Promise<Job> {
    await this.send('site', { kind: 'crawl', source: SITE_SOURCE, trigger: 'manual', jobId, ...more });
    await this.drain();
    return this.job(jobId);
  }

  async job(id: string): Promise<Job> {
    const job = await this.catalog.getJob(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job;
  }

  async send(queue: QueueName, body: unknown): Promise<void> {
    await this.queue.send(queue, [JSON.stringify(body)]);
  }

  /** Does everything that waits anywhere, until nothing does. */
  async drain(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const work = this.#take();
      if (work.length === 0) return;
      for (const message of work) await this.#handle(message);
    }
    throw new Error('the pipeline does not come to rest');
  }

  delivery({ id, receives }: Pick<Message, 'id' | 'receives'>): Delivery {
    return { messageId: id, receiveCount: receives, timeLeft: () => this.timeLeft() };
  }

  /** Does one message. @throws what the handler throws */
  async handle(message: Message): Promise<void> {
    message.receives++;
    const { queue, body } = message;
    this.handled.push({ queue, body });
    if (queue === 'site') await readSite(body, this.delivery(message), this.world);
    if (queue === 'documents' || queue === 'largeDocuments')
      await captureDocuments(body, this.delivery(message), this.world);
  }

  async #handle(message: Message): Promise<void> {
    try {
      await this.handle(message);
    } catch {
      if (message.receives >= this.world.settings.maxReceives) this.dead.push(message);
      else this.#retrying.push(message);
    }
  }

  #take(): Message[] {
    const queues: QueueName[] = ['site', 'documents', 'largeDocuments'];
    this.queue.take('report');
    const fresh = queues.flatMap((queue) =>
      this.queue.take(queue).map((body) => {
        this.#messages += 1;
        return { queue, id: `m${this.#messages}`, body, receives: 0 };
      }),
    );
    return [...this.#retrying.splice(0), ...fresh];
  }

  entry(kind: RecordKind, id: string): Promise<Entry | undefined> {
    return this.catalog.getEntry(SITE_SOURCE, `${kind}/${id}`);
  }

  record(kind: 'document', id: string): DocumentRecord | undefined;
  record(kind: 'folder', id: string): FolderRecord | undefined;
  record(kind: 'user', id: string): UserRecord | undefined;
  record(kind: RecordKind, id: string): SiteRecord | undefined {
    const key = recordKey(SITE, { kind, id });
    const text = this.s3.text(VAULT, key);
    return text === undefined ? undefined : parseRecord(text, key);
  }

  bytes(documentId: string, versionId: string): string | undefined {
    return this.s3.text(VAULT, versionKey(SITE, documentId, versionId));
  }

  tags(key: string): Promise<Readonly<Record<string, string>>> {
    return this.store.getTags({ bucket: VAULT, key });
  }

  /** All versions of a key, newest first; `marker` for a delete marker. */
  async history(key: string): Promise<string[]> {
    const page = await this.store.listVersions({ bucket: VAULT, prefix: key });
    return page.versions
      .filter((version) => version.key === key)
      .map((version) =>
        version.deleteMarker ? 'marker' : (this.s3.text(VAULT, key, version.versionId) ?? ''),
      );
  }

  /** Requests to the site since the last time, without those of people. */
  requests(): Partial<Record<string, number>> {
    const counts = this.site.requests.counts();
    this.site.requests.resetCounts();
    return counts;
  }
}

/** A protected site with one user, `alice`, that was crawled once. */
export async function givenSite(
  settings: Partial<Settings> = {},
  source: Partial<SourceSettings> = {},
): Promise<{ world: SitePipeline; alice: ReturnType<MemorySite['model']['createUser']> }> {
  const world = new SitePipeline(settings);
  await world.protect(source);
  const alice = world.people.createUser('alice');
  await world.crawl('first');
  world.pass(60);
  return { world, alice };
}
