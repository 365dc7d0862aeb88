import { checksums } from '@holdfast/core/aws/checksums.ts';
import { captureDocuments } from '@holdfast/core/kinds/workdocs/capture-documents.ts';
import { readSite } from '@holdfast/core/kinds/workdocs/read-site.ts';
import type { SitePage, SiteReader } from '@holdfast/core/kinds/workdocs/site.ts';
import type { SiteWorld } from '@holdfast/core/kinds/workdocs/site-world.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { silent } from '@holdfast/core/ports/telemetry.ts';
import { MemoryCatalog } from '../../memory/memory-catalog.ts';
import { MemoryObjectStore } from '../../memory/memory-object-store.ts';
import { MemoryS3 } from '../../memory/memory-s3.ts';
import { MemorySite } from '../../memory/memory-site.ts';
import { fateOf } from '../faults.ts';
import { type Message, Queues } from '../queues.ts';
import { type Actor, allMicrotasks, DONE, type Fate, type Request, Scheduler } from '../scheduler.ts';
import type { Course, Mishap } from '../sim.ts';
import { SITE_WORK, type SiteListing, type SiteWork } from './site-steps.ts';

export const SITE = 'd-9067e0513b';
export const SITE_SOURCE = `workdocs://${SITE}`;
export const VAULT = 'vault';
const KIB = 1024;
const REQUEST_MS = 5;
const MAX_TURNS = 50_000;

/** Told of each request to the vault before it is done. */
export type SiteMonitor = (actor: Actor, op: string, args: readonly unknown[]) => void;

/** What reads a site, over memory, with every request in the hand of the history that is played. */
export class SiteSim {
  now = Date.parse('2024-06-01T12:00:00Z');
  readonly site: MemorySite;
  readonly s3: MemoryS3;
  readonly store: MemoryObjectStore;
  readonly catalog = new MemoryCatalog({ pageSize: 3 });
  readonly queues: Queues<QueueName>;
  readonly scheduler: Scheduler;
  listing: SiteListing = 'whole';
  readonly #monitor: SiteMonitor;
  readonly #running = new Map<Actor, Message<QueueName>>();

  constructor(monitor: SiteMonitor) {
    this.#monitor = monitor;
    this.site = new MemorySite({ clock: () => this.now, organizationId: SITE });
    this.site.pages.size = 3;
    this.s3 = new MemoryS3({ now: () => this.now, minPartBytes: 1, pageSize: 100 });
    this.store = new MemoryObjectStore(this.s3);
    this.s3.createBucket(VAULT, { versioning: 'enabled' });
    this.queues = new Queues<QueueName>(() => this.now, 4);
    this.scheduler = new Scheduler(() => {
      this.now += REQUEST_MS;
    });
  }

  /** Starts handlers on messages of a queue, or of another if that has none. */
  start(queue: SiteWork, picks: readonly number[], shortOfTime: number): void {
    const wanted = this.#ready(queue);
    const ready = wanted.length > 0 ? wanted : this.#ready();
    const chosen = new Set(picks.map((n) => ready[n % Math.max(1, ready.length)]));
    for (const message of chosen) if (message !== undefined) this.#handle(message, shortOfTime);
  }

  /** Does a number of turns. @returns false when nothing was left to do */
  async run(turns: number, { picks, trouble }: Course = { picks: [] }): Promise<boolean> {
    const fate = fatesOf(trouble);
    for (let turn = 0; turn < turns; turn += 1) {
      await this.#allAtRequests();
      if (this.scheduler.idle) return false;
      const choice = picks[turn % Math.max(1, picks.length)] ?? 0;
      await this.scheduler.turn(choice, (request) => fate(request, turn));
      this.#buryTheDead();
    }
    await this.#allAtRequests();
    return !this.scheduler.idle;
  }

  /** Lets everything that waits anywhere be done, without trouble, until nothing waits. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < MAX_TURNS; rounds += 1) {
      if (await this.run(1)) continue;
      const [message] = this.#ready();
      if (message !== undefined) {
        this.#handle(message, 0);
        await allMicrotasks();
      } else if (this.scheduler.hasLate()) {
        await this.scheduler.turn(0);
        this.#buryTheDead();
      } else return;
    }
    throw new Error(`does not come to rest: ${JSON.stringify(this.queues.counts())}`);
  }

  #ready(queue?: SiteWork): Array<Message<QueueName>> {
    const queues = queue === undefined ? SITE_WORK : [queue];
    return queues.flatMap((name) => this.queues.ready(name));
  }

  #handle(message: Message<QueueName>, shortOfTime: number): void {
    const actor = { name: `${message.queue} ${message.id}`, since: this.scheduler.ticks, alive: true };
    this.queues.receive(message);
    this.#running.set(actor, message);
    const looks = { left: shortOfTime === 0 ? Number.POSITIVE_INFINITY : shortOfTime };
    const delivery = {
      messageId: message.id,
      receiveCount: message.receives + (message.redriven ? 1 : 0),
      timeLeft: () => (looks.left-- > 0 ? 900_000 : 0),
    };
    const work = message.queue === 'site' ? readSite : captureDocuments;
    work(message.body, delivery, this.#world(actor)).then(
      () => this.#release(actor, () => this.queues.finish(message)),
      () => this.#release(actor, () => this.queues.release(message)),
    );
  }

  /** A digest in WebAssembly begins in its own time: only when everybody waits for a request is the next turn taken. */
  async #allAtRequests(): Promise<void> {
    while ([...this.#running.keys()].some((actor) => actor.alive && !this.scheduler.isWaiting(actor)))
      await allMicrotasks();
  }

  #release(actor: Actor, end: () => void): void {
    if (!actor.alive) return;
    end();
    this.#running.delete(actor);
  }

  /** The messages of killed handlers come again, when all that they had asked for is long done. */
  #buryTheDead(): void {
    for (const [actor, message] of this.#running) {
      if (actor.alive || this.scheduler.hasLate(actor)) continue;
      this.queues.release(message);
      this.#running.delete(actor);
    }
  }

  /** The ports as one actor has them: every request waits for its turn. */
  #world(actor: Actor): SiteWorld {
    const port = <T extends object>(name: string, real: T): T =>
      new Proxy({} as T, {
        get:
          (_, method) =>
          (...args: unknown[]) => {
            const op = `${name}.${String(method)}`;
            const perform = async () => {
              this.#monitor(actor, op, args);
              if (name === 'site' && this.#isEmpty(String(method))) return { items: [] };
              const answer: unknown = Reflect.apply(Reflect.get(real, method) as () => unknown, real, args);
              return op === 'site.folderContents' && this.listing === 'some contents'
                ? withoutFirst((await answer) as SitePage<unknown>)
                : answer;
            };
            return this.scheduler.request(actor, op, args, perform);
          },
      });
    const site = port<SiteReader>('site', this.site);
    return {
      store: port('store', this.store),
      catalog: port('catalog', this.catalog),
      queue: port('queue', this.queues),
      sites: () => site,
      checksums,
      telemetry: silent,
      clock: () => this.now,
      settings: {
        vault: VAULT,
        multipartThresholdBytes: 2 * KIB,
        tagCopyMaxBytes: KIB,
        partBytes: KIB,
        concurrency: 2,
        keysPerStep: 3,
        treeDocuments: 1000,
        maxRanges: 3,
        graceMs: 15 * 60 * 1000,
        maxReceives: 4,
        restoreTargets: [],
        exactRestores: false,
        aclRestores: false,
      },
    };
  }

  #isEmpty(method: string): boolean {
    if (this.listing === 'nothing') return ['users', 'folderContents', 'activities'].includes(method);
    return EMPTY_OF[method] === this.listing;
  }
}

/** A listing that lacks what it begins with. */
function withoutFirst({ items, ...page }: SitePage<unknown>): SitePage<unknown> {
  return { ...page, items: items.slice(1) };
}

const EMPTY_OF: Readonly<Record<string, SiteListing>> = {
  users: 'no users',
  folderContents: 'no contents',
  activities: 'no activities',
};

/** Tells the fate of each request, in turn. */
function fatesOf(mishap: Mishap | undefined): (request: Request, turn: number) => Fate {
  let writes = 0;
  return (request, turn) => {
    const isWrite =
      !/\.(head|get|list|folder|document|version|users|activities|comments|permissions|path|download)/.test(
        request.op,
      );
    const at = mishap?.of === 'writes' ? (isWrite ? writes++ : -1) : turn;
    return mishap !== undefined && mishap.at === at ? fateOf(mishap.what, request) : DONE;
  };
}
