import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryCatalog } from '../../../testing/memory/memory-catalog.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';

const EVERYTHING = {
  headers: {
    contentType: 'text/html; charset=utf-8',
    cacheControl: 'max-age=60',
    contentDisposition: 'attachment; filename="a.html"',
    contentEncoding: 'identity',
    contentLanguage: 'de-AT',
    expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
  },
  metadata: { author: 'Zoë Müller 🦊', plain: 'x' },
  tags: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`tag ${i}`, `value/${i}=é`])),
};

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

const capture = (objects: Readonly<Record<string, string>>) => pipeline.capture(objects);

function targetTexts(keys: readonly string[]): Array<string | undefined> {
  return keys.map((key) => pipeline.s3.text(TARGET, key));
}

describe('a restore', () => {
  it('brings back every object under its key, however awkward', async () => {
    await capture(Object.fromEntries(AWKWARD_KEYS.map((key) => [key, `of ${key}`])));
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'done', counts: { restored: AWKWARD_KEYS.length } });
    expect(targetTexts(AWKWARD_KEYS)).toEqual(AWKWARD_KEYS.map((key) => `of ${key}`));
  });

  it('brings back every field S3 keeps', async () => {
    pipeline.s3.put(SOURCE, 'a.html', '<p>', { ...EVERYTHING, websiteRedirect: '/elsewhere' });
    await pipeline.drain();
    await pipeline.restore('j1');
    const was = pipeline.s3.object(SOURCE, 'a.html').content;
    const is = pipeline.s3.object(TARGET, 'a.html').content;
    expect([is.headers, is.metadata, is.tags, is.websiteRedirect]).toEqual([
      was.headers,
      was.metadata,
      was.tags,
      was.websiteRedirect,
    ]);
  });

  it('run a second time copies nothing', async () => {
    await capture({ a: '1', 'b/c': '2' });
    pipeline.s3.put(SOURCE, 'tagged', 'x', EVERYTHING);
    await pipeline.drain();
    await pipeline.restore('j1');
    const before = pipeline.s3.requests.count('copy');
    const again = await pipeline.restore('j2');
    expect(again).toMatchObject({ state: 'done', counts: { right: 3 } });
    expect(pipeline.s3.requests.count('copy')).toBe(before);
  });

  it('brings back a moment', async () => {
    await capture({ a: 'one', b: 'one', gone: 'one' });
    const moment = pipeline.now;
    pipeline.pass(60);
    await capture({ a: 'two', later: 'two' });
    pipeline.s3.delete(SOURCE, 'gone');
    await pipeline.drain();
    await pipeline.restore('then', { at: new Date(moment).toISOString() });
    expect(targetTexts(['a', 'b', 'gone', 'later'])).toEqual(['one', 'one', 'one', undefined]);
  });

  it('of a deleted object leaves out the marks of its deletion', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one', { tags: { team: 'x' } });
    await pipeline.drain();
    const moment = new Date(pipeline.now).toISOString();
    pipeline.pass(60);
    pipeline.s3.delete(SOURCE, 'a');
    await pipeline.drain();
    await pipeline.restore('j1', { at: moment });
    expect(pipeline.s3.object(TARGET, 'a').content.tags).toEqual({ team: 'x' });
    expect((await pipeline.restore('j2', { at: moment })).counts).toMatchObject({ right: 1 });
  });

  it('of now leaves out what is deleted', async () => {
    await capture({ a: 'one', b: 'one' });
    pipeline.s3.delete(SOURCE, 'a');
    await pipeline.drain();
    expect((await pipeline.restore('j1')).counts).toMatchObject({ planned: 1, restored: 1 });
  });

  it('takes a prefix, globs and a target prefix', async () => {
    await capture({ 'docs/a.txt': '1', 'docs/b.png': '2', 'docs/tmp/c.txt': '3', 'other/d.txt': '4' });
    await pipeline.restore('j1', {
      prefix: 'docs/',
      include: ['**/*.txt'],
      exclude: ['docs/tmp/**'],
      target: `s3://${TARGET}/back/`,
    });
    expect(pipeline.s3.keys(TARGET)).toEqual(['back/docs/a.txt']);
  });

  it('reports a target that differs and leaves it alone, until it is told to overwrite', async () => {
    await capture({ a: 'one', b: 'two' });
    pipeline.s3.put(TARGET, 'a', 'mine');
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'partial', counts: { conflicts: 1, restored: 1 } });
    expect(pipeline.s3.text(TARGET, 'a')).toBe('mine');
    const report = JSON.parse(pipeline.s3.text(VAULT, job.report ?? '') ?? '{}');
    expect(report.problems).toMatchObject([{ key: 'a', reason: 'conflict' }]);
    expect(await pipeline.restore('j2', { overwrite: true })).toMatchObject({
      state: 'done',
      counts: { restored: 1, right: 1 },
    });
    expect(pipeline.s3.text(TARGET, 'a')).toBe('one');
  });

  it.each([
    ['metadata', { metadata: { v: '2' } }],
    ['a header', { headers: { contentType: 'text/css' } }],
    ['tags', { tags: { team: 'y' } }],
  ])('takes a target with the same bytes and other %s for different', async (_, attributes) => {
    pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { v: '1' }, tags: { team: 'x' } });
    await pipeline.drain();
    await pipeline.restore('j1');
    pipeline.s3.put(TARGET, 'a', 'one', { metadata: { v: '1' }, tags: { team: 'x' }, ...attributes });
    expect((await pipeline.restore('j2')).counts).toMatchObject({ conflicts: 1 });
  });

  it('does not overwrite what appeared between the look and the write', async () => {
    await capture({ a: 'one' });
    pipeline.s3.requests.before = (op, [request]) => {
      const { to } = request as { to?: { bucket: string } };
      if (op === 'copy' && to?.bucket === TARGET) {
        pipeline.s3.requests.before = undefined;
        pipeline.s3.put(TARGET, 'a', 'mine');
      }
    };
    const job = await pipeline.restore('j1');
    expect(job.counts).toMatchObject({ conflicts: 1 });
    expect(pipeline.s3.text(TARGET, 'a')).toBe('mine');
  });

  it('ends with the objects that could not be restored, and their reasons', async () => {
    await capture({ a: 'one', b: 'two' });
    pipeline.s3.deny(TARGET, 'a');
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'partial', counts: { failed: 1, restored: 1 } });
  });

  it('ends although an object keeps failing, after the retries', async () => {
    await capture({ a: 'one', b: 'two' });
    pipeline.s3.requests.before = (op, [request]) => {
      if (op === 'copy' && (request as { to: { key: string } }).to.key === 'a')
        throw new StoreError('throttled', 'slow down');
    };
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    expect(pipeline.s3.text(TARGET, 'b')).toBe('two');
  });

  it('counts a batch once however often it comes, and plans over several steps', async () => {
    pipeline = new Pipeline({ settings: { keysPerStep: 20 } });
    await pipeline.protect();
    await capture(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`k${i}`, 'x'])));
    let writes = 0;
    pipeline.catalog.requests.after = (op) => {
      if (op === 'completeStep' && ++writes % 3 === 0) throw new Error('killed after it was counted');
    };
    const job = await pipeline.restore('j1');
    expect(job.state).toBe('done');
    expect((job.counts['restored'] ?? 0) + (job.counts['right'] ?? 0)).toBe(250);
    expect(job.counts['planned']).toBe(250);
  });
});

describe('a restore message', () => {
  it('for another request under the id of a job ends as a failed job of its own', async () => {
    await capture({ a: 'one' });
    await pipeline.restore('j1');
    await pipeline.restore('j1', { overwrite: true });
    const rejected = (await pipeline.catalog.listJobs()).filter(({ id }) => id.startsWith('j1.rejected-'));
    expect(rejected).toMatchObject([{ state: 'failed' }]);
    expect(rejected[0]?.message).toContain('another request');
  });

  it('for a bucket of which the vault has nothing ends as a failed job', async () => {
    const job = await pipeline.restore('j1', { source: 's3://mistyped' });
    expect(job).toMatchObject({ state: 'failed' });
    expect(job.message).toContain('s3://mistyped');
  });

  it('with the id of a job that was done changes nothing', async () => {
    await capture({ a: 'one' });
    const first = await pipeline.restore('j1');
    pipeline.s3.put(TARGET, 'a', 'mine');
    expect(await pipeline.restore('j1', { overwrite: true })).toEqual(first);
    expect(pipeline.s3.text(TARGET, 'a')).toBe('mine');
  });

  it.each([
    ['an unknown field', { overwrit: true }, 'overwrit'],
    ['a time without a zone', { at: '2026-03-01T12:00:00' }, 'zone'],
    ['an invalid glob', { include: ['[a'] }, '[a'],
    ['the vault as its target', { target: `s3://${VAULT}/x` }, 'vault'],
    ['a target nobody allowed', { target: 's3://somebody-elses' }, 'RestoreTargets'],
    ['no URI as its source', { source: 'photos' }, 's3://'],
  ])('with %s ends as a failed job with the reason', async (_, extra, words) => {
    await capture({ a: 'one' });
    const job = await pipeline.restore('j1', extra);
    expect(job.state).toBe('failed');
    expect(job.message).toContain(words);
    expect(pipeline.s3.text(VAULT, job.report ?? '')).toContain('"failed"');
    expect(pipeline.dead).toEqual([]);
  });

  it('that is not even JSON ends as a failed job named after the message', async () => {
    await pipeline.queue.send('restore', ['restore please']);
    await pipeline.drain();
    const [job] = await pipeline.catalog.listJobs();
    expect(job).toMatchObject({ state: 'failed' });
    expect(job?.message).toContain('restore please');
  });

  it('may write to another protected bucket', async () => {
    await capture({ a: 'one' });
    pipeline.s3.createBucket('second');
    await pipeline.catalog.putSource({
      source: 's3://second',
      protectedAt: 0,
      state: 'protected',
      wiring: 'ok',
      totals: { objects: 0, bytes: 0, unprotected: 0, captured: 0, deleted: 0 },
      lag: [],
    });
    expect(await pipeline.restore('j1', { target: 's3://second' })).toMatchObject({ state: 'done' });
  });
});

describe('a catalog that was lost (I1)', () => {
  it('is rebuilt from the vault alone, and a restore brings back the same', async () => {
    await capture({ ...Object.fromEntries(AWKWARD_KEYS.map((key) => [key, `of ${key}`])), gone: 'x' });
    pipeline.s3.delete(SOURCE, 'gone');
    await pipeline.drain();
    const kept = await pipeline.entry('with space and  two');
    const lost = pipeline.world.catalog;
    const rebuilt = new MemoryCatalog();
    const world = { ...pipeline.world, catalog: rebuilt };
    const [summary] = await Array.fromAsync(reindex({ dryRun: false }, KINDS, world));
    expect(summary).toEqual({
      source: sourceUri(SOURCE),
      keys: AWKWARD_KEYS.length + 1,
      written: AWKWARD_KEYS.length + 1,
      right: 0,
      rowMissing: true,
    });
    expect(await rebuilt.getEntry(sourceUri(SOURCE), kept.key)).toMatchObject({
      state: 'current',
      etag: kept.etag,
      vaultVersionId: kept.vaultVersionId,
    });
    expect((await rebuilt.getEntry(sourceUri(SOURCE), 'gone'))?.state).toBe('deleted');
    expect(await rebuilt.getSource(sourceUri(SOURCE))).toMatchObject({
      state: 'protected',
      totals: { objects: AWKWARD_KEYS.length },
    });
    expect(lost).not.toBe(rebuilt);
  });

  it('is not copied anew by the next reconcile', async () => {
    await capture({ a: 'one', b: 'two' });
    await wipe();
    await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    const before = pipeline.s3.requests.count('copy');
    expect((await pipeline.reconcile('r1')).counts).toMatchObject({ unchanged: 2 });
    expect(pipeline.s3.requests.count('copy')).toBe(before);
  });

  it('is only looked at in a dry run', async () => {
    await capture({ a: 'one' });
    await wipe();
    const [summary] = await Array.fromAsync(reindex({ dryRun: true }, KINDS, pipeline.world));
    expect(summary).toMatchObject({ keys: 1, written: 1 });
    expect(await pipeline.catalog.getEntry(sourceUri(SOURCE), 'a')).toBeUndefined();
  });

  it('finds nothing to write when nothing was lost', async () => {
    await capture({ a: 'one', b: 'two' });
    const before = await pipeline.entry('a');
    const [summary] = await Array.fromAsync(reindex({ dryRun: false }, KINDS, pipeline.world));
    expect(summary).toMatchObject({ keys: 2, written: 0, right: 2 });
    expect(await pipeline.entry('a')).toEqual(before);
  });

  async function wipe(): Promise<void> {
    const empty = new MemoryCatalog();
    Object.assign(pipeline, { catalog: empty });
    Object.assign(pipeline.world, { catalog: empty });
  }
});
