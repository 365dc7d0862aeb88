import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { QUEUES } from '@holdfast/core/model/queues.ts';
import type { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import type { Connection, Deps, GlobalOptions } from '../../../../cli/context.ts';
import { accountOf, readOutputs, readRoles } from '../../../../cli/core-stack.ts';
import type { ExitCode } from '../../../../cli/exit-codes.ts';
import { KINDS } from '../../../../cli/kinds/all.ts';
import type { SitePlace } from '../../../../cli/kinds/workdocs/writable-site.ts';
import type { TextStream } from '../../../../cli/output.ts';
import { runCli } from '../../../../cli/run-cli.ts';
import type { CoreStack } from '../../../../operations/core-stack.ts';
import type { KnownKind } from '../../../../operations/kind.ts';
import { type ServiceClock, serviceClock } from '../../../../operations/service-clock.ts';
import { MemoryBucketAdmin } from '../../../../testing/memory/memory-bucket-admin.ts';
import { MemoryQueueAdmin } from '../../../../testing/memory/memory-queue-admin.ts';
import { MemorySite } from '../../../../testing/memory/memory-site.ts';
import { MemoryStacks } from '../../../../testing/memory/memory-stacks.ts';
import { Pipeline, VAULT } from '../../../../testing/pipeline.ts';

/** Who uses the CLI. */
export const CALLER = 'arn:aws:iam::111122223333:user/anna';

/** What a core stack says of itself. */
export const OUTPUTS = {
  VaultBucket: VAULT,
  CatalogTable: 'table',
  Queues: JSON.stringify(
    Object.fromEntries(
      QUEUES.map((name) => [name, { url: `http://queue/${name}`, deadLetters: `http://queue/${name}-dead` }]),
    ),
  ),
  CaptureQueueArn: 'arn:aws:sqs:us-east-1:111122223333:capture',
  ReconcileQueueArn: 'arn:reconcile',
  SiteQueueArn: 'arn:site',
  HourlyChecks: 'true',
  CaptureChangesRoleName: 'capture-changes',
  CaptureBacklogRoleName: 'capture-backlog',
  ReconcileSourceRoleName: 'reconcile-source',
  RestoreObjectsRoleName: 'restore-objects',
  ReadSiteRoleName: 'read-site',
  CaptureDocumentsRoleName: 'capture-documents',
  ImportExportRoleName: 'import-export',
  RestoreTargetPatterns: '',
  AlarmTopicArn: 'arn:alarms',
  RetentionInDays: '90',
  MultipartThresholdInMiB: '5120',
};

export type Ran = {
  readonly code: ExitCode;
  /** Standard output as it is. */
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of standard output, as JSON. */
  readonly json: () => unknown[];
};

/** The CLI over a pipeline in memory. While a command waits, the functions work. */
export class CliWorld {
  readonly pipeline: Pipeline;
  readonly stacks = new MemoryStacks(({ parameters: { Bucket } }) => {
    // A site's stack has schedules, which nobody keeps here.
    if (Bucket !== undefined) this.#createRule(Bucket);
  });
  readonly queues: MemoryQueueAdmin;
  readonly buckets: MemoryBucketAdmin;
  /** A WorkDocs site that can be restored into, and how it was asked for. */
  readonly site = new MemorySite({ clock: () => this.pipeline.now, organizationId: 'd-2222222222' });
  readonly writtenSites: SitePlace[] = [];
  readonly progress: string[] = [];
  readonly interrupt = new AbortController();
  /** What the person at the terminal answers; nobody is there when it is not set. */
  answer: string | undefined;
  /** What else happens while a person is asked. */
  answering: (() => Promise<string>) | undefined;
  /** Questions that were asked. */
  readonly questions: string[] = [];
  /** Whether standard output is a terminal. */
  isTerminal = false;
  /** Whether whoever reads standard output is slow; then it is waited for. */
  isSlow = false;
  /** Hears how much was written when it is waited for. */
  onDrain: (bytes: number) => Promise<void> = async () => {};
  /** By how much the clock of the person's machine is ahead of AWS's. */
  clockAheadMs = 0;
  /** Where the person is. */
  zone = 'UTC';
  /** What happens while a command waits. */
  meanwhile: () => Promise<void> = () => this.pipeline.drain();
  /** Why there is no connection. */
  unreachable: Error | undefined;
  /** What the core stack was deployed with. */
  readonly parameters: Record<string, string> = {};
  /** What the core stack says of itself. */
  outputs: Readonly<Record<string, string>> = OUTPUTS;
  /** With which options the core stack was looked for. */
  readonly connects: GlobalOptions[] = [];
  /** The kinds of sources that there are. */
  kinds: SourceKinds<KnownKind> = KINDS;
  /** The kinds of jobs that there are. */
  jobKinds = JOBS;
  #names = 0;

  constructor(options: ConstructorParameters<typeof Pipeline>[0] = {}) {
    this.pipeline = new Pipeline(options);
    this.queues = new MemoryQueueAdmin(this.pipeline.queue);
    this.buckets = new MemoryBucketAdmin(this.pipeline.s3);
  }

  /** Runs one command line, its words apart. */
  async run(...argv: string[]): Promise<Ran> {
    const out: Uint8Array[] = [];
    const err: string[] = [];
    const code = await runCli(argv, this.#deps(out, err));
    const bytes = Buffer.concat(out);
    const stdout = bytes.toString();
    return {
      code,
      bytes,
      stdout,
      stderr: err.join(''),
      json: () =>
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
    };
  }

  /** A bucket with objects, not protected yet. */
  givenBucket(name: string, objects: Readonly<Record<string, string>> = {}): void {
    this.pipeline.s3.createBucket(name);
    for (const [key, body] of Object.entries(objects)) this.pipeline.s3.put(name, key, body);
  }

  /** A bucket with objects, all of them in the vault. */
  async givenProtected(name: string, objects: Readonly<Record<string, string>> = {}): Promise<void> {
    this.givenBucket(name, objects);
    const { code, stderr } = await this.run('protect', `s3://${name}`, '--wait');
    if (code !== 0) throw new Error(`protect ended with ${code}: ${stderr}`);
  }

  get connection(): Connection {
    const stack: CoreStack = {
      name: 'holdfast',
      account: accountOf(OUTPUTS),
      region: 'us-east-1',
      outputs: readOutputs({ name: 'holdfast', status: 'CREATE_COMPLETE', outputs: this.outputs, tags: {} }),
      roles: readRoles({ outputs: this.outputs }),
      parameters: this.parameters,
    };
    const { stacks, queues, buckets } = this;
    const caller = async () => CALLER;
    return { stack, world: this.pipeline.world, stacks, queues, buckets, clock: this.#clock(), caller };
  }

  /** As AWS tells it in an answer that takes no time. */
  #clock(): ServiceClock {
    const { now } = this.pipeline;
    const date = Math.floor(now / 1000) * 1000;
    return serviceClock({ date, sentAt: now + this.clockAheadMs, tookMs: 0 }, () => this.pipeline.now - date);
  }

  /** A reader that catches up when it is waited for. */
  #events(out: readonly Uint8Array[]): Pick<TextStream, 'on' | 'off'> {
    const stream = silent();
    return {
      ...stream,
      on: (event, listener) => {
        if (event === 'drain') void this.onDrain(Buffer.concat(out).length).then(listener);
        return this.#events(out);
      },
    };
  }

  #deps(out: Uint8Array[], err: string[]): Deps {
    return {
      kinds: this.kinds,
      jobKinds: this.jobKinds,
      stdout: {
        write: (text) => out.push(Buffer.from(text)),
        ...this.#events(out),
        writableNeedDrain: this.isSlow,
        isTTY: this.isTerminal,
      },
      stderr: { write: (text) => err.push(Buffer.from(text).toString()), ...silent() },
      progress: { update: (text) => this.progress.push(text), clear: () => {} },
      connect: async (options) => {
        this.connects.push(options);
        if (this.unreachable !== undefined) throw this.unreachable;
        return this.connection;
      },
      connectBuckets: async () => ({ store: this.pipeline.store, region: 'us-east-1' }),
      connectSite: async (_options, place) => {
        this.writtenSites.push(place);
        return this.site;
      },
      zone: () => this.zone,
      pause: async (ms) => {
        // S3's own times, and so the moments that the tests name, are in whole seconds.
        this.pipeline.now += Math.ceil(ms / 1000) * 1000;
        await this.meanwhile();
      },
      random: () => `r${++this.#names}`,
      ...(this.answer === undefined && this.answering === undefined
        ? {}
        : { ask: (question: string) => this.#ask(question) }),
      interrupt: this.interrupt.signal,
      whenUnread: () => {},
    };
  }

  async #ask(question: string): Promise<string> {
    this.questions.push(question);
    return this.answering?.() ?? this.answer ?? '';
  }

  #createRule(bucket: string): void {
    this.pipeline.s3.bucket(bucket).rule = 'enabled';
  }
}

/** A stream that nothing ever happens to. */
export function silent(): Pick<TextStream, 'on' | 'off'> {
  return { on: silent, off: silent };
}

/** Everything that a command could change, to see that one changed nothing. */
export async function footprint({ pipeline, stacks }: CliWorld): Promise<unknown> {
  const { s3, catalog, queue } = pipeline;
  return {
    vault: s3.keys(VAULT),
    sources: await catalog.listSources(),
    jobs: await catalog.listJobs(),
    stacks: [...stacks.requests.keys()],
    waiting: (['reconcile', 'restore', 'backlog', 'capture'] as const).map((name) => queue.waiting(name)),
  };
}
