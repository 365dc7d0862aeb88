import { rememberSources } from '@holdfast/core/catalog/source-lookup.ts';
import { captureEvents } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { vaultPlace, vaultPrefix } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { BucketQueue } from '@holdfast/core/model/queues.ts';
import type { StepRecord } from '@holdfast/core/ports/catalog.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import type { World } from '@holdfast/core/ports/world.ts';
import { HANDLERS } from '../handlers.ts';
import type { MemoryBucket } from '../memory/memory-bucket.ts';
import { MemoryCatalog } from '../memory/memory-catalog.ts';
import { MemoryEventWiring } from '../memory/memory-event-wiring.ts';
import { MemoryObjectStore } from '../memory/memory-object-store.ts';
import { MemoryS3 } from '../memory/memory-s3.ts';
import { isObject } from '../memory/s3-version.ts';
import { SOURCE, VAULT } from '../pipeline.ts';
import { fateOf, type Trouble } from './faults.ts';
import { type ColdClass, DAY_MS, runVaultLifecycle } from './lifecycle.ts';
import { Listings } from './listings.ts';
import { Model } from './model.ts';
import { Monitors } from './monitors.ts';
import { type PolicyCheck, ROLES } from './policy.ts';
import { type Message, Queues } from './queues.ts';
import { type Actor, allMicrotasks, DONE, type Fate, type Request, Scheduler } from './scheduler.ts';

const KIB = 1024;
const REQUEST_MS = 5;
const MAX_TURNS = 20_000;
/** As the template's rule has it; and more of them than it takes to give up a thaw. */
const SWEEP_S = 3 * 3600;
const MAX_SWEEPS = 50;
const LATE_S = 4 * 3600;

export type SimOptions = {
  readonly versioned: boolean;
  /** Object Lock on the vault, as the template's LockMode and LockDays set it. */
  readonly locked: boolean;
  /** Events that all say the same sequencer, as an emulator's do. */
  readonly constantSequencer: boolean;
  /** Tags that change are kept in records beside the copies, also of small objects. */
  readonly tagsBeside: boolean;
  /** The ACLs of objects are remembered, and restored. */
  readonly acls: boolean;
  /** Where the vault's lifecycle moves old versions to. */
  readonly cold: ColdClass;
  /** What becomes of S3's events of thaws, in turn. */
  readonly thawEvents: readonly ThawEvent[];
  readonly policy: PolicyCheck;
};

/** What becomes of the event of a thaw. */
export const THAW_EVENTS = ['told', 'lost', 'twice', 'late'] as const;
export type ThawEvent = (typeof THAW_EVENTS)[number];

/** What goes wrong, and with which request: the one of a turn, or, of those that change something, the n-th. */
export type Mishap = { readonly at: number; readonly of: 'turns' | 'writes'; readonly what: Trouble };

/** How a number of turns go: which waiting request is next, and what goes wrong when. */
export type Course = {
  /** Which of the waiting requests is done, in turn; none: the oldest. */
  readonly picks: readonly number[];
  readonly trouble?: Mishap | undefined;
};

const SMOOTH: Course = { picks: [] };

/** The whole pipeline over memory, with every request in the hand of the history that is played. */
export class Sim {
  now = Date.parse('2026-03-01T12:00:00Z');
  readonly model: Model;
  readonly s3: MemoryS3;
  readonly store: MemoryObjectStore;
  readonly queues: Queues;
  readonly scheduler: Scheduler;
  readonly listings: Listings;
  readonly monitors: Monitors;
  readonly source: MemoryBucket;
  /** Whether the source has ever refused the pipeline anything: what was missed then, only a reconcile finds. */
  wasRefused = false;
  /** Versions of the delete markers by which somebody hid copies. */
  readonly intruders = new Set<string>();
  /** Jobs to whose counts a handler that was killed added something, after that. */
  readonly countedLate = new Set<string>();
  /** When the history began. */
  readonly begun: number;
  catalog = new MemoryCatalog({ pageSize: 3 });
  readonly #wiring: MemoryEventWiring;
  #lifecycleAt: number;
  readonly #access: Array<{ readonly tick: number; readonly readable: boolean }> = [
    { tick: 0, readable: true },
  ];
  readonly #running = new Map<Actor, readonly Message[]>();

  /** Lifecycle rules may be late: then nothing of the vault moves or expires. */
  lifecycle = true;
  readonly cold: ColdClass;
  readonly acls: boolean;
  readonly #thawEvents: readonly ThawEvent[];
  readonly #tagCopyMaxBytes: number;
  #thaws = 0;

  constructor(options: SimOptions) {
    const { versioned, locked, constantSequencer, tagsBeside, acls, cold, thawEvents, policy } = options;
    this.acls = acls;
    this.#tagCopyMaxBytes = tagsBeside ? 0 : 4 * KIB;
    this.cold = cold;
    this.#thawEvents = thawEvents;
    this.model = new Model(versioned);
    this.s3 = new MemoryS3({
      now: () => this.now,
      minPartBytes: 1,
      pageSize: 3,
      constantSequencer,
      onEvent: ({ body }) => this.queues.add('capture', body),
      onThawed: ({ body }) => this.#tell(body),
    });
    this.store = new MemoryObjectStore(this.s3);
    this.#wiring = new MemoryEventWiring(this.s3);
    this.queues = new Queues(() => this.now, 4);
    this.scheduler = new Scheduler(() => {
      this.now += REQUEST_MS;
    });
    this.listings = new Listings(() => this.now);
    this.monitors = new Monitors(this, policy);
    this.s3.createBucket(VAULT, { versioning: 'enabled' }).lockMs = locked ? 30 * DAY_MS : 0;
    this.source = this.s3.createBucket(SOURCE, { versioning: versioned ? 'enabled' : 'never', wired: true });
    this.source.ownership = 'ObjectWriter';
    this.begun = this.now;
    this.#lifecycleAt = this.now;
  }

  /** A bucket to restore into, which takes ACLs. */
  createTarget(name: string): void {
    this.s3.createBucket(name).ownership = 'ObjectWriter';
  }

  /** Whether the pipeline can read the source's bucket now. */
  get isReadable(): boolean {
    return !this.source.denied && !this.source.missing;
  }

  /** Takes the source's bucket away from the pipeline, or gives it back. */
  setAccess(access: { denied?: boolean; missing?: boolean }): void {
    Object.assign(this.source, access);
    this.wasRefused = true;
    this.#access.push({ tick: this.scheduler.ticks, readable: this.isReadable });
  }

  /** True when the bucket could be read at some time since a tick. */
  wasReadableSince(tick: number): boolean {
    const before = this.#access.findLastIndex((one) => one.tick <= tick);
    return this.#access.slice(Math.max(0, before)).some(({ readable }) => readable);
  }

  /** Lets time pass, with what lifecycle rules do in it. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
    this.s3.tellThawed();
    if (this.now - this.#lifecycleAt < DAY_MS || !this.lifecycle) return;
    this.#lifecycleAt = this.now;
    runVaultLifecycle(this.s3, this.store, this.now, this.cold);
  }

  /** Moves all versions of an object in the vault, or of all objects, into an archive; what was thawed has expired. */
  freeze(key?: string): void {
    const prefix = key === undefined ? vaultPrefix(SOURCE) : vaultPlace(SOURCE, key).key;
    for (const [place, versions] of this.s3.bucket(VAULT).walk({ prefix }))
      for (const version of key === undefined || place === prefix ? versions : [])
        if (isObject(version)) this.s3.moveTo(version, this.cold ?? 'GLACIER');
  }

  /** Puts a delete marker on an object's copy, behind the pipeline's back. */
  hide(key: string): void {
    const place = vaultPlace(SOURCE, key).key;
    if (this.s3.bucket(VAULT).current(place) === undefined) return;
    this.s3.delete(VAULT, place);
    const [marker] = this.s3.bucket(VAULT).versions(place);
    if (marker !== undefined) this.intruders.add(marker.versionId);
  }

  /** S3 tells of a thaw, at least once as a rule. */
  #tell(body: string): void {
    const what = this.#thawEvents[this.#thaws % Math.max(1, this.#thawEvents.length)] ?? 'told';
    this.#thaws += 1;
    if (what === 'lost') return;
    this.queues.add('restoreWork', body, what === 'late' ? LATE_S : 0);
    if (what === 'twice') this.queues.add('restoreWork', body);
  }

  /** Starts handlers on messages of a queue, or of another if that has none: one for a batch of events, one for each other message. */
  start(queue: BucketQueue, picks: readonly number[], shortOfTime: number): void {
    const [other] = this.queues.ready();
    const wanted = this.queues.ready(queue);
    // A history in which handlers run is worth more than one in which they find nothing to do.
    const from = wanted.length === 0 ? (other?.queue ?? queue) : queue;
    const ready = from === queue ? wanted : this.queues.ready(from);
    const chosen = [...new Set(picks.map((n) => ready[n % Math.max(1, ready.length)]))].filter(
      (message) => message !== undefined,
    );
    const groups = from === 'capture' ? [chosen] : chosen.map((message) => [message]);
    for (const group of groups) if (group.length > 0) this.#handle(from, group, shortOfTime);
  }

  /** Does a number of turns. @returns false when nothing was left to do */
  async run(turns: number, course: Course = SMOOTH): Promise<boolean> {
    const mishaps = mishapsOf(course.trouble);
    if (course.trouble?.what === 'denied') this.wasRefused = true;
    for (let turn = 0; turn < turns; turn += 1) {
      if (this.scheduler.idle) return false;
      const choice = course.picks[turn % Math.max(1, course.picks.length)] ?? 0;
      await this.scheduler.turn(choice, (request) => mishaps(request, turn));
      this.#buryTheDead();
    }
    return !this.scheduler.idle;
  }

  /** Lets everything that waits anywhere be done, without trouble, until nothing waits. */
  async settle(): Promise<void> {
    let sweeps = 0;
    for (let rounds = 0; rounds < MAX_TURNS; rounds += 1) {
      if (await this.run(1)) continue;
      const [message] = this.queues.ready();
      if (message !== undefined) {
        this.start(message.queue, message.queue === 'capture' ? [0, 1, 2, 3, 4] : [0], 0);
        await allMicrotasks();
        continue;
      }
      const next = this.#nextAt();
      if (next !== undefined) this.pass(Math.max(0, Math.ceil((next - this.now) / 1000)));
      else if (this.scheduler.hasLate()) await this.#lateTurn();
      else if (sweeps++ >= MAX_SWEEPS || !(await this.#isThawing())) return;
      else this.#sweep();
    }
    throw new Error(`does not come to rest: ${JSON.stringify(this.queues.counts())}`);
  }

  /** When something happens next by itself: a message comes, or something is thawed. */
  #nextAt(): number | undefined {
    const times = [this.queues.nextAt(), this.s3.nextThawAt()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether a job waits for thaws that nobody tells of. */
  async #isThawing(): Promise<boolean> {
    for (const { jobId, ended } of await this.catalog.listThawingJobs())
      if (!ended && (await this.catalog.getJob(jobId))?.state === 'running') return true;
    return false;
  }

  #sweep(): void {
    this.pass(SWEEP_S);
    this.queues.add('restoreWork', JSON.stringify({ kind: 'sweep' }));
  }

  async #lateTurn(): Promise<void> {
    await this.scheduler.turn(0);
    this.#buryTheDead();
  }

  /** Somebody who is no function: an operator's command over the same ports. What it throws, it says. */
  async operate<T>(name: string, work: (world: World) => Promise<T>): Promise<T> {
    const actor = this.#actor(name);
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    work(this.world(actor, undefined)).then(
      (value) => {
        outcome = { value };
      },
      (error: unknown) => {
        outcome = { error };
      },
    );
    await allMicrotasks();
    while (outcome === undefined) await this.run(1);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #actor(name: string): Actor {
    return { name, since: this.scheduler.ticks, alive: true };
  }

  #handle(queue: BucketQueue, messages: readonly Message[], shortOfTime: number): void {
    const actor = this.#actor(`${queue} ${messages.map(({ id }) => id).join(' ')}`);
    for (const message of messages) this.queues.receive(message);
    this.#running.set(actor, messages);
    const calls = { left: shortOfTime === 0 ? Number.POSITIVE_INFINITY : shortOfTime };
    const timeLeft = () => (calls.left-- > 0 ? 900_000 : 0);
    this.#work(queue, messages, timeLeft, this.world(actor, queue)).then(
      (failed) => this.#release(actor, failed),
      () => this.#release(actor, new Set(messages.map(({ id }) => id))),
    );
  }

  #release(actor: Actor, failed: ReadonlySet<string>): void {
    if (!actor.alive) return;
    for (const message of this.#running.get(actor) ?? []) {
      if (failed.has(message.id)) this.queues.release(message);
      else this.queues.finish(message);
    }
    this.#running.delete(actor);
  }

  /**
   * The messages of killed handlers come again, when the queue's visibility timeout has run out: twelve minutes and more,
   * in which everything that they had asked for is long done.
   */
  #buryTheDead(): void {
    for (const [actor, messages] of this.#running) {
      if (actor.alive || this.scheduler.hasLate(actor)) continue;
      for (const message of messages) this.queues.release(message);
      this.#running.delete(actor);
    }
  }

  /** @returns ids of the messages that failed */
  async #work(
    queue: BucketQueue,
    messages: readonly Message[],
    timeLeft: () => number,
    world: World,
  ): Promise<Set<string>> {
    const received = messages.map(({ id, body, receives, redriven }) => ({
      messageId: id,
      body,
      receiveCount: receives + (redriven ? 1 : 0),
    }));
    if (queue === 'capture')
      return new Set(await captureEvents(received, timeLeft, { ...world, sources: rememberSources(world) }));
    for (const { body, ...delivery } of received)
      await HANDLERS[queue](body, { ...delivery, timeLeft }, { ...world, sources: rememberSources(world) });
    return new Set();
  }

  /** The ports as one actor has them: every request waits for its turn. */
  world(actor: Actor, queue: BucketQueue | undefined): World {
    const role = queue === undefined ? undefined : ROLES[queue];
    const port = <T extends object>(name: string, real: () => T): T =>
      new Proxy({} as T, {
        get: (_, method) => {
          const op = `${name}.${String(method)}`;
          const call = (...args: unknown[]) => {
            this.monitors.before(actor, role, op, args);
            const perform = async () => {
              const top = this.monitors.topOf(op, args);
              if (op === 'catalog.completeStep' && !actor.alive)
                this.countedLate.add((args[0] as StepRecord).jobId);
              const answer = await this.listings.read(op, args, () => invoke(real(), method, args));
              this.monitors.after({ actor, op, args, answer, top });
              return answer;
            };
            return this.scheduler.request(actor, op, args, perform);
          };
          if (op !== 'catalog.listProblems') return call;
          // The one method that answers with a stream: its pages are one request here.
          return async function* (...args: unknown[]) {
            yield* (await call(...args)) as readonly unknown[];
          };
        },
      });
    return {
      store: port('store', () => this.store),
      catalog: port('catalog', () => this.catalog),
      queue: port('queue', () => this.queues),
      wiring: port('wiring', () => this.#wiring),
      telemetry: silent,
      clock: () => this.now,
      settings: {
        vault: VAULT,
        multipartThresholdBytes: 8 * KIB,
        tagCopyMaxBytes: this.#tagCopyMaxBytes,
        partBytes: 4 * KIB,
        concurrency: 2,
        keysPerStep: 2,
        treeDocuments: 1000,
        maxRanges: 3,
        graceMs: 15 * 60 * 1000,
        maxReceives: 4,
        restoreTargets: ['holdfast-restore-*'],
        exactRestores: false,
        aclRestores: true,
      },
    };
  }
}

/** Tells the fate of each request, in turn. */
function mishapsOf(mishap: Mishap | undefined): (request: Request, turn: number) => Fate {
  let writes = 0;
  return (request, turn) => {
    const at = mishap?.of === 'writes' ? (isWrite(request.op) ? writes++ : -1) : turn;
    return mishap !== undefined && mishap.at === at ? fateOf(mishap.what, request) : DONE;
  };
}

function isWrite(op: string): boolean {
  return !/\.(head|bucket|list|get|ensure)/.test(op);
}

async function invoke(port: object, method: string | symbol, args: readonly unknown[]): Promise<unknown> {
  const answer: unknown = Reflect.apply(Reflect.get(port, method) as () => unknown, port, args);
  if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer)
    return Array.fromAsync(answer as AsyncIterable<unknown>);
  return answer;
}
