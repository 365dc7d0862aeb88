import { batchesOf } from '@holdfast/core/aws/sqs-batches.ts';
import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import type { BacklogWorld } from '@holdfast/core/kinds/s3/capture/capture-backlog.ts';
import { captureEvents } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { QUEUES, type QueueName } from '@holdfast/core/model/queues.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import type { SendOptions, WorkQueue } from '@holdfast/core/ports/work-queue.ts';
import type { Delivery, Settings, World } from '@holdfast/core/ports/world.ts';
import { HANDLERS } from '../../testing/handlers.ts';
import { MemoryEventWiring } from '../../testing/memory/memory-event-wiring.ts';
import { makeContent, md5 } from '../../testing/memory/s3-version.ts';
import { ModelledAws } from './aws.ts';
import { type Handler, ModelledFunction } from './function.ts';
import type { Instance } from './instance.ts';
import { ModelledQueue } from './queue.ts';
import type { Modelled } from './settings.ts';
import { type FunctionSettings, flowSettings, TEMPLATE } from './template.ts';

const SOURCE = 'photos';
const VAULT = 'vault';
const TARGET = 'holdfast-restore-photos';
const BYTE = Buffer.from('x');
const CONTENT = makeContent(BYTE, md5(BYTE), {});

/** What a run changes in the template's settings, for all functions alike. */
export type Tuning = {
  readonly maximumConcurrency?: number;
  readonly objectConcurrency?: number;
  readonly batchSize?: number;
  readonly windowSeconds?: number;
  readonly memoryMiB?: number;
};

export type StackOptions = {
  readonly settings: Modelled;
  readonly tuning?: Tuning;
  readonly seed?: number;
  readonly place?: (key: string) => number;
};

/** The deployed stack in virtual time: the real flows, behind the mappings of the real template. */
export class ModelledStack {
  readonly aws: ModelledAws;
  readonly queues: Readonly<Record<QueueName, ModelledQueue>>;
  readonly functions: Readonly<
    Record<'changes' | 'backlog' | 'reconcile' | 'plan' | 'restore' | 'report', ModelledFunction>
  >;
  /** When each key changed, and when its event was in the queue. */
  readonly arrivals = new Map<string, { readonly changedAt: number; readonly arrivesAt: number }>();
  readonly #settings: Settings;
  readonly #tuning: Tuning;

  constructor({ settings, tuning = {}, seed = 1, place }: StackOptions) {
    this.#tuning = tuning;
    this.aws = new ModelledAws({
      settings,
      seed,
      onEvent: ({ key, body }) => this.#event(key, body),
      ...(place === undefined ? {} : { place }),
    });
    const { s3 } = this.aws;
    s3.createBucket(VAULT, { versioning: 'enabled' });
    s3.createBucket(SOURCE, { wired: true });
    s3.createBucket(TARGET);
    const flow = flowSettings(VAULT);
    this.#settings = { ...flow, concurrency: tuning.objectConcurrency ?? flow.concurrency };
    this.queues = Object.fromEntries(
      QUEUES.map((name) => [name, new ModelledQueue(name, this.aws)]),
    ) as ModelledStack['queues'];
    this.functions = this.#functions();
  }

  /** Objects that are there before, without events. */
  fill(keys: Iterable<string>): void {
    const bucket = this.aws.s3.bucket(SOURCE);
    bucket.eventBridge = false;
    for (const key of keys) this.put(key);
    bucket.eventBridge = true;
  }

  /** Entries for all that is there, as if it had been captured: quicker than to capture it. */
  async record(keys: Iterable<string>): Promise<void> {
    const { catalog, time } = this.aws;
    const lastModified = Math.floor(time.now / 1000) * 1000;
    const same = {
      source: sourceUri(SOURCE),
      state: 'current',
      rev: 1,
      etag: CONTENT.etag,
      size: 1,
    } as const;
    for (const key of keys) {
      await catalog.putEntry(
        { ...same, key, lastModified, storageClass: 'STANDARD', updatedAt: time.now },
        undefined,
      );
    }
  }

  /** Puts an object into the source. All have the same byte: a million of them need no memory for their contents. */
  put(key: string): void {
    this.aws.s3.write(this.aws.s3.bucket(SOURCE), key, CONTENT, 'PutObject');
  }

  /** Registers the source, as `holdfast protect` does; nobody waits for it. */
  async protect(): Promise<void> {
    const world = { ...this.#world(), catalog: this.aws.catalog, store: this.aws.store };
    await registerSource({ source: sourceUri(SOURCE), protectedAt: this.aws.time.now }, world);
  }

  reconcile(jobId: string): Promise<Job> {
    const message = { kind: 'reconcile', source: sourceUri(SOURCE), trigger: 'manual', jobId };
    return this.#run('reconcile', jobId, message);
  }

  restore(jobId: string): Promise<Job> {
    return this.#run('restore', jobId, { source: sourceUri(SOURCE), target: sourceUri(TARGET), jobId });
  }

  async #run(queue: QueueName, jobId: string, message: object): Promise<Job> {
    this.queues[queue].arrive(JSON.stringify(message));
    let job: Job | undefined;
    const look = () => void this.aws.catalog.getJob(jobId).then((found) => (job = found));
    const finish = this.aws.catalog.requests;
    finish.after = (name) => {
      if (name === 'finishJob') look();
    };
    await this.aws.time.runUntil(() => job !== undefined && job.state !== 'running');
    finish.after = undefined;
    if (job?.state !== 'done') throw new Error(`job ${jobId} ended as ${job?.state}: ${job?.message}`);
    return job;
  }

  #event(key: string, body: string): void {
    const { ledger, random, settings, time } = this.aws;
    ledger.add('eventbridge event', { events: 1 });
    ledger.add('sqs SendMessage by EventBridge', { queueRequests: 1 });
    const delay = random.sample(settings.latency.event);
    this.arrivals.set(key, { changedAt: time.now, arrivesAt: time.now + delay });
    void this.queues.capture.arriveLater(body, delay);
  }

  #functions(): ModelledStack['functions'] {
    const changes: Handler = (batch, instance, timeLeft) => {
      const messages = batch.map(({ id, body, receives }) => ({
        messageId: id,
        body,
        receiveCount: receives,
      }));
      return captureEvents(messages, timeLeft, this.#worldOf(instance));
    };
    return {
      changes: this.#function('capture', TEMPLATE.captureChanges, changes),
      backlog: this.#function('backlog', TEMPLATE.captureBacklog, this.#each(HANDLERS.backlog)),
      reconcile: this.#function('reconcile', TEMPLATE.reconcileSource, this.#each(HANDLERS.reconcile)),
      plan: this.#function('restore', TEMPLATE.planRestore, this.#each(HANDLERS.restore)),
      restore: this.#function('restoreWork', TEMPLATE.restoreObjects, this.#each(HANDLERS.restoreWork)),
      report: this.#function('report', TEMPLATE.writeReport, this.#each(HANDLERS.report)),
    };
  }

  #function(queue: QueueName, settings: FunctionSettings, handler: Handler): ModelledFunction {
    const { objectConcurrency: _, batchSize, windowSeconds, ...others } = this.#tuning;
    // Batches of messages are tuned where a message is one object.
    const batches = queue === 'capture' ? defined({ batchSize, windowSeconds }) : {};
    const rules = { maxReceives: this.#settings.maxReceives, retryBaseSeconds: TEMPLATE.retryBaseSeconds };
    const own = { settings: { ...settings, ...others, ...batches }, rules, handler };
    return new ModelledFunction(this.aws, this.queues[queue], own);
  }

  /** As runtime/sqs-batch.ts: each message by itself, and one that fails comes again. */
  #each(work: (body: string, delivery: Delivery, world: BacklogWorld & World) => Promise<void>): Handler {
    return async (batch, instance, timeLeft) => {
      const failed: string[] = [];
      for (const { id, body, receives } of batch) {
        const delivery = { messageId: id, receiveCount: receives, timeLeft };
        await work(body, delivery, this.#worldOf(instance)).catch(() => failed.push(id));
      }
      return failed;
    };
  }

  #worldOf({ store, catalog, sources }: Instance): BacklogWorld & World {
    return { ...this.#world(), store, catalog, sources };
  }

  #world(): Omit<World, 'store' | 'catalog'> {
    const { time } = this.aws;
    return {
      queue: new SendingQueue(this.aws, this.queues),
      wiring: new MemoryEventWiring(this.aws.s3),
      telemetry: silent,
      clock: () => time.now,
      settings: this.#settings,
    };
  }
}

/** What the flows send by: batches of ten, eight at a time, as sqs-work-queue.ts does. */
class SendingQueue implements WorkQueue {
  readonly #aws: ModelledAws;
  readonly #queues: Readonly<Record<QueueName, ModelledQueue>>;

  constructor(aws: ModelledAws, queues: Readonly<Record<QueueName, ModelledQueue>>) {
    this.#aws = aws;
    this.#queues = queues;
  }

  async send(
    queue: QueueName,
    bodies: readonly string[],
    { delaySeconds = 0 }: SendOptions = {},
  ): Promise<void> {
    const { ledger, time, random, settings } = this.#aws;
    const batches = batchesOf(bodies);
    for (const [index, batch] of batches.entries()) {
      const bytes = batch.reduce((sum, { MessageBody }) => sum + MessageBody.length, 0);
      ledger.add('sqs SendMessageBatch', { queueRequests: Math.max(1, Math.ceil(bytes / 65_536)) });
      if (index % 8 === 0) await time.sleep(random.sample(settings.latency.queue));
      for (const { MessageBody } of batch) {
        if (delaySeconds === 0) this.#queues[queue].arrive(MessageBody);
        else void this.#queues[queue].arriveLater(MessageBody, delaySeconds * 1000);
      }
    }
  }
}
