import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { Pipeline, SOURCE } from '../support/pipeline.ts';
import type { Step } from './steps.ts';

const KIB = 1024;
/** The objects of a history, by the number a step names; one whose key is too long for the vault. */
export const KEYS = ['a', 'b', 'k'.repeat(1024)];

class Killed extends Error {}
type Work = { queue: 'backlog' | 'reconcile'; message: { id: string; body: string; receives: number } };

/** One history as it goes: the pipeline, what its queues hold, and the handlers that get killed. */
export class Run {
  readonly p: Pipeline;
  work: Work[] = [];
  jobs = 0;
  killAfter = 0; // requests until the handlers running now are killed; 0 is never
  interleave: (() => Promise<void>) | undefined;
  constructor(versioned: boolean) {
    this.p = new Pipeline({
      versioned,
      settings: {
        multipartThresholdBytes: 8 * KIB,
        partBytes: 4 * KIB,
        keysPerStep: 2,
        concurrency: 2,
        maxReceives: 1000,
      },
    });
    const count = async (when: 'before' | 'after') => {
      if (when === 'before' && this.interleave) {
        const run = this.interleave;
        this.interleave = undefined;
        await run();
      }
      if (this.killAfter > 0 && --this.killAfter === 0) {
        this.killAfter = -1;
        throw new Killed(`killed ${when}`);
      }
      if (this.killAfter < 0) throw new Killed('dead');
    };
    for (const requests of [this.p.s3.requests, this.p.catalog.requests, this.p.queue.requests]) {
      requests.before = () => count('before');
      requests.after = () => count('after');
    }
  }

  collect(): void {
    for (const queue of ['backlog', 'reconcile'] as const)
      for (const body of this.p.queue.take(queue)) this.work.push({ queue, message: this.p.message(body) });
  }

  async guarded(killAfter: number, what: () => Promise<void>): Promise<boolean> {
    this.killAfter = killAfter;
    try {
      await what();
      return this.killAfter >= 0;
    } catch {
      return false;
    } finally {
      this.killAfter = 0;
      this.interleave = undefined;
      this.collect();
    }
  }

  async do(s: Step): Promise<void> {
    const { p } = this;
    const k = 'key' in s ? (KEYS[s.key] ?? 'a') : 'a';
    // A second between any two changes: what a listing cannot tell apart is left out.
    if ('key' in s) p.pass(1);
    if (s.op === 'put')
      p.s3.put(SOURCE, k, `body ${s.body}`, {
        metadata: { m: String(s.meta) },
        tags: s.tag ? { t: String(s.tag) } : {},
      });
    if (s.op === 'multipart')
      p.s3.uploadMultipart(SOURCE, k, [`bo`, `dy ${s.body}`], { metadata: { m: String(s.meta) } });
    if (s.op === 'large')
      p.s3.put(SOURCE, k, Buffer.alloc(9 * KIB, `large ${s.body} `), { metadata: { m: String(s.meta) } });
    if (s.op === 'delete') p.s3.delete(SOURCE, k);
    if (s.op === 'destroy') {
      const [newest] = p.s3.bucket(SOURCE).versions(k);
      if (newest !== undefined) p.s3.deleteVersion(SOURCE, k, newest.versionId);
    }
    if (s.op === 'pass') p.pass(s.s);
    if (s.op === 'lose') {
      // S3 loses events; a queue does not lose what it delivered once and was not told to delete.
      const fresh = p.events.filter(({ receives }) => receives === 0);
      const lost = fresh[s.n % Math.max(1, fresh.length)];
      p.events.splice(0, p.events.length, ...p.events.filter((event) => event !== lost));
    }
    if (s.op === 'double' && p.events.length > 0) {
      const event = p.events[s.n % p.events.length];
      if (event) p.events.push(p.message(event.body));
    }
    if (s.op === 'deliver') await this.deliver(s.pick, s.kill, s.race);
    if (s.op === 'backlog') await this.some('backlog', s.n, s.kill);
    if (s.op === 'reconcileStep') await this.some('reconcile', 0, s.kill);
    if (s.op === 'reconcile') {
      this.collect();
      const body = {
        kind: 'reconcile',
        source: sourceUri(SOURCE),
        trigger: 'manual',
        jobId: `r${++this.jobs}`,
      };
      this.work.push({ queue: 'reconcile', message: p.message(JSON.stringify(body)) });
    }
  }

  async deliver(pick: number[], killAfter: number, race: number): Promise<void> {
    const { p } = this;
    const batch: Pipeline['events'] = [];
    for (const n of pick) if (p.events.length > 0) batch.push(...p.events.splice(n % p.events.length, 1));
    if (batch.length === 0) return;
    if (race > 0) {
      // While the first handler is at its n-th request, another one does all the rest.
      const rest = p.events.splice(0);
      let calls = 0;
      const wait = async () => {
        if (++calls < race) this.interleave = wait;
        else if (rest.length > 0) {
          const saved = this.killAfter;
          this.killAfter = 0;
          await p.deliverEvents(rest);
          this.killAfter = saved;
        }
      };
      this.interleave = wait;
      const alive = await this.guarded(killAfter, () => p.deliverEvents(batch));
      if (calls < race) p.events.push(...rest);
      if (!alive) this.again(batch);
      return;
    }
    if (!(await this.guarded(killAfter, () => p.deliverEvents(batch)))) this.again(batch);
  }

  again(batch: Array<{ id: string; body: string; receives: number }>): void {
    for (const m of batch) if (!this.p.events.includes(m)) this.p.events.push(m);
  }

  async some(queue: 'backlog' | 'reconcile', n: number, killAfter: number): Promise<void> {
    this.collect();
    const all = this.work.filter((w) => w.queue === queue);
    const one = all[n % Math.max(1, all.length)];
    if (one === undefined) return;
    this.work = this.work.filter((w) => w !== one);
    let failed = false;
    const alive = await this.guarded(killAfter, () =>
      this.p.handle(queue, one.message).catch((e) => {
        failed = true;
        throw e;
      }),
    );
    if (!alive || failed) this.work.push(one);
  }

  async rest(): Promise<void> {
    for (let n = 0; n < 500; n++) {
      this.collect();
      if (this.p.events.length > 0) await this.p.deliverEvents();
      const one = this.work.shift();
      if (one === undefined && this.p.events.length === 0) return;
      if (one !== undefined) await this.p.handle(one.queue, one.message).catch(() => this.work.push(one));
    }
    throw new Error('does not come to rest');
  }
}
