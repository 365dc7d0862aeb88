import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const URI = `s3://${SOURCE}`;
const LONG = 'k'.repeat(1024);
let p: Pipeline;
let jobs = 0;

beforeEach(() => begin());

async function begin(objects = 3, keysPerStep = 1000): Promise<void> {
  p = new Pipeline({ settings: { keysPerStep } });
  await p.protect();
  for (let n = 0; n < objects; n++) p.s3.put(SOURCE, keyOf(n), `body ${n}`);
  await p.drain();
  await p.reconcile(`r${++jobs}`);
}

const keyOf = (n: number) => `k${1000 + n}`;
const place = (key: string) => vaultPlace(SOURCE, key).key;
const whole = () => p.reconcile(`r${++jobs}`, { vault: true });
const scheduled = () => p.reconcile(`r${++jobs}`, { trigger: 'schedule' });
const notes = (job: Job) => Array.fromAsync(p.catalog.listProblems(job.id));

/** A handler copies, and dies before it records, on every delivery. */
async function copiedAndNeverRecorded(key: string): Promise<void> {
  p.catalog.requests.before = (op) => {
    if (op === 'putEntry') throw new Error('killed');
  };
  await p.drain();
  p.catalog.requests.before = undefined;
  expect(p.dead).not.toEqual([]);
  p.dead.splice(0);
  expect(p.vaultText(key)).toBeDefined();
}

describe('a reconcile that compares the vault', () => {
  it.each([keyOf(0), LONG])('captures anew what somebody hid there: %.10s', async (key) => {
    p.s3.put(SOURCE, key, 'mine');
    await p.drain();
    p.s3.delete(VAULT, place(key));
    const without = await p.reconcile(`r${++jobs}`);
    expect(without.counts).not.toHaveProperty('copies');
    expect(p.vaultText(key)).toBeUndefined();
    const job = await whole();
    expect(job).toMatchObject({ state: 'done', counts: { inDoubt: 1, mended: 1 } });
    expect(p.vaultText(key)).toBe('mine');
    expect((await p.entry(key)).vaultVersionId).toBe(p.s3.bucket(VAULT).current(place(key))?.versionId);
    expect(await notes(job)).toEqual([
      expect.objectContaining({ key, reason: 'vault-differed', note: true }),
    ]);
    expect((await whole()).counts).not.toHaveProperty('inDoubt');
  });

  it.each(['new', LONG])('marks what nobody recorded, of an object that is gone: %.10s', async (key) => {
    p.s3.put(SOURCE, key, 'mine');
    await copiedAndNeverRecorded(key);
    p.s3.delete(SOURCE, key);
    p.events.splice(0);
    expect(await whole()).toMatchObject({ state: 'done', counts: { inDoubt: 1, mended: 1 } });
    expect(p.vaultText(key)).toBeUndefined();
    expect(await p.vaultHistory(key)).toEqual(['marker', 'mine']);
    expect((await p.entry(key)).state).toBe('deleted');
  });

  it('captures the present state where a copy of another lies on top that nobody recorded', async () => {
    p = new Pipeline({ versioned: true });
    await p.protect();
    await p.capture({ a: 'one' });
    const two = p.s3.put(SOURCE, 'a', 'two');
    await copiedAndNeverRecorded('a');
    p.s3.deleteVersion(SOURCE, 'a', two.versionId);
    p.events.splice(0);
    await whole();
    expect(await p.vaultHistory('a')).toEqual(['one', 'two', 'one']);
  });

  it('marks again a copy that came late, on top of the marker of its object', async () => {
    p.s3.delete(SOURCE, keyOf(0));
    await p.drain();
    p.s3.put(VAULT, place(keyOf(0)), 'late');
    await whole();
    expect(await p.vaultHistory(keyOf(0))).toEqual(['marker', 'late', 'marker', 'body 0']);
  });

  it('leaves alone what the settings of the source leave out', async () => {
    await p.catalog.patchSource(URI, { exclude: ['other/**'] });
    p.s3.put(VAULT, place('other/x'), 'kept');
    expect((await whole()).counts).not.toHaveProperty('inDoubt');
    expect(p.vaultText('other/x')).toBe('kept');
  });

  it('tells of a copy whose name is hidden, and goes on', async () => {
    p.s3.put(SOURCE, LONG, 'mine');
    await p.drain();
    p.s3.delete(VAULT, `${place(LONG)}.key`);
    const job = await whole();
    expect(job).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    expect(await notes(job)).toMatchObject([{ key: place(LONG), reason: 'no-name' }]);
  });

  it('says in the counts that it was unreadable, and keeps the totals true', async () => {
    p.s3.delete(VAULT, place(keyOf(0)));
    p.s3.bucket(SOURCE).deniedKeys.add(keyOf(0));
    await whole();
    expect((await p.catalog.getSource(URI))?.totals).toMatchObject({ objects: 2, unprotected: 1 });
  });
});

describe('what the schedule sends', () => {
  /** LISTs of the vault. */
  async function listingsOf(work: () => Promise<unknown>): Promise<number> {
    let listings = 0;
    p.s3.requests.before = (op, [request]) => {
      if (op === 'list' && (request as { bucket: string }).bucket === VAULT) listings++;
    };
    await work();
    p.s3.requests.before = undefined;
    return listings;
  }

  it('compares a slice of the vault, and all of it in a week, in whatever steps', async () => {
    await begin(65, 4);
    for (let n = 0; n < 65; n++) p.s3.delete(VAULT, place(keyOf(n)));
    const mended: number[] = [];
    for (let day = 0; day < 7; day++) mended.push((await scheduled()).counts['mended'] ?? 0);
    expect(mended.reduce((sum, n) => sum + n, 0)).toBe(65);
    expect(Math.max(...mended)).toBeLessThanOrEqual(14);
    expect((await p.catalog.getSource(URI))?.vaultComparedAt).toBe(p.now);
    expect(await p.catalog.getSource(URI)).not.toHaveProperty('vaultAfter');
  });

  it('takes a seventh of a listing more for it', async () => {
    await begin(14_000, 5000);
    const source = await listingsOf(() => scheduled());
    // Of fourteen pages two or three, as a step ends within a page, and one that looks for long keys at the pass's end.
    expect(source).toBeLessThanOrEqual(4);
    expect(source).toBeGreaterThanOrEqual(2);
  });

  it('compares nothing of the vault before the source was compared once, and nothing when a person asks', async () => {
    p = new Pipeline();
    await p.protect();
    p.s3.put(SOURCE, 'a', 'one');
    p.events.splice(0);
    expect(await listingsOf(() => scheduled())).toBe(0);
    expect(await listingsOf(() => p.reconcile(`r${++jobs}`))).toBe(0);
    expect(await listingsOf(() => scheduled())).toBeGreaterThan(0);
  });

  it('compares the same slice again when its step died before it was sent', async () => {
    await begin(65, 4);
    p.s3.delete(VAULT, place(keyOf(0)));
    const before = await p.catalog.getSource(URI);
    let died = false;
    p.queue.requests.before = (_, [queue]) => {
      if (queue !== 'backlog' || died) return;
      died = true;
      throw new Error('killed');
    };
    const job = await scheduled();
    p.queue.requests.before = undefined;
    expect(died).toBe(true);
    expect(before).not.toHaveProperty('vaultAfter');
    expect(job).toMatchObject({ state: 'done', counts: { mended: 1 } });
    expect(p.vaultText(keyOf(0))).toBe('body 0');
  });
});
