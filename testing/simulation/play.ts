import { registerSource } from '@holdfast/core/catalog/register-source.ts';
import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { cancelJob } from '@holdfast/core/jobs/cancel-job.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { SOURCE } from '../pipeline.ts';
import { Checks } from './checks.ts';
import { ABSENT, classOf, type Held } from './model.ts';
import { TARGETS } from './monitors.ts';
import type { PolicyCheck } from './policy.ts';
import { grantsOf } from './prints.ts';
import { Sim } from './sim.ts';
import type { History, ReconcileWay, Step, StepOf } from './steps.ts';

const KIB = 1024;
const DAY_S = 24 * 3600;

/**
 * The objects of a history: two usual ones, two whose order in UTF-8 is not their order in UTF-16, and one whose key is
 * too long for the vault.
 */
const KEYS = ['a', 'b/c', '\uff61', '\u{10000}', 'k'.repeat(1024)];

/** Plays a history and checks it. @returns what was wrong, in words; empty when nothing was */
export async function play(history: History, policy: PolicyCheck): Promise<string[]> {
  const player = new Player(history, policy);
  try {
    await player.playAll();
  } catch (error) {
    player.wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return [...player.wrong, ...player.sim.monitors.breaches];
}

class Player {
  readonly sim: Sim;
  readonly wrong: string[] = [];
  readonly #history: History;
  readonly #checks: Checks;
  readonly #uploads = new Map<string, { order: number; at: number; since: ReturnType<Sim['s3']['stamp']> }>();
  readonly #targets = new Set<string>();
  #jobs = 0;

  constructor(history: History, policy: PolicyCheck) {
    const { steps: _, moments: __, vault: ___, ...world } = history;
    this.#history = history;
    this.sim = new Sim({ ...world, policy });
    this.sim.monitors.watch(KEYS);
    this.sim.model.sameSequencers = history.constantSequencer;
    this.#checks = new Checks(this.sim, KEYS, this.wrong);
  }

  async playAll(): Promise<void> {
    const { sim } = this;
    await sim.operate('protect', (world) =>
      registerSource({ source: sourceUri(SOURCE), protectedAt: sim.now, ...this.#acls() }, world),
    );
    for (const step of this.#history.steps) await this.#do(step);
    await this.#checks.asItIs(
      (how) => this.#reconcile(how),
      () => this.#compareVault(),
    );
    this.#mendAll();
    await this.#checks.converged(
      (how) => this.#reconcile(how),
      () => this.#compareVault(),
    );
    await this.#checks.restores(this.#history.moments);
    await this.#checks.reported();
    await this.#checks.rebuilt();
  }

  #acls(): { acls?: { since: number } } {
    return this.#history.acls ? { acls: { since: this.sim.now } } : {};
  }

  async #do(step: Step): Promise<void> {
    const act = this.#acts[step.op] as (step: Step) => unknown;
    await act(step);
  }

  readonly #acts: { readonly [Op in Step['op']]: (step: StepOf<Op>) => unknown } = {
    put: (step) => this.#put(step.key, heldOf(`body ${step.body}`, step)),
    large: (step) => this.#put(step.key, heldOf(`large ${step.body} `.repeat(KIB + 1), step)),
    sealed: (step) =>
      this.#refusing(() =>
        this.#put(step.key, { ...heldOf(`sealed ${step.body}`, step), customerKey: true }),
      ),
    beginUpload: ({ key }) => {
      const { sim } = this;
      this.#uploads.set(keyOf(key), { order: sim.model.order(), at: sim.now, since: sim.s3.stamp() });
    },
    tag: ({ key, tags, old }) => this.#tag(key, tagsOf(tags), old),
    grant: ({ key, acl, old }) => this.#grant(key, acl, old),
    completeUpload: (step) => this.#complete(step.key, heldOf(`body ${step.body}`, step)),
    delete: ({ key }) => this.#delete(key, () => this.sim.s3.delete(SOURCE, keyOf(key))),
    expire: ({ key }) => this.#delete(key, () => this.sim.s3.expire(SOURCE, keyOf(key))),
    destroy: ({ key }) => {
      const { sim } = this;
      if (sim.source.missing) return;
      const id = sim.model.destroyNewest(keyOf(key), this.#when());
      if (id !== undefined) sim.s3.deleteVersion(SOURCE, keyOf(key), id);
      this.#noteDeafness(keyOf(key));
    },
    archive: ({ key }) =>
      this.#refusing(() => this.#ifThere(key, () => this.sim.s3.transition(SOURCE, keyOf(key), 'GLACIER'))),
    // What a lifecycle rule of the vault's owner does, to current copies too.
    freeze: ({ key }) => this.sim.freeze(keyOf(key)),
    // Somebody with rights of their own, who deletes in the vault.
    hide: ({ key }) => this.sim.hide(keyOf(key)),
    sweep: () => this.sim.queues.add('restoreWork', JSON.stringify({ kind: 'sweep' })),
    thaw: ({ key }) => this.#ifThere(key, () => this.sim.s3.thaw(SOURCE, keyOf(key))),
    pass: ({ seconds }) => this.sim.pass(seconds),
    deny: ({ key }) => this.#refusing(() => this.sim.source.deniedKeys.add(keyOf(key))),
    allow: ({ key }) => this.sim.source.deniedKeys.delete(keyOf(key)),
    denyBucket: () => this.sim.setAccess({ denied: true }),
    allowBucket: () => this.sim.setAccess({ denied: false }),
    hideBucket: () => this.sim.setAccess({ missing: true }),
    showBucket: () => this.sim.setAccess({ missing: false }),
    unwire: ({ end }) => {
      if (end === 'rule') this.sim.source.rule = 'disabled';
      else this.sim.source.eventBridge = false;
    },
    listings: ({ op: _, ...state }) => Object.assign(this.sim.listings, state),
    lose: ({ n }) => {
      const body = this.sim.queues.lose(n);
      for (const { key } of body === undefined ? [] : parseS3Event(body)) this.sim.model.missed.add(key);
    },
    double: ({ n }) => this.sim.queues.double(n),
    again: ({ n }) => this.sim.queues.showAgain(n),
    redrive: () => this.sim.queues.redrive(),
    reconcile: ({ how }) => this.#sendReconcile(how),
    reindex: () => this.#reindex(),
    pulse: () => this.#sendPulse(),
    hour: () => this.#checks.checkedHour(() => this.#sendPulse()),
    settle: () => this.#checks.settledMoment(),
    restore: ({ at, target }) => this.#restore(at, target),
    cancel: ({ n }) => this.#cancel(n),
    resume: ({ n }) => this.#resume(n),
    work: async ({ queue, messages, shortOfTime, turns, picks, trouble }) => {
      this.sim.start(queue, messages, shortOfTime);
      await this.sim.run(turns, { picks, trouble });
    },
  };

  #refusing(act: () => unknown): void {
    this.sim.wasRefused = true;
    act();
  }

  #when() {
    const { now, scheduler } = this.sim;
    return { at: now, tick: scheduler.ticks };
  }

  #put(n: number, held: Held): void {
    const { sim } = this;
    if (sim.source.missing) return;
    const { body, ...attributes } = attributesOf(held, sim.source.versioning === 'enabled');
    const { versionId } = sim.s3.put(SOURCE, keyOf(n), body, attributes);
    sim.model.put(keyOf(n), held, { ...this.#when(), id: versionId });
    this.#noteDeafness(keyOf(n));
  }

  #complete(n: number, held: Held): void {
    const { sim } = this;
    const upload = this.#uploads.get(keyOf(n)) ?? {
      order: sim.model.order(),
      at: sim.now,
      since: sim.s3.stamp(),
    };
    if (sim.source.missing) return;
    this.#uploads.delete(keyOf(n));
    const { body, ...attributes } = attributesOf(held, sim.source.versioning === 'enabled');
    const parts = [body.slice(0, 2), body.slice(2)];
    const { versionId } = sim.s3.uploadMultipart(SOURCE, keyOf(n), parts, attributes, upload.since);
    const since = { order: upload.order, since: upload.at };
    sim.model.put(keyOf(n), held, { ...this.#when(), ...since, id: versionId });
    this.#noteDeafness(keyOf(n));
  }

  #tag(n: number, tags: Held['tags'], old: boolean): void {
    const { sim } = this;
    if (sim.source.missing) return;
    const id = sim.model.amend(keyOf(n), { tags, old }, this.#when());
    if (id === undefined) return;
    sim.s3.tag(SOURCE, keyOf(n), tags, id);
    this.#noteDeafness(keyOf(n));
  }

  #grant(n: number, acl: number, old: boolean): void {
    const { sim } = this;
    if (sim.source.missing || !this.#history.acls) return;
    const id = sim.model.amend(keyOf(n), { acl, old }, this.#when());
    if (id === undefined) return;
    sim.s3.grant(SOURCE, keyOf(n), grantsOf(acl), id);
    this.#noteDeafness(keyOf(n));
  }

  #delete(n: number, erase: () => unknown): void {
    if (this.sim.source.missing) return;
    erase();
    const marker = this.sim.source.versions(keyOf(n))[0];
    this.sim.model.delete(keyOf(n), { ...this.#when(), id: marker?.versionId ?? 'gone' });
    this.#noteDeafness(keyOf(n));
  }

  /** An event that is not sent is a lost one. */
  #noteDeafness(key: string): void {
    const { eventBridge, rule } = this.sim.source;
    if (!eventBridge || rule !== 'enabled') this.sim.model.missed.add(key);
  }

  #ifThere(n: number, act: () => void): void {
    const { model } = this.sim;
    if (!this.sim.source.missing && model.print(keyOf(n)) !== ABSENT) act();
  }

  #sendReconcile(how: ReconcileWay): string {
    this.#jobs += 1;
    const jobId = `r${this.#jobs}`;
    const trigger = how === 'schedule' ? how : 'manual';
    const vault = how === 'whole' ? { vault: true } : {};
    const message = { kind: 'reconcile', source: sourceUri(SOURCE), trigger, jobId, ...vault };
    this.sim.queues.add('reconcile', JSON.stringify(message));
    return jobId;
  }

  #sendPulse(): void {
    this.sim.queues.add('reconcile', JSON.stringify({ kind: 'pulse', source: sourceUri(SOURCE) }));
  }

  async #reconcile(how: ReconcileWay): Promise<string> {
    const jobId = this.#sendReconcile(how);
    await this.sim.settle();
    return jobId;
  }

  /** The vault is compared whole: at once, or by what the schedule sends in a week. */
  async #compareVault(): Promise<void> {
    if (this.#history.vault === 'whole') await this.#reconcile('whole');
    else
      for (let days = 0; days < 7; days++) {
        await this.#reconcile('schedule');
        this.sim.pass(DAY_S);
      }
  }

  #restore(percent: number, n: number): void {
    const { sim } = this;
    const target = `${TARGETS}early-${n}`;
    if (!this.#targets.has(target)) sim.createTarget(target);
    this.#targets.add(target);
    this.#jobs += 1;
    const at = new Date(sim.begun + ((sim.now - sim.begun) * percent) / 100).toISOString();
    const message = {
      source: sourceUri(SOURCE),
      target: sourceUri(target),
      at,
      jobId: `e${this.#jobs}`,
      thaw: { days: 1 },
      acls: this.#history.acls,
    };
    sim.queues.add('restore', JSON.stringify(message));
  }

  async #cancel(n: number): Promise<void> {
    const { sim } = this;
    const running = (await sim.catalog.listJobs()).filter(({ state }) => state === 'running');
    const job = running[n % Math.max(1, running.length)];
    if (job === undefined) return;
    try {
      await sim.operate('cancel', (world) => cancelJob(job.id, undefined, world, JOBS));
    } catch (error) {
      // It ended first, and the operator is told so.
      if (!(error instanceof InvalidInputError)) throw error;
    }
  }

  async #resume(n: number): Promise<void> {
    const { sim } = this;
    const restores = (await sim.catalog.listJobs()).filter(({ kind }) => kind === 'restore');
    const job = restores[n % Math.max(1, restores.length)];
    if (job !== undefined) sim.queues.add('restore', JSON.stringify({ resume: job.id }));
  }

  /** A rebuild of the catalog while others work: it must not disturb them. */
  async #reindex(): Promise<void> {
    await this.sim.operate('reindex', (world) => Array.fromAsync(reindex({ dryRun: false }, KINDS, world)));
  }

  /** What an operator does after reading `status`: access is given back, dead letters are sent back. */
  #mendAll(): void {
    const { sim } = this;
    sim.setAccess({ denied: false, missing: false });
    sim.source.deniedKeys.clear();
    for (const key of KEYS) if (sim.model.print(key) !== ABSENT) sim.s3.thaw(SOURCE, key);
  }
}

function keyOf(n: number): string {
  return KEYS[n] ?? 'a';
}

function heldOf(body: string, { meta, tags }: { meta: number; tags: number }): Held {
  return {
    body,
    type: meta === 0 ? 'text/plain' : 'application/x-other',
    metadata: meta === 0 ? {} : { m: String(meta) },
    tags: tagsOf(tags),
    customerKey: false,
  };
}

function tagsOf(count: number): Held['tags'] {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, String(count)]));
}

// Without versions, a late copy can bring the tags of before, which nothing tells apart (ADR 20): no class is unusual there.
function attributesOf({ body, type, metadata, tags, customerKey }: Held, versioned: boolean) {
  return {
    body,
    headers: { contentType: type },
    metadata,
    tags,
    customerKey,
    storageClass: versioned ? classOf(type) : 'STANDARD',
  };
}
