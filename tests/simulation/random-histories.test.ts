// Random histories of a source, with events lost, doubled, reordered, handlers killed and run side by side; then a
// clean reconcile. HOLDFAST_RUNS, HOLDFAST_SEED; HOLDFAST_MODE=fair|kills-lose, HOLDFAST_LARGE=0 leaves out multipart.
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../support/pipeline.ts';

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? 2000);
const SEED = Number(process.env['HOLDFAST_SEED'] ?? 1);
const MODE = process.env['HOLDFAST_MODE'] ?? 'fair';
const LARGE = process.env['HOLDFAST_LARGE'] !== '0';
const FOCUS = process.env['HOLDFAST_FOCUS'] === 'large';
const ONE_CONTENT = process.env['HOLDFAST_DISTINCT'] === '1';
const KEYS = ['a', 'b', 'k'.repeat(1024)];
const KIB = 1024;

type Step =
  | { op: 'put'; key: number; body: number; meta: number; tag: number }
  | { op: 'multipart'; key: number; body: number; meta: number }
  | { op: 'large'; key: number; body: number; meta: number }
  | { op: 'delete'; key: number }
  | { op: 'destroy'; key: number }
  | { op: 'pass'; s: number }
  | { op: 'deliver'; pick: number[]; kill: number; race: number }
  | { op: 'lose'; n: number }
  | { op: 'double'; n: number }
  | { op: 'backlog'; n: number; kill: number }
  | { op: 'reconcileStep'; kill: number }
  | { op: 'reconcile' };

const key = FOCUS ? fc.constant(0) : fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2);
// A second between any two changes: what a listing cannot tell apart is left out.
const TICK = process.env['HOLDFAST_TICK'] !== '0';
const kill = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
);
const small = fc.nat(ONE_CONTENT ? 1e9 : 2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      key,
      body: small,
      meta: fc.nat(1),
      tag: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('multipart' as const), key, body: small, meta: fc.nat(1) }),
  },
  ...(LARGE
    ? [
        {
          weight: FOCUS ? 12 : 3,
          arbitrary: fc.record({
            op: fc.constant('large' as const),
            key,
            body: FOCUS ? fc.nat(1) : small,
            meta: fc.nat(1),
          }),
        },
      ]
    : []),
  { weight: 4, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('destroy' as const), key }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('pass' as const), s: fc.constantFrom(1, 5, 1200) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      op: fc.constant('deliver' as const),
      pick: fc.array(fc.nat(9), { maxLength: 4 }),
      kill,
      race: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('lose' as const), n: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('double' as const), n: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('backlog' as const), n: fc.nat(9), kill }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reconcileStep' as const), kill }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reconcile' as const) }) },
);

class Killed extends Error {}
type Work = { queue: 'backlog' | 'reconcile'; message: { id: string; body: string; receives: number } };

class Run {
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
    if (TICK && 'key' in s) p.pass(1);
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
    if (MODE === 'kills-lose') {
      for (const m of batch)
        this.p.events.splice(0, this.p.events.length, ...this.p.events.filter((e) => e !== m));
      return;
    }
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
    if ((!alive || failed) && MODE !== 'kills-lose') this.work.push(one);
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

async function check(run: Run): Promise<string[]> {
  const { p } = run;
  const wrong: string[] = [];
  for (const k of KEYS) {
    const name = k.slice(0, 1);
    const source = p.s3.bucket(SOURCE).current(k);
    const place = vaultPlace(SOURCE, k).key;
    const [newest] = p.s3.bucket(VAULT).versions(place);
    const entry = await p.catalog.getEntry(sourceUri(SOURCE), k);
    if (source === undefined) {
      if (newest?.content !== undefined) wrong.push(`${name}: gone at the source, on top in the vault`);
      if (entry !== undefined && entry.state !== 'deleted')
        wrong.push(`${name}: gone, entry ${entry.state} ${entry.reason}`);
      continue;
    }
    if (newest?.content === undefined) {
      wrong.push(`${name}: in the source, not on top in the vault (entry ${entry?.state} ${entry?.reason})`);
      continue;
    }
    const a = source.content;
    const b = newest.content;
    if (!a.body.equals(b.body)) wrong.push(`${name}: other bytes`);
    if (JSON.stringify(a.metadata) !== JSON.stringify(b.metadata)) wrong.push(`${name}: other metadata`);
    if (JSON.stringify(a.tags) !== JSON.stringify(b.tags))
      wrong.push(`${name}: other tags ${JSON.stringify([a.tags, b.tags])}`);
    if (entry?.state !== 'current') wrong.push(`${name}: entry ${entry?.state} ${entry?.reason}`);
    else if (entry.vaultVersionId !== newest.versionId)
      wrong.push(`${name}: entry names a version that is not on top`);
  }
  for (const job of await p.catalog.listJobs())
    if (job.state === 'running') wrong.push(`job ${job.id} never ended`);
  return wrong;
}

/** What the vault had on top of each key at a moment, by its own history. */
function modelAt(p: Pipeline, at: number): Map<string, string> {
  const model = new Map<string, string>();
  for (const k of KEYS) {
    const versions = p.s3.bucket(VAULT).versions(vaultPlace(SOURCE, k).key);
    const then = versions.find((v) => v.lastModified <= at);
    if (then?.content !== undefined) model.set(k, then.content.body.toString('hex'));
  }
  return model;
}

async function history(steps: Step[], versioned: boolean, moments: number[]): Promise<string[]> {
  const run = new Run(versioned);
  const { p } = run;
  await p.protect();
  const start = p.now;
  for (const s of steps) await run.do(s);
  await run.rest();
  p.pass(4 * 3600);
  await run.do({ op: 'reconcile' });
  await run.rest();
  const wrong = await check(run);
  const total = p.now - start;
  for (const [n, m] of moments.entries()) {
    const at = start + Math.floor((total * m) / 100);
    const target = `holdfast-restore-${n}`;
    p.s3.createBucket(target);
    const job = await p.restore(`j${n}`, { target: `s3://${target}`, at: new Date(at).toISOString() });
    if (job.state !== 'done') wrong.push(`restore at ${m} is ${job.state}`);
    const got = new Map(
      p.s3.keys(target).map((k) => [k, p.s3.object(target, k).content.body.toString('hex')]),
    );
    const want = modelAt(p, at);
    if (JSON.stringify([...got].sort()) !== JSON.stringify([...want].sort()))
      wrong.push(`restore at ${m} differs`);
    const again = await p.restore(`j${n}b`, { target: `s3://${target}`, at: new Date(at).toISOString() });
    if ((again.counts['restored'] ?? 0) > 0) wrong.push('a second restore copied');
  }
  return wrong;
}

it('comes to the same end', async () => {
  const found = new Map<string, { count: number; steps: string }>();
  const arb = fc.tuple(
    fc.array(step, { minLength: 2, maxLength: 40, size: 'max' }),
    fc.boolean(),
    fc.array(fc.nat(100), { maxLength: 2 }),
  );
  // By hand rather than fc.assert: all classes of divergence are wanted, each with its shortest history.
  let n = 0;
  for (const [steps, versioned, moments] of fc.sample(arb, { numRuns: RUNS, seed: SEED })) {
    n++;
    let wrong: string[];
    try {
      wrong = await history(steps, versioned, moments);
    } catch (error) {
      wrong = [`threw: ${error instanceof Error ? error.message : error}`];
    }
    for (const w of wrong) {
      const cls = w
        .replace(/^[abk]: /, '')
        .replace(/restore at \d+/, 'restore')
        .replace(/r\d+/, 'rN')
        .replace(/tags .*/, 'tags');
      const known = found.get(cls);
      const kept = await shrink(steps, versioned, moments, cls, known);
      found.set(cls, { count: (known?.count ?? 0) + 1, steps: kept });
    }
  }
  for (const [cls, { count, steps }] of found) console.log(`${count}/${n}  ${cls}\n    ${steps}`);
  console.log(`${n} histories, ${found.size} classes`);
  expect([...found.keys()]).toEqual([]);
}, 1_200_000);

const shrunk = new Map<string, { length: number; text: string; tries: number }>();
async function shrink(
  steps: Step[],
  versioned: boolean,
  moments: number[],
  cls: string,
  _known: unknown,
): Promise<string> {
  const best = shrunk.get(cls);
  if (best && best.tries >= 6) return best.text;
  const same = (w: string) =>
    w
      .replace(/^[abk]: /, '')
      .replace(/restore at \d+/, 'restore')
      .replace(/r\d+/, 'rN')
      .replace(/tags .*/, 'tags') === cls;
  let now = [...steps];
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < now.length; i++) {
      const less = now.toSpliced(i, 1);
      let wrong: string[] = [];
      try {
        wrong = await history(less, versioned, moments);
      } catch {}
      if (wrong.some(same)) {
        now = less;
        changed = true;
        break;
      }
    }
  }
  const text = `versioned=${versioned} ${JSON.stringify(now)}`;
  const next = best === undefined || now.length < best.length ? { length: now.length, text } : best;
  shrunk.set(cls, { length: next.length, text: next.text, tries: (best?.tries ?? 0) + 1 });
  return next.text;
}
