import { isDeepStrictEqual } from 'node:util';
import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { parseAclRecord } from '@holdfast/core/kinds/s3/model/acl-record.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { aclRecordKey, vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { ORIGIN_TAG } from '@holdfast/core/model/origin.ts';
import { MemoryCatalog } from '../memory/memory-catalog.ts';
import type { Content } from '../memory/s3-content.ts';
import { isObject } from '../memory/s3-version.ts';
import { SOURCE, VAULT } from '../pipeline.ts';
import { DAY_MS, RETENTION_DAYS } from './lifecycle.ts';
import { ABSENT, aclIn, bodyOf, classOf, type Print, withoutAcl } from './model.ts';
import { TARGETS } from './monitors.ts';
import { printOf, printOfCopy, short } from './prints.ts';
import type { Message } from './queues.ts';
import type { Sim } from './sim.ts';
import type { ReconcileWay } from './steps.ts';

const URI = sourceUri(SOURCE);
type Reconcile = (how: ReconcileWay) => Promise<string>;
/** Longer than a large copy may be silent before it is begun anew. */
const LONG_ENOUGH_S = 4 * 3600;

/** Longer than an event may take. */
const GRACE_S = 20 * 60;

/** What is checked when a history is over: the invariants, against what the model says. */
export class Checks {
  readonly #sim: Sim;
  readonly #keys: readonly string[];
  readonly #wrong: string[];
  /** Moments at which everything was captured: what is restored to them must be exactly what there was. */
  readonly #settled: Array<{ readonly at: number; readonly prints: ReadonlyMap<string, Set<Print>> }> = [];

  constructor(sim: Sim, keys: readonly string[], wrong: string[]) {
    this.#sim = sim;
    this.#keys = keys;
    this.#wrong = wrong;
  }

  /** Whatever is denied, archived or unreadable now: it is listed as such, and nothing was marked deleted for it. */
  async asItIs(reconcile: Reconcile, compareVault: () => Promise<void>): Promise<void> {
    const sim = this.#sim;
    sim.listings.stale = false;
    sim.listings.empty = false;
    await sim.settle();
    await this.#endDeadLetters();
    sim.pass(LONG_ENOUGH_S);
    await compareVault();
    const job = await this.#job(await reconcile('manual'));
    if (!sim.isReadable) {
      const row = await sim.catalog.getSource(URI);
      if (job.state !== 'failed') this.#say('I6', `the reconcile of an unreadable bucket is ${job.state}`);
      if (row?.unreachable === undefined) this.#say('I6', 'the source is not said to be unreachable');
      return;
    }
    const listed = new Set((await this.#unprotected()).map(({ key }) => key));
    for (const key of this.#keys) {
      if (this.#isInVault(key)) continue;
      const entry = await sim.catalog.getEntry(URI, key);
      if (entry?.state !== 'unprotected')
        this.#say('I6', `${short(key)} is not in the vault, and ${stateOf(entry)}`);
      else if (!listed.has(key)) this.#say('I6', `${short(key)} is unprotected and not listed so`);
    }
    // Copies in parts may end while the reconcile counts them: the next one has it right.
    await this.#countsAreTrue(await this.#job(await reconcile('manual')));
  }

  /** Jobs are gone on with, as an operator does; what events told of, and every delivery of failed, nobody sends back. */
  async #endDeadLetters(): Promise<void> {
    const { queues, model } = this.#sim;
    for (const body of queues.bury(isOfNoJob))
      for (const { key } of parseS3Event(body)) model.missed.add(key);
    queues.redrive();
    await this.#sim.settle();
  }

  /** Everything can be read again: after a reconcile the vault and the catalog are what the source is. */
  async converged(reconcile: Reconcile, compareVault: () => Promise<void>): Promise<void> {
    const sim = this.#sim;
    await this.#endDeadLetters();
    sim.pass(LONG_ENOUGH_S);
    await reconcile('manual');
    await compareVault();
    await this.#vaultIsSource();
    for (const job of await sim.catalog.listJobs())
      if (job.state === 'running') this.#say('I3', `job ${job.id} never ended`);
    const copies = sim.monitors.copies;
    const again = await this.#job(await reconcile('whole'));
    if (sim.monitors.copies > copies) this.#say('I3', 'a second reconcile copied');
    await this.#countsAreTrue(again);
    const found = ['new', 'changed', 'gone', 'failed', 'mended'].filter(
      (name) => (again.counts[name] ?? 0) > 0,
    );
    const expected = this.#hasSealed() ? found.filter((name) => name !== 'changed' && name !== 'new') : found;
    if (expected.length > 0) this.#say('I3', `a second reconcile found ${JSON.stringify(again.counts)}`);
    await this.#note();
  }

  /** A moment in the midst of a history at which all is captured. */
  async settledMoment(): Promise<void> {
    const sim = this.#sim;
    await sim.settle();
    // Nothing lost, nothing given up, nothing refused: then events alone have brought everything.
    const heard = this.#keys.filter(
      (key) => !sim.model.missed.has(key) && !this.#isUnheard(key) && !this.#isHiddenAt(key, sim.now),
    );
    for (const key of sim.queues.dead().length === 0 && !sim.wasRefused ? heard : []) {
      const wanted = this.#wanted(key);
      if (!this.#isInVault(key))
        this.#say('I3', `${short(key)} was not captured by its events: ${wanted.slice(0, 40)}`);
      else this.#entryIsTrue(key, wanted, await sim.catalog.getEntry(URI, key));
    }
    await this.#note();
  }

  /**
   * An hourly check comes, long enough after whatever happened: what events missed is captured after it, and nothing is
   * marked for it. Where a page holds the whole bucket, it sees all of it.
   */
  async checkedHour(send: () => void): Promise<void> {
    const sim = this.#sim;
    await sim.settle();
    sim.pass(GRACE_S);
    send();
    await sim.settle();
    const asSaid = !sim.listings.stale && !sim.listings.empty && sim.isReadable && !sim.wasRefused;
    if (!asSaid || sim.queues.dead().length > 0) return;
    const { protectedAt = 0, pulse } = (await sim.catalog.getSource(URI)) ?? {};
    if (pulse === undefined) this.#say('I6', 'an hourly check says nothing of what it found');
    for (const key of this.#keys) {
      const object = sim.source.current(key);
      if (object === undefined || object.lastModified <= protectedAt) continue;
      if (!this.#isInVault(key)) this.#say('I3', `${short(key)} was missed, and no hourly check found it`);
      const entry = await sim.catalog.getEntry(URI, key);
      if (entry?.state !== 'current') this.#say('I3', `${short(key)} is there, and ${stateOf(entry)}`);
    }
  }

  /** With one sequencer for all, the event of a second write of the same bytes passes for the first one's double. */
  #isUnheard(key: string): boolean {
    const { model } = this.#sim;
    return (
      model.sameSequencers && bodyOf(this.#onTop(key)) === bodyOf(this.#wanted(key)) && !this.#isInVault(key)
    );
  }

  async #note(): Promise<void> {
    const sim = this.#sim;
    const at = Math.floor(sim.now / 1000) * 1000;
    // What of it is captured at this moment, by the model; what is not may be as it was at any time before.
    const prints = new Map<string, Set<Print>>();
    for (const key of this.#keys)
      if (this.#isInVault(key)) prints.set(key, new Set([this.#wanted(key), this.#onTop(key)]));
    this.#settled.push({ at, prints });
    sim.pass(1);
  }

  /** I7: moments come back as they were, and a second time nothing is copied; at the last, all is in an archive. */
  async restores(percents: readonly number[]): Promise<void> {
    const sim = this.#sim;
    const until = sim.now;
    // Thaws take their time, in which nothing may go that is still to be restored.
    sim.lifecycle = false;
    const since = Math.max(sim.begun, until - (RETENTION_DAYS - 1) * DAY_MS);
    const settled = this.#settled.filter(({ at }) => at >= since);
    for (const [n, percent] of percents.entries()) {
      const anchor = settled[n % Math.max(1, settled.length)];
      // Every other one at a moment at which everything was captured.
      const at = n % 2 === 0 && anchor !== undefined ? anchor.at : since + ((until - since) * percent) / 100;
      await this.#restoreTo(Math.floor(at / 1000) * 1000, `${TARGETS}${n}`, n, n === percents.length - 1);
    }
  }

  async #restoreTo(at: number, bucket: string, n: number, isFrozen: boolean): Promise<void> {
    const sim = this.#sim;
    sim.createTarget(bucket);
    if (isFrozen && sim.cold !== undefined) sim.freeze();
    const job = await this.#restore(`x${n}`, bucket, at);
    // A moment at which there was nothing is told from one at which there was.
    const expected = (job.counts['planned'] ?? 0) > 0 ? 'done' : 'failed';
    if (job.state !== expected) this.#say('I7', `restore to ${at} is ${job.state}: ${job.message}`);
    const [asked, copies] = [sim.s3.requests.count('thaw'), sim.monitors.copies];
    for (const key of this.#keys) {
      const content = sim.s3.bucket(bucket).current(key)?.content;
      const got = printOf(content);
      if (content?.tags['Deleted'] !== undefined)
        this.#say('I7', `${short(key)} came back marked as deleted`);
      if (content?.tags[ORIGIN_TAG] !== undefined)
        this.#say('I7', `${short(key)} came back with what the vault remembers of it`);
      if (content !== undefined && !this.#classes(key, content).includes(content.storageClass))
        this.#say('I7', `${short(key)} came back in ${content.storageClass}`);
      if (!this.#isPossible(key, at, got))
        this.#say('I7', `${short(key)} restored to ${at} is ${got.slice(0, 60)}`);
    }
    if (isFrozen && sim.cold !== undefined) sim.freeze();
    const again = await this.#restore(`y${n}`, bucket, at);
    if (again.state !== expected) this.#say('I7', `a second restore is ${again.state}`);
    if (sim.s3.requests.count('thaw') > asked) this.#say('I7', 'a second restore thawed');
    if (sim.monitors.copies > copies) this.#say('I7', 'a second restore copied');
  }

  /**
   * The classes that an object can have been in when it was captured. A request of a killed handler can come late, after
   * the same bytes were written in another class: then it remembers that of the others (ADR 20).
   */
  #classes(key: string, content: Content): string[] {
    const got = bodyOf(printOf(content));
    const held = this.#sim.model.heldWithin(key, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (this.#sim.source.versioning !== 'enabled') return ['GLACIER', 'STANDARD'];
    return ['GLACIER', ...[...held].filter((one) => bodyOf(one) === got).map(classIn)];
  }

  /** What a key may have come back as: exactly what it was, or, between captures, something it was since. */
  #isPossible(key: string, at: number, got: Print): boolean {
    // That somebody hid it is what the vault says of that time.
    if (got === ABSENT && this.#isHiddenAt(key, at + 999)) return true;
    const anchor = this.#settled.findLast((moment) => moment.at <= at);
    const exact = anchor?.prints.get(key);
    if (exact !== undefined && anchor?.at === at) return exact.has(got);
    const from = exact === undefined ? Number.NEGATIVE_INFINITY : (anchor?.at ?? 0);
    const within = this.#sim.model.heldWithin(key, from, at + 999);
    return within.has(got) || (exact?.has(got) ?? false) || this.#isFirstRead(key, { from, at }, within, got);
  }

  /**
   * True for a copy with the ACL that was first read of it, a little after its moment: what it had until then nobody knows, and
   * the first one counts from the beginning (ADR 34).
   */
  #isFirstRead(
    key: string,
    { from, at }: { readonly from: number; readonly at: number },
    within: ReadonlySet<Print>,
    got: Print,
  ): boolean {
    if (got === ABSENT || ![...within].some((print) => withoutAcl(print) === withoutAcl(got))) return false;
    return this.#sim.s3
      .bucket(VAULT)
      .versions(aclRecordKey(SOURCE, key))
      .filter(isObject)
      .map(({ content }) => parseAclRecord(content.body.toString()))
      .filter((record) => record.first === true && record.at > at)
      .some((record) =>
        [...this.#sim.model.heldWithin(key, from, record.at)].some((print) => aclIn(print) === aclIn(got)),
      );
  }

  /** Whether somebody had hidden the copy of a key at a moment. */
  #isHiddenAt(key: string, at: number): boolean {
    const versions = this.#sim.s3.bucket(VAULT).versions(vaultPlace(SOURCE, key).key);
    const newest = versions.find(({ lastModified }) => lastModified <= at);
    return newest !== undefined && this.#sim.intruders.has(newest.versionId);
  }

  /** I1: lost, the catalog is rebuilt from the vault alone, and says the same. */
  async rebuilt(): Promise<void> {
    const sim = this.#sim;
    const before = new Map<string, Entry | undefined>();
    for (const key of this.#keys) before.set(key, await sim.catalog.getEntry(URI, key));
    sim.catalog = new MemoryCatalog({ pageSize: 3 });
    sim.monitors.forget();
    await sim.operate('reindex', (world) => Array.fromAsync(reindex({ dryRun: false }, KINDS, world)));
    for (const [key, entry] of before) {
      const now = await sim.catalog.getEntry(URI, key);
      if (entry?.state === 'current' && !isSameCopy(entry, now))
        this.#say('I1', `${short(key)} was ${stateOf(entry)}, and is rebuilt as ${stateOf(now)}`);
      if (entry?.state === 'deleted' && now?.state === 'current')
        this.#say('I1', `${short(key)} was deleted, and is rebuilt as current`);
    }
    if ((await sim.catalog.getSource(URI))?.state !== 'protected') this.#say('I1', 'the source is forgotten');
    const job = await this.#restore('rebuilt', `${TARGETS}0`, this.#settled.at(-1)?.at ?? sim.now);
    if ((job.counts['restored'] ?? 0) > 0 && this.#settled.length === 0)
      this.#say('I1', 'restores other bytes');
  }

  /** Every job came to an end, and its report says what became of it. */
  async reported(): Promise<void> {
    for (const job of await this.#sim.catalog.listJobs()) {
      if (job.state === 'running') this.#say('I6', `job ${job.id} never ended`);
      const text = this.#sim.s3.text(VAULT, job.report ?? '');
      if (text === undefined) {
        this.#say('I6', `the ${job.state} job ${job.id} has no report`);
        continue;
      }
      const { state, counts } = JSON.parse(text) as Pick<Job, 'state' | 'counts'>;
      // What the killed count behind the end of a job, when another handler has done with their message, nobody tells of.
      const mayLack = this.#sim.countedLate.has(job.id) && ['cancelled', 'failed'].includes(job.state);
      if (state !== job.state || !(mayLack || isDeepStrictEqual(counts, job.counts)))
        this.#say('I6', `job ${job.id} is ${told(job)}, and its report says ${told({ state, counts })}`);
    }
  }

  async #vaultIsSource(): Promise<void> {
    for (const key of this.#keys) {
      const wanted = this.#wanted(key);
      const entry = await this.#sim.catalog.getEntry(URI, key);
      if (this.#sim.model.held(key)?.customerKey === true) {
        if (entry?.state !== 'unprotected') this.#say('I6', `${short(key)} is sealed, and ${stateOf(entry)}`);
        continue;
      }
      if (!this.#isInVault(key))
        this.#say('I3', `${short(key)} is ${wanted.slice(0, 40)}, the vault has another`);
      this.#entryIsTrue(key, wanted, entry);
    }
  }

  #entryIsTrue(key: string, wanted: Print, entry: Entry | undefined): void {
    const [top] = this.#sim.s3.bucket(VAULT).versions(vaultPlace(SOURCE, key).key);
    if (wanted === ABSENT) {
      if (entry !== undefined && entry.state !== 'deleted')
        this.#say('I3', `${short(key)} is gone, and ${stateOf(entry)}`);
    } else if (entry?.state !== 'current') this.#say('I3', `${short(key)} is there, and ${stateOf(entry)}`);
    else if (printOf(this.#version(key, entry.vaultVersionId)?.content) !== printOf(top?.content))
      this.#say('I3', `the entry of ${short(key)} names another copy than the one on top`);
  }

  /** The totals that `status` shows are those of the source, after a reconcile that saw all of it. */
  async #countsAreTrue(job: Job): Promise<void> {
    const totals = (await this.#sim.catalog.getSource(URI))?.totals;
    const listed = new Set((await this.#unprotected()).map(({ key }) => key));
    const kept = this.#keys.filter((key) => this.#wanted(key) !== ABSENT && !listed.has(key));
    const counts = JSON.stringify(job.counts);
    if (totals?.unprotected !== listed.size)
      this.#say('I6', `status says ${totals?.unprotected} unprotected of ${listed.size}, by ${counts}`);
    if (totals?.objects !== kept.length)
      this.#say('I6', `status says ${totals?.objects} objects of ${kept.length}, by ${counts}`);
  }

  // A request that a killed handler had sent may come late, and make once more what is there: S3's conditions are on the
  // ETag, which is the same. The entry then names the one below, until the object changes.
  #version(key: string, id: string | undefined) {
    return this.#sim.s3.bucket(VAULT).find(vaultPlace(SOURCE, key).key, id ?? 'none');
  }

  async #unprotected(): Promise<Entry[]> {
    const page = await this.#sim.catalog.listUnprotected(URI, { limit: 100 });
    return [...page.entries];
  }

  #hasSealed(): boolean {
    return this.#keys.some((key) => this.#sim.model.held(key)?.customerKey === true);
  }

  #wanted(key: string): Print {
    return this.#sim.model.print(key);
  }

  #onTop(key: string): Print {
    return printOfCopy(this.#sim.s3.bucket(VAULT), SOURCE, key);
  }

  /** True when what is on top in the vault is what the source holds. */
  #isInVault(key: string): boolean {
    const top = this.#onTop(key);
    return top === this.#wanted(key) || this.#sim.model.looksLike(key, top);
  }

  async #restore(jobId: string, bucket: string, at: number): Promise<Job> {
    const { acls } = this.#sim;
    const message = { source: URI, target: sourceUri(bucket), at: new Date(at).toISOString(), jobId, acls };
    this.#sim.queues.add('restore', JSON.stringify(message));
    await this.#sim.settle();
    return this.#job(jobId);
  }

  async #job(id: string): Promise<Job> {
    const job = await this.#sim.catalog.getJob(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job;
  }

  #say(invariant: string, what: string): void {
    this.#wrong.push(`${invariant}: ${what}`);
  }
}

function isOfNoJob({ queue }: Message): boolean {
  return queue === 'capture';
}

/** The class of a state of an object, as far as ten tags left room to remember it. */
function classIn(text: Print): string {
  const [, type, , tags] = JSON.parse(text) as [string, string, unknown, unknown[]];
  return tags.length >= 10 ? 'STANDARD' : classOf(type);
}

function isSameCopy(before: Entry, now: Entry | undefined): boolean {
  return now?.state === before.state && now.vaultEtag === before.vaultEtag;
}

function stateOf(entry: Entry | undefined): string {
  return entry === undefined ? 'has no entry' : `its entry is ${entry.state} ${entry.reason ?? ''}`;
}

function told({ state, counts }: Pick<Job, 'state' | 'counts'>): string {
  return `${state} ${JSON.stringify(counts)}`;
}
