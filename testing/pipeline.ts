import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import type { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { captureEvents } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { Source, SourceSettings } from '@holdfast/core/model/source.ts';
import type { Delivery, Settings, World } from '@holdfast/core/ports/world.ts';
import type { AcceptWorld } from '@holdfast/core/restore/accept-restore.ts';
import type { PlanWorld } from '@holdfast/core/restore/plan-restore.ts';
import type { HistoryOf, SourceHistory } from '@holdfast/core/source/source-kind.ts';
import { HANDLERS, type HandledQueue, type HandledWorld } from './handlers.ts';
import { MemoryCatalog } from './memory/memory-catalog.ts';
import { MemoryEventWiring } from './memory/memory-event-wiring.ts';
import type { MemoryNotices } from './memory/memory-notices.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';
import { MemoryS3 } from './memory/memory-s3.ts';
import { MemoryTelemetry } from './memory/memory-telemetry.ts';
import { MemoryWorkQueue } from './memory/memory-work-queue.ts';

export const SOURCE = 'photos';
export const VAULT = 'vault';
export const TARGET = 'holdfast-restore-photos';
const MIB = 1024 * 1024;

type Message = { readonly id: string; readonly body: string; receives: number };
type Options = {
  readonly settings?: Partial<Settings>;
  readonly versioned?: boolean;
  readonly constantSequencer?: boolean;
};

/**
 * The whole pipeline over memory, on a clock that only moves when told to: buckets, catalog, queues, and what the
 * functions do with their messages.
 */
export class Pipeline {
  now = Date.parse('2026-03-01T12:00:00Z');
  readonly events: Message[] = [];
  readonly dead: Message[] = [];
  /** Events of thaws that S3 has sent and nobody has heard yet. */
  readonly thawEvents: string[] = [];
  readonly s3: MemoryS3;
  readonly store: MemoryObjectStore;
  readonly catalog = new MemoryCatalog();
  readonly queue = new MemoryWorkQueue();
  readonly telemetry = new MemoryTelemetry();
  /** Who is told of finished jobs, in a stack with a topic for it. */
  notices: MemoryNotices | undefined;
  readonly world: World &
    AcceptWorld &
    PlanWorld & {
      readonly history: SourceHistory;
      readonly historyOf: HistoryOf;
      readonly jobKinds: JobKinds;
    };
  #messages = 0;
  #retrying: Array<{ queue: QueueName; message: Message }> = [];

  constructor(options: Options = {}) {
    this.s3 = new MemoryS3({
      now: () => this.now,
      minPartBytes: 1,
      constantSequencer: options.constantSequencer ?? false,
      onEvent: ({ body }) => this.events.push(this.message(body)),
      onThawed: ({ body }) => this.thawEvents.push(body),
    });
    this.store = new MemoryObjectStore(this.s3);
    this.s3.createBucket(VAULT, { versioning: 'enabled' });
    this.s3.createBucket(SOURCE, { versioning: options.versioned ? 'enabled' : 'never', wired: true });
    this.s3.createBucket(TARGET);
    this.world = {
      addresses: ADDRESSES,
      jobKinds: JOBS,
      history: s3History,
      historyOf: (source) => KINDS.of(source).history,
      planQueue: 'restore',
      store: this.store,
      catalog: this.catalog,
      queue: this.queue,
      wiring: new MemoryEventWiring(this.s3),
      telemetry: this.telemetry,
      clock: () => this.now,
      settings: {
        vault: VAULT,
        multipartThresholdBytes: 64 * MIB,
        tagCopyMaxBytes: MIB,
        partBytes: 16 * MIB,
        concurrency: 4,
        keysPerStep: 1000,
        treeDocuments: 1000,
        maxRanges: 4,
        graceMs: 15 * 60 * 1000,
        maxReceives: 5,
        restoreTargets: ['holdfast-restore-*'],
        exactRestores: true,
        aclRestores: true,
        ...options.settings,
      },
    };
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
    this.s3.tellThawed();
  }

  /** Delivers what S3 has told of thaws, and does what follows. */
  async hearThawed(events = this.thawEvents.splice(0)): Promise<void> {
    await this.queue.send('restoreWork', events);
    await this.drain();
  }

  /** What the schedule sends every few hours, and what follows. */
  async sweep(): Promise<void> {
    await this.queue.send('restoreWork', [JSON.stringify({ kind: 'sweep' })]);
    await this.drain();
  }

  async protect(
    filter: Pick<SourceSettings, 'prefix' | 'include' | 'exclude' | 'canary' | 'acls' | 'tagChanges'> = {},
  ): Promise<void> {
    const since = { protectedAt: this.now, watchedSince: this.now };
    await registerSource({ source: sourceUri(SOURCE), ...since, ...filter }, this.world);
  }

  /** What the schedule sends each hour, and what follows. */
  async pulse(): Promise<Source> {
    await this.queue.send('reconcile', [JSON.stringify({ kind: 'pulse', source: sourceUri(SOURCE) })]);
    await this.drain();
    return this.row();
  }

  /** The source as the catalog has it. */
  async row(): Promise<Source> {
    const row = await this.catalog.getSource(sourceUri(SOURCE));
    if (row === undefined) throw new Error('the source is not registered');
    return row;
  }

  /** Puts objects into the source, and does all that follows from it. */
  async capture(objects: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, body] of Object.entries(objects)) this.s3.put(SOURCE, key, body);
    await this.drain();
  }

  message(body: string): Message {
    return { id: `m${++this.#messages}`, body, receives: 0 };
  }

  delivery(message: Message): Delivery {
    return { messageId: message.id, receiveCount: message.receives, timeLeft: () => 900_000 };
  }

  /** Delivers all waiting events, in one batch; failed ones wait again or, after the last time, are dead. */
  async deliverEvents(batch = this.events.splice(0)): Promise<void> {
    for (const message of batch) message.receives++;
    const messages = batch.map(({ id, body, receives }) => ({ messageId: id, body, receiveCount: receives }));
    const failed = new Set(
      await captureEvents(messages, () => 60_000, {
        ...this.world,
        sources: (uri) => this.catalog.getSource(uri),
      }),
    );
    for (const message of batch.filter(({ id }) => failed.has(id))) {
      (message.receives >= this.world.settings.maxReceives ? this.dead : this.events).push(message);
    }
  }

  /** Does everything that waits anywhere, until nothing does. */
  async drain(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      if (this.events.length > 0) await this.deliverEvents();
      const work = this.#takeWork();
      if (work.length === 0 && this.events.length === 0) return;
      for (const { queue, message } of work) await this.#handle(queue, message);
    }
    throw new Error('the pipeline does not come to rest');
  }

  get handledWorld(): HandledWorld & Pick<Pipeline['world'], 'jobKinds'> {
    const sources = (uri: string) => this.catalog.getSource(uri);
    return { ...this.world, sources, ...(this.notices === undefined ? {} : { notices: this.notices }) };
  }

  /** Does one message of a queue. @throws what the handler throws */
  async handle(queue: QueueName, message: Message): Promise<void> {
    message.receives++;
    const delivery = this.delivery(message);
    if (queue in HANDLERS) await HANDLERS[queue as HandledQueue](message.body, delivery, this.handledWorld);
  }

  async #handle(queue: QueueName, message: Message): Promise<void> {
    try {
      await this.handle(queue, message);
    } catch {
      if (message.receives >= this.world.settings.maxReceives) this.dead.push(message);
      else this.#retrying.push({ queue, message });
    }
  }

  #takeWork(): Array<{ queue: QueueName; message: Message }> {
    const queues = Object.keys(HANDLERS) as HandledQueue[];
    const fresh = queues.flatMap((queue) =>
      this.queue.take(queue).map((body) => ({ queue, message: this.message(body) })),
    );
    return [...this.#retrying.splice(0), ...fresh];
  }

  /** Runs a whole reconcile. @returns its job */
  async reconcile(jobId: string, extra: Record<string, unknown> = {}): Promise<Job> {
    const body = { kind: 'reconcile', source: sourceUri(SOURCE), trigger: 'manual', jobId, ...extra };
    await this.queue.send('reconcile', [JSON.stringify(body)]);
    await this.drain();
    return this.job(jobId);
  }

  /** Runs a whole restore. @returns its job */
  async restore(jobId: string, extra: Record<string, unknown> = {}): Promise<Job> {
    const body = { source: sourceUri(SOURCE), target: sourceUri(TARGET), jobId, ...extra };
    await this.queue.send('restore', [JSON.stringify(body)]);
    await this.drain();
    return this.job(jobId);
  }

  async job(id: string): Promise<Job> {
    const job = await this.catalog.getJob(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  async entry(key: string): Promise<Entry> {
    const entry = await this.catalog.getEntry(sourceUri(SOURCE), key);
    if (entry === undefined) throw new Error(`no entry for ${key}`);
    return entry;
  }

  /** The text on top in the vault; undefined when there is none, or a delete marker is. */
  vaultText(key: string): string | undefined {
    return this.s3.text(VAULT, vaultPlace(SOURCE, key).key);
  }

  /** What a listing of the vault tells of one key: newest first, `marker` for a delete marker. */
  async vaultHistory(key: string): Promise<string[]> {
    const place = vaultPlace(SOURCE, key).key;
    const page = await this.store.listVersions({ bucket: VAULT, prefix: place });
    return page.versions
      .filter((version) => version.key === place)
      .map((version) =>
        version.deleteMarker ? 'marker' : (this.s3.text(VAULT, place, version.versionId) ?? ''),
      );
  }
}
