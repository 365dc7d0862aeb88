import { createHash } from 'node:crypto';
import { settleRestore } from '@holdfast/core/restore/settle-restore.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

const capture = (objects: Readonly<Record<string, string>>) => pipeline.capture(objects);

async function remove(...keys: string[]): Promise<void> {
  for (const key of keys) pipeline.s3.delete(SOURCE, key);
  await pipeline.drain();
}

function nextMoment(): string {
  const moment = new Date(pipeline.now).toISOString();
  pipeline.pass(60);
  return moment;
}

const inTarget = () => Object.fromEntries(pipeline.s3.keys(TARGET).map((key) => [key, textOf(key)]));
const textOf = (key: string) => pipeline.s3.text(TARGET, key);

describe('what a restore selects', () => {
  it('is only what changed after a moment', async () => {
    await capture({ a: 'one', b: 'one', c: 'one' });
    const changedSince = nextMoment();
    await capture({ b: 'two', d: 'two' });
    await remove('c');
    const at = nextMoment();
    await capture({ a: 'three' });

    await pipeline.restore('j1', { changedSince, at });
    expect(inTarget()).toEqual({ b: 'two', d: 'two' });
  });

  it('is what had been deleted, and between two moments what was deleted then', async () => {
    await capture({ early: '1', late: '2', kept: '3', later: '4' });
    await remove('early');
    const changedSince = nextMoment();
    await remove('late');
    const at = nextMoment();
    await remove('later');

    await pipeline.restore('between', { deletedOnly: true, changedSince, at });
    expect(inTarget()).toEqual({ late: '2' });
    await pipeline.restore('all', { deletedOnly: true });
    expect(inTarget()).toEqual({ early: '1', late: '2', later: '4' });
  });

  it('is one version of one object, also of one that is deleted', async () => {
    await capture({ a: 'one', ab: 'other' });
    nextMoment();
    await capture({ a: 'two' });
    const { versions } = await pipeline.store.listVersions({ bucket: VAULT, prefix: `s3/${SOURCE}/a` });
    const older = versions.filter(({ key }) => key.endsWith('/a'))[1]?.versionId;
    await remove('a');

    const job = await pipeline.restore('j1', { prefix: 'a', versionId: older });
    expect(job).toMatchObject({ state: 'done', counts: { planned: 1, restored: 1 } });
    expect(inTarget()).toEqual({ a: 'one' });
  });

  it('is nothing, and then the job says so', async () => {
    await capture({ a: 'one' });
    const early = await pipeline.restore('early', { at: '2026-02-01T00:00:00Z' });
    expect(early).toMatchObject({ state: 'failed', message: expect.stringContaining('as of 2026-02-01') });
    const globs = await pipeline.restore('globs', { include: ['*.jpg'] });
    expect(globs).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('nothing was restored'),
    });
    const deleted = await pipeline.restore('deleted', { deletedOnly: true });
    expect(deleted).toMatchObject({ state: 'done', message: expect.stringContaining('had been deleted') });
    const since = nextMoment();
    pipeline.pass(60);
    const changed = await pipeline.restore('changed', { changedSince: since });
    expect(changed).toMatchObject({ state: 'done', message: expect.stringContaining('changed between') });
  });
});

describe('where a restore goes', () => {
  it('can be without a prefix, or under other beginnings', async () => {
    await capture({ 'old/a': '1', 'old/b/c': '2', other: '3' });
    await pipeline.restore('j1', { prefix: 'old/', stripPrefix: 'old/', target: `s3://${TARGET}/x/` });
    expect(inTarget()).toEqual({ 'x/a': '1', 'x/b/c': '2' });
    await pipeline.restore('j2', { map: [{ from: 'old/', to: 'new/' }], target: `s3://${TARGET}/y/` });
    expect(Object.keys(inTarget())).toEqual(['x/a', 'x/b/c', 'y/new/a', 'y/new/b/c', 'y/other']);
  });

  it('is refused where two objects would end as one', async () => {
    await capture({ 'old/a': '1', 'new/a': '2' });
    const job = await pipeline.restore('j1', { map: [{ from: 'old/', to: 'new/' }] });
    expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining('"new/a"') });
    const strip = await pipeline.restore('j2', { stripPrefix: 'old/' });
    expect(strip).toMatchObject({ state: 'failed', message: expect.stringContaining('"stripPrefix"') });
    expect(inTarget()).toEqual({});
    const swap = await pipeline.restore('j3', {
      map: [
        { from: 'old/', to: 'new/' },
        { from: 'new/', to: 'old/' },
      ],
    });
    expect(swap.state).toBe('done');
    expect(inTarget()).toEqual({ 'old/a': '2', 'new/a': '1' });
  });

  it('can be the source itself: what was spoiled is as it was, and is backed up again', async () => {
    await capture({ a: 'good', b: 'good', c: 'good' });
    const at = nextMoment();
    await capture({ a: 'spoiled', later: 'new' });
    await remove('b');
    pipeline.pass(60);

    const job = await pipeline.restore('j1', { target: `s3://${SOURCE}`, at, overwrite: 'always' });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 2, right: 1 } });
    const texts = ['a', 'b', 'c', 'later'].map((key) => pipeline.s3.text(SOURCE, key));
    expect(texts).toEqual(['good', 'good', 'good', 'new']);
    expect(['a', 'b', 'c', 'later'].map((key) => pipeline.vaultText(key))).toEqual(texts);
  });
});

describe('what a restore overwrites', () => {
  it('is what was last changed before the copy was made, when told "older"', async () => {
    pipeline.s3.put(TARGET, 'stale', 'before');
    pipeline.pass(60);
    await capture({ stale: 'copy', fresh: 'copy' });
    pipeline.pass(60);
    pipeline.s3.put(TARGET, 'fresh', 'after');

    const job = await pipeline.restore('j1', { overwrite: 'older' });
    expect(job).toMatchObject({ state: 'partial', counts: { restored: 1, conflicts: 1 } });
    expect(inTarget()).toEqual({ stale: 'copy', fresh: 'after' });
  });
});

describe('an exact restore', () => {
  const EXTRAS = { 'docs/extra': 'x', 'docs/extra 2': 'x', 'elsewhere/kept': 'x', 'docs/pic.png': 'x' };

  async function givenExtras(): Promise<void> {
    await capture({ 'docs/a': '1', 'docs/b': '2', 'docs/gone': '3', 'other/c': '4' });
    await remove('docs/gone');
    for (const [key, body] of Object.entries({ ...EXTRAS, 'docs/gone': 'x' })) {
      pipeline.s3.put(TARGET, key, body);
    }
  }

  it('deletes what the target has beyond the source, within its prefix and its globs', async () => {
    await givenExtras();
    const job = await pipeline.restore('j1', { prefix: 'docs/', exact: true, exclude: ['**/*.png'] });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 2, extras: 3, deleted: 3 } });
    expect(Object.keys(inTarget())).toEqual(['docs/a', 'docs/b', 'docs/pic.png', 'elsewhere/kept']);
    const again = await pipeline.restore('j2', { prefix: 'docs/', exact: true, exclude: ['**/*.png'] });
    expect(again).toMatchObject({ state: 'done', counts: { right: 2, extras: 0 } });
  });

  it('under another prefix looks at that one alone', async () => {
    await givenExtras();
    pipeline.s3.put(TARGET, 'back/extra', 'x');
    pipeline.s3.put(TARGET, 'back/a', '1');
    const target = `s3://${TARGET}/back/`;
    const job = await pipeline.restore('j1', { prefix: 'docs/', stripPrefix: 'docs/', target, exact: true });
    expect(job.state).toBe('done');
    const kept = [...Object.keys(EXTRAS), 'docs/gone'].sort();
    expect(Object.keys(inTarget()).sort()).toEqual(['back/a', 'back/b', ...kept].sort());
  });

  it('in steps is the same', async () => {
    pipeline = new Pipeline({ settings: { keysPerStep: 7 } });
    await pipeline.protect();
    const keys = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`);
    await capture(Object.fromEntries(keys.filter((_, i) => i % 3 === 0).map((key) => [key, 'own'])));
    for (const key of keys) pipeline.s3.put(TARGET, key, 'own');
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'done', counts: { right: 14, extras: 26, deleted: 26 } });
    expect(pipeline.s3.keys(TARGET)).toEqual(keys.filter((_, i) => i % 3 === 0));
  });

  it('keeps an object whose key is too long to be a vault key', async () => {
    const long = 'l'.repeat(1024);
    await capture({ a: '1', [long]: '2' });
    pipeline.s3.put(TARGET, 'l'.repeat(1023), 'extra');
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'done', counts: { deleted: 1 } });
    expect(pipeline.s3.keys(TARGET)).toEqual(['a', long]);
  });

  it('with more to delete than it may deletes nothing, and says how many', async () => {
    await givenExtras();
    const job = await pipeline.restore('j1', { exact: true, maxDeletions: 4 });
    expect(job).toMatchObject({ state: 'partial', counts: { restored: 3, extras: 5, held: 5 } });
    expect(pipeline.s3.text(VAULT, job.report ?? '')).toContain('more than the 4 that may be deleted');
    expect(Object.keys(inTarget())).toHaveLength(3 + 5);
  });

  it('deletes nothing when something could not be brought back', async () => {
    await givenExtras();
    pipeline.s3.put(TARGET, 'docs/a', 'mine');
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'partial', message: expect.stringContaining('nothing was deleted') });
    expect(job.counts).not.toHaveProperty('deleted');
    expect(textOf('docs/extra')).toBe('x');
  });

  it('leaves alone what changed between the look and the deletion', async () => {
    await givenExtras();
    pipeline.s3.requests.before = (op) => {
      if (op !== 'hide') return;
      pipeline.s3.requests.before = undefined;
      pipeline.s3.put(TARGET, 'docs/extra', 'changed');
    };
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'partial', counts: { deleted: 4, failed: 1 } });
    expect(textOf('docs/extra')).toBe('changed');
  });

  it('goes over to deleting once, when two handlers come to the end of the work at a time', async () => {
    await givenExtras();
    const sent: string[] = [];
    pipeline.queue.requests.before = (_op, [, bodies]) => {
      sent.push(...(bodies as string[]).filter((body) => body.includes('"extras"')));
    };
    let met = false;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'enterDeletions' || met) return;
      met = true;
      await settleRestore('j1', { messageId: 'another', receiveCount: 1 }, pipeline.world);
    };
    expect(await pipeline.restore('j1', { exact: true })).toMatchObject({ counts: { deleted: 5 } });
    expect(met).toBe(true);
    expect(sent.map((body) => JSON.parse(body).pass)).toEqual(['count', 'delete']);
  });

  it('takes for deleted what the same message, delivered twice, has deleted elsewhere', async () => {
    await givenExtras();
    let done = false;
    pipeline.s3.requests.before = async (op, [ref]) => {
      const { key } = ref as { key: string };
      if (op !== 'hide' || done || key !== 'docs/extra') return;
      done = true;
      await pipeline.store.hide({ bucket: TARGET, key });
    };
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'done', counts: { extras: 5, deleted: 5, failed: 0 } });
    expect(done).toBe(true);
  });

  it('counts all that it deleted, also what a handler deleted that died before it said so', async () => {
    await givenExtras();
    const complete = pipeline.catalog.completeStep.bind(pipeline.catalog);
    let died = false;
    pipeline.catalog.completeStep = (record) => {
      if (died || record.step !== 'extras-delete-0') return complete(record);
      died = true;
      throw new Error('killed');
    };
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'done', counts: { extras: 5, deleted: 5, failed: 0 } });
    expect(died).toBe(true);
  });

  it('goes on when the handler that went over to deleting died before it sent', async () => {
    await givenExtras();
    const send = pipeline.queue.send.bind(pipeline.queue);
    let died = false;
    pipeline.queue.send = async (queue, bodies, options) => {
      if (!died && bodies.some((body) => body.includes('"extras"'))) {
        died = true;
        throw new Error('killed');
      }
      await send(queue, bodies, options);
    };
    expect(await pipeline.restore('j1', { exact: true })).toMatchObject({
      state: 'done',
      counts: { deleted: 5 },
    });
    expect(died).toBe(true);
  });

  it('is refused where the stack does not allow it, and where it would delete too much', async () => {
    pipeline = new Pipeline({ settings: { exactRestores: false } });
    await pipeline.protect();
    await givenExtras();
    const words = async (extra: Record<string, unknown>, id: string) =>
      (await pipeline.restore(id, { exact: true, ...extra })).message;
    expect(await words({}, 'j1')).toContain('ExactRestores=true');
    expect(await words({ deletedOnly: true }, 'j2')).toContain('cannot go with');
    expect(await words({ changedSince: '2026-03-01T00:00:00Z' }, 'j3')).toContain('cannot go with');
    expect(await words({ map: [{ from: 'a', to: 'b' }] }, 'j4')).toContain('one target prefix');
    expect(Object.keys(inTarget())).toHaveLength(5);
  });
});

describe('a verified restore', () => {
  it('reads back what it wrote, and what was right already', async () => {
    await capture({ a: 'one', b: 'two', c: '' });
    await pipeline.restore('j1');
    pipeline.s3.delete(TARGET, 'a');
    const job = await pipeline.restore('j2', { verify: true });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 1, right: 2, verified: 3 } });
  });

  it('compares with what the catalog recorded, and names what is damaged', async () => {
    await capture({ a: 'one', b: 'two' });
    const entry = await pipeline.entry('a');
    // The vault's copy rotted, its own checksum with it.
    const checksum = { algorithm: 'SHA256', value: createHash('sha256').update('0ne').digest('base64') };
    await pipeline.catalog.putEntry({ ...entry, checksum, rev: entry.rev + 1 }, entry.rev);
    const job = await pipeline.restore('j1', { verify: true });
    expect(job).toMatchObject({ state: 'partial', counts: { restored: 1, verified: 1, failed: 1 } });
    const report = JSON.parse(pipeline.s3.text(VAULT, job.report ?? '') ?? '{}');
    expect(report.problems).toMatchObject([
      { key: 'a', reason: 'damaged', detail: expect.stringContaining(checksum.value) },
    ]);
  });

  it('of an object too large for a function compares what S3 says of the whole', async () => {
    pipeline = new Pipeline({ settings: { multipartThresholdBytes: 10, partBytes: 8 } });
    await pipeline.protect();
    await capture({ large: 'x'.repeat(30) });
    const job = await pipeline.restore('j1', { verify: true });
    expect(job).toMatchObject({ state: 'done', counts: { restored: 1, verified: 1 } });
    expect(pipeline.s3.requests.count('open')).toBe(0);
  });
});

describe('a target that cannot be used', () => {
  it.each<[string, () => unknown, string]>([
    ['is gone', () => pipeline.s3.deleteBucket(TARGET), 'no-such-bucket'],
    ['may not be read', () => Object.assign(pipeline.s3.bucket(TARGET), { denied: true }), 'access-denied'],
  ])('and %s ends the job, with the reason for each object', async (_, spoil, reason) => {
    await capture(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`k${i}`, `${i}`])));
    spoil();
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'partial', counts: { planned: 5, failed: 5 } });
    const report = JSON.parse(pipeline.s3.text(VAULT, job.report ?? '') ?? '{}');
    expect(report.reasons).toEqual([{ reason, count: 5 }]);
    expect(pipeline.dead).toEqual([]);
  });
});

describe('the requests of a restore', () => {
  it('are one copy and one look for each object that is not there yet, and a listing for each batch', async () => {
    await capture(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`k${i}`, `${i}`])));
    const before = { ...count() };
    await pipeline.restore('j1');
    const after = count();
    expect(after.copy - before.copy).toBe(250);
    // Every copy, and the first object of each of three batches.
    expect(after.head - before.head).toBe(250 + 3);
    expect(after.list - before.list).toBe(3);
  });

  function count(): { copy: number; head: number; list: number } {
    const { requests } = pipeline.s3;
    return { copy: requests.count('copy'), head: requests.count('head'), list: requests.count('list') };
  }
});
