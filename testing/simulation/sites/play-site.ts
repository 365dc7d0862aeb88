import { protectedSource } from '@holdfast/core/catalog/register-source.ts';
import { parseRecord, type SiteRecord } from '@holdfast/core/kinds/workdocs/model/records.ts';
import { versionKey } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { parseReportMessage } from '@holdfast/core/model/messages.ts';
import { SiteRefusal } from '../../memory/site-refusal.ts';
import { latestOf } from '../../memory/site-things.ts';
import type { Actor } from '../scheduler.ts';
import { SITE, SITE_SOURCE, SiteSim, VAULT } from './site-sim.ts';
import type { SiteHistory, SiteStep } from './site-steps.ts';
import { documentRecordText, folderRecordText, type Truth, truthOf } from './site-truth.ts';

const MINUTE = 60_000;
const NAMES = ['a', 'b', 'c/d', 'b'];
const LARGE = 'large '.repeat(500);

/** Plays a history of a site and checks it. @returns what was wrong, in words; empty when nothing was */
export async function playSite(history: SiteHistory): Promise<string[]> {
  const player = new SitePlayer(history);
  try {
    await player.playAll();
  } catch (error) {
    player.wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return player.wrong;
}

/** What people left of the site after a tick: keys of entries, and `<document>/<version>`. */
type Presence = { readonly tick: number; readonly there: ReadonlySet<string> };
type Moment = { readonly at: number; readonly truth: Truth };

class SitePlayer {
  readonly wrong: string[] = [];
  readonly #history: SiteHistory;
  readonly #sim = new SiteSim((...request) => this.#watch(...request));
  readonly #documents: string[] = [];
  readonly #folders: string[] = [];
  readonly #uploads: Array<{ documentId: string; versionId: string }> = [];
  readonly #presence: Presence[] = [];
  readonly #moments: Moment[] = [];
  #wasHidden = false;
  #count = 0;

  constructor(history: SiteHistory) {
    this.#history = history;
  }

  get #people() {
    return this.#sim.site.model;
  }

  async playAll(): Promise<void> {
    const sim = this.#sim;
    const source = { source: SITE_SOURCE, protectedAt: sim.now };
    await sim.catalog.putSource(protectedSource(source, undefined, 'ok'));
    for (const name of ['alice', 'bob']) this.#folders.push(this.#people.createUser(name).rootFolderId);
    this.#folders.push(this.#people.createFolder(this.#folders[0] ?? '', 'plans').id);
    this.#note();
    this.#crawl();
    await sim.settle();
    for (const step of this.#history.steps) await this.#do(step);
    await this.#quiet();
    if (this.#history.told && !this.#wasHidden) await this.#checkPolls();
    await this.#settled();
    await this.#checkMoments();
    const reported = sim.queues.sent('report').map((body) => parseReportMessage(body).jobId);
    for (const { id, state } of await sim.catalog.listJobs()) {
      if (state === 'running') this.wrong.push(`${id} never ends`);
      else if (!reported.includes(id)) this.wrong.push(`the ${state} job ${id} has no report`);
    }
  }

  async #do(step: SiteStep): Promise<void> {
    const sim = this.#sim;
    if (step.op === 'work') {
      sim.start(step.queue, step.messages, step.shortOfTime);
      await sim.run(step.turns, { picks: step.picks, trouble: step.trouble });
    } else if (step.op === 'settle') await this.#settled();
    else if (step.op === 'drain') await sim.settle();
    else if (step.op === 'poll')
      sim.queues.add('site', JSON.stringify({ kind: 'poll', source: SITE_SOURCE }));
    else if (step.op === 'crawl') this.#crawl();
    else if (step.op === 'redrive') sim.queues.redrive();
    else if (step.op === 'again') sim.queues.showAgain(step.n);
    else if (step.op === 'hide') this.#hide(step.n);
    else if (step.op === 'pass') sim.now += step.minutes * MINUTE;
    else if (step.op === 'listing') sim.listing = step.listing;
    else if (step.op === 'fate') this.#setFate(step.fate);
    else this.#byPeople(step);
  }

  /** Somebody with rights of their own deletes in the vault. */
  #hide(n: number): void {
    const { s3 } = this.#sim;
    const keys = s3.keys(VAULT).filter((key) => key.startsWith(`workdocs/${SITE}/`));
    const key = keys[n % Math.max(1, keys.length)];
    if (key !== undefined) s3.delete(VAULT, key);
    this.#wasHidden = true;
  }

  #setFate(fate: Extract<SiteStep, { op: 'fate' }>['fate']): void {
    const { log } = this.#people;
    if (typeof fate === 'number') log.fate = ({ at }) => ({ seenFrom: at + fate * MINUTE });
    else log.fate = () => fate;
  }

  /** What cannot be done as the site stands is not done. */
  #byPeople(step: SiteStep): void {
    try {
      const act = this.#acts[step.op] as ((step: SiteStep) => unknown) | undefined;
      act?.(step);
    } catch (error) {
      if (!(error instanceof SiteRefusal)) throw error;
    }
    // No two things happen in the same millisecond.
    this.#sim.now += 1;
    this.#note();
  }

  readonly #acts: { readonly [Op in SiteStep['op']]?: (step: Extract<SiteStep, { op: Op }>) => unknown } = {
    upload: ({ folder, name, large }) => {
      const options = { name: NAMES[name] ?? 'x' };
      const ref = this.#people.upload({ parentId: this.#folder(folder) }, this.#body(large), options);
      this.#documents.push(ref.documentId);
    },
    newVersion: ({ document, large }) =>
      this.#people.upload({ documentId: this.#document(document) }, this.#body(large)),
    renameDocument: ({ document, to }) =>
      this.#people.rename(this.#document(document), `${NAMES[to] ?? 'x'} ${this.#next()}`),
    moveDocument: ({ document, to }) => this.#people.move(this.#document(document), this.#folder(to)),
    recycleDocument: ({ document }) => this.#people.recycle(this.#document(document)),
    restoreDocument: ({ document }) => this.#people.restore(this.#document(document)),
    deleteDocument: ({ document }) => this.#people.delete(this.#document(document)),
    revert: ({ document }) => {
      const id = this.#document(document);
      return this.#people.revert(id, this.#people.document(id).versions[0]?.id ?? '');
    },
    deleteVersion: ({ document }) => {
      const documentId = this.#document(document);
      const versionId = this.#people.document(documentId).versions[0]?.id ?? '';
      return this.#people.deleteVersion({ documentId, versionId });
    },
    restoreVersions: ({ document }) => this.#people.restoreVersions(this.#document(document)),
    comment: ({ document }) => {
      const documentId = this.#document(document);
      const versionId = latestOf(this.#people.document(documentId))?.id ?? '';
      return this.#people.comment({ documentId, versionId }, `comment ${this.#next()}`);
    },
    share: ({ document }) => this.#people.share(this.#document(document), `S-1-2&${this.#next()}`),
    label: ({ document }) => this.#people.label(this.#document(document), `label${this.#next()}`),
    describe: ({ document }) =>
      this.#people.setCustomMetadata(this.#document(document), { text: `value${this.#next()}` }),
    beginUpload: ({ document }) =>
      this.#uploads.push(this.#people.beginUpload({ documentId: this.#document(document) }, { size: 4 })),
    finishUploads: () => {
      for (const ref of this.#uploads.splice(0)) {
        this.#people.putBytes(ref, Buffer.from(this.#body(false)));
        this.#people.finishUpload(ref);
      }
    },
    spoil: ({ document }) => {
      const { versions } = this.#people.document(this.#document(document));
      this.#sim.site.spoilt.set(versions.at(-1)?.id ?? '', 'content');
    },
    createFolder: ({ folder, name }) =>
      this.#folders.push(this.#people.createFolder(this.#folder(folder), NAMES[name] ?? 'x').id),
    renameFolder: ({ folder }) => this.#people.rename(this.#folder(folder), `folder ${this.#next()}`),
    moveFolder: ({ folder, to }) => this.#people.move(this.#folder(folder), this.#folder(to)),
    recycleFolder: ({ folder }) => this.#people.recycle(this.#folder(folder)),
    restoreFolder: ({ folder }) => this.#people.restore(this.#folder(folder)),
    deleteFolder: ({ folder }) => this.#people.delete(this.#folder(folder)),
    deactivate: () => this.#people.deactivateUser([...this.#people.users.keys()].at(-1) ?? ''),
  };

  #document(n: number): string {
    return this.#documents[n % Math.max(1, this.#documents.length)] ?? 'none';
  }

  #folder(n: number): string {
    return this.#folders[n % this.#folders.length] ?? 'none';
  }

  #body(large: boolean): string {
    return `${large ? LARGE : 'small '}${this.#next()}`;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** Which things are there from now on. */
  #note(): void {
    const { things } = truthOf(this.#sim.site);
    const versions = this.#people
      .resources()
      .flatMap((thing) =>
        thing.kind === 'document' && things.has(`document/${thing.id}`)
          ? thing.versions.map(({ id }) => `${thing.id}/${id}`)
          : [],
      );
    this.#presence.push({ tick: this.#sim.scheduler.ticks, there: new Set([...things.keys(), ...versions]) });
  }

  #wasGoneSince(key: string, tick: number): boolean {
    const before = this.#presence.findLastIndex((one) => one.tick <= tick);
    return this.#presence.slice(Math.max(0, before)).some(({ there }) => !there.has(key));
  }

  /** I4: nothing is marked that was there all the time since its handler began. */
  #watch(actor: Actor, op: string, args: readonly unknown[]): void {
    if (op !== 'store.hide') return;
    const { key } = args[0] as { readonly key: string };
    const [, , kind = '', first = '', second = ''] = key.split('/');
    const thing =
      kind === 'versions' ? `${first}/${second}` : `${kind.slice(0, -1)}/${first.replace('.json', '')}`;
    if (!this.#wasGoneSince(thing, actor.since)) this.wrong.push(`${thing} was marked, and it was there`);
  }

  #crawl(more: Record<string, unknown> = {}): string {
    const jobId = `crawl${this.#next()}`;
    const message = { kind: 'crawl', source: SITE_SOURCE, trigger: 'manual', jobId, ...more };
    this.#sim.queues.add('site', JSON.stringify(message));
    return jobId;
  }

  /**
   * Nothing goes wrong any more, and everything that waits is done. Dead letters of jobs are sent back; those of polls are
   * lost, unless polls alone are to find everything.
   */
  async #quiet(): Promise<void> {
    const sim = this.#sim;
    sim.listing = 'whole';
    sim.site.spoilt.clear();
    this.#people.log.fate = undefined;
    await sim.settle();
    if (!this.#history.told) sim.queues.bury(({ body }) => !body.includes('"jobId"'));
    sim.queues.redrive();
    await sim.settle();
    sim.now += 5 * MINUTE;
  }

  /** Whatever activities tell of, polls find: but for what is recorded as not captured. */
  async #checkPolls(): Promise<void> {
    const sim = this.#sim;
    for (let n = 0; n < 2; n++) {
      sim.now += 25 * MINUTE;
      sim.queues.add('site', JSON.stringify({ kind: 'poll', source: SITE_SOURCE }));
      await sim.settle();
      sim.queues.redrive();
      await sim.settle();
    }
    await this.#compare('after polls', true);
  }

  /** A quiet moment: after a crawl that looks into everything, the vault has what the site has. */
  async #settled(): Promise<void> {
    const sim = this.#sim;
    await this.#quiet();
    let job = await this.#crawled({ vault: true });
    if (job?.message !== undefined) await this.#crawled({ vault: true, approved: true });
    await this.#compareVaultNow('after a crawl that compares the vault');
    job = await this.#crawled({ deep: true });
    if (job?.message !== undefined) job = await this.#crawled({ deep: true, approved: true });
    if (job?.state !== 'done') this.wrong.push(`the crawl is not done: ${JSON.stringify(job)}`);
    await this.#compare('after a crawl', false);
    const again = await this.#crawled({ vault: true });
    if ((again?.counts['inDoubt'] ?? 0) > 0)
      this.wrong.push(`the vault still differs: ${JSON.stringify(again?.counts)}`);
    sim.now += 2000;
    this.#moments.push({ at: sim.now, truth: truthOf(sim.site) });
    sim.now += 2000;
  }

  async #crawled(more: Record<string, unknown>) {
    const jobId = this.#crawl(more);
    await this.#sim.settle();
    return this.#sim.catalog.getJob(jobId);
  }

  async #compare(when: string, lenient: boolean): Promise<void> {
    const sim = this.#sim;
    const truth = truthOf(sim.site);
    const entries = new Map<string, string>();
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await sim.catalog.listEntries(SITE_SOURCE, after === undefined ? {} : { after });
      for (const { key, state } of page.entries) entries.set(key, state);
      after = page.entries.at(-1)?.key;
      more = page.more;
    }
    for (const [key, state] of entries) {
      if (state === 'deleted' && truth.things.has(key))
        this.wrong.push(`${when}: ${key} is there, and marked`);
      if (state !== 'deleted' && !truth.things.has(key))
        this.wrong.push(`${when}: ${key} is gone, and ${state}`);
    }
    const waits = new Set([...entries].filter(([, state]) => state === 'unprotected').map(([key]) => key));
    await this.#compareWith(when, truth, Number.POSITIVE_INFINITY, lenient ? waits : new Set());
  }

  /** What is there has a record on top with its bytes, whatever was not told of it; what is gone has none. */
  async #compareVaultNow(when: string): Promise<void> {
    const truth = truthOf(this.#sim.site);
    const records = await this.#recordsAt(Number.POSITIVE_INFINITY);
    for (const key of truth.things.keys()) {
      const record = records.get(key);
      if (record === undefined) this.wrong.push(`${when}: the record of ${key} is not on top`);
      else if (record.kind === 'document') this.#compareBytes(when, record, truth);
    }
    for (const key of records.keys())
      if (!truth.things.has(key)) this.wrong.push(`${when}: ${key} is gone, and its record on top`);
  }

  /** At every quiet moment, the newest records until then are what the site was. */
  async #checkMoments(): Promise<void> {
    for (const { at, truth } of this.#moments) await this.#compareWith(`at ${at}`, truth, at, new Set());
  }

  async #compareWith(when: string, truth: Truth, at: number, except: ReadonlySet<string>): Promise<void> {
    const records = await this.#recordsAt(at);
    for (const [key, text] of truth.things) {
      if (except.has(key)) continue;
      const record = records.get(key);
      if (record === undefined) this.wrong.push(`${when}: nothing is recorded of ${key}`);
      else if (textOf(record) !== text)
        this.wrong.push(`${when}: ${key} is recorded as ${textOf(record)}, and is ${text}`);
      else if (record.kind === 'document') this.#compareBytes(when, record, truth);
    }
    for (const key of records.keys())
      if (!truth.things.has(key)) this.wrong.push(`${when}: ${key} is recorded as being there`);
  }

  #compareBytes(
    when: string,
    { id, versions }: Extract<SiteRecord, { kind: 'document' }>,
    truth: Truth,
  ): void {
    for (const version of versions) {
      const expected = truth.bytes.get(`${id}/${version.id}`);
      if (expected === undefined || version.status === 'DELETED') continue;
      const key = versionKey(SITE, id, version.id);
      const kept = version.kept && this.#sim.s3.text(VAULT, key, version.kept.versionId);
      if (kept !== expected) this.wrong.push(`${when}: the bytes of ${version.id} are ${kept?.slice(0, 40)}`);
      if (when.startsWith('at ')) continue;
      if (this.#sim.s3.text(VAULT, key) !== expected)
        this.wrong.push(`${when}: the bytes of ${version.id} are marked`);
    }
  }

  /** The newest record of each thing until a moment, without those that were marked. */
  async #recordsAt(at: number): Promise<Map<string, SiteRecord>> {
    const records = new Map<string, SiteRecord>();
    const seen = new Set<string>();
    let marker: { key: string; versionId?: string } | undefined;
    do {
      const page = await this.#sim.store.listVersions({
        bucket: VAULT,
        prefix: `workdocs/${SITE}/`,
        ...(marker === undefined ? {} : { marker }),
      });
      for (const version of page.versions) {
        const [, , kind = '', name = ''] = version.key.split('/');
        if (kind === 'versions' || seen.has(version.key) || version.lastModified > at) continue;
        seen.add(version.key);
        if (version.deleteMarker) continue;
        const text = this.#sim.s3.text(VAULT, version.key, version.versionId) ?? '';
        records.set(`${kind.slice(0, -1)}/${name.replace('.json', '')}`, parseRecord(text, version.key));
      }
      marker = page.next;
    } while (marker !== undefined);
    return records;
  }
}

function textOf(record: SiteRecord): string {
  if (record.kind === 'folder') return folderRecordText(record);
  if (record.kind === 'document') return documentRecordText(record);
  return JSON.stringify({ username: record.name, status: record.status });
}
