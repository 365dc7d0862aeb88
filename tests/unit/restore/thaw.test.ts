import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { Archive } from '@holdfast/core/model/object.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

const HOUR = 3600;

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

const capture = (objects: Readonly<Record<string, string>>) => pipeline.capture(objects);

/** What the vault's lifecycle does to all its copies. */
function freeze(keys: readonly string[], storageClass = 'GLACIER'): void {
  for (const key of keys) pipeline.s3.transition(VAULT, vaultPlace(SOURCE, key).key, storageClass);
}

/** What Intelligent-Tiering does to a copy, which no listing shows. */
function tierDown(key: string, archiveStatus: Archive): void {
  const { content } = pipeline.s3.object(VAULT, vaultPlace(SOURCE, key).key);
  Object.assign(content, { storageClass: 'INTELLIGENT_TIERING', archiveStatus });
}

/** Half a day, and for three days. */
const BULK = { tier: 'bulk', days: 3 };
const restore = (jobId: string, extra = {}) => pipeline.restore(jobId, { thaw: BULK, ...extra });

const texts = (keys: readonly string[]) => keys.map((key) => pipeline.s3.text(TARGET, key));
const asked = () => pipeline.s3.requests.count('thaw');

describe('a restore of copies in Glacier', () => {
  const keys = ['a', 'b/c', 'd e+ü'];
  beforeEach(() => capture({ a: '1', 'b/c': '2', 'd e+ü': '3', warm: '4' }));

  it('restores what is warm at once, and asks for all the rest before any of it is ready', async () => {
    freeze(keys);
    const job = await restore('j');
    expect(job).toMatchObject({ state: 'running', counts: { restored: 1, thawing: 3 } });
    expect(texts([...keys, 'warm'])).toEqual([undefined, undefined, undefined, '4']);
    expect(asked()).toBe(3);
  });

  it('restores each when S3 says that it can be read, and ends with the last', async () => {
    freeze(keys);
    await restore('j');
    pipeline.pass(12 * HOUR);
    expect(pipeline.thawEvents).toHaveLength(3);
    await pipeline.hearThawed(pipeline.thawEvents.splice(0, 2));
    expect(await pipeline.job('j')).toMatchObject({ state: 'running', counts: { thawing: 1, thawed: 2 } });
    await pipeline.hearThawed();
    const counts = { restored: 4, thawing: 0, thawed: 3 };
    expect(await pipeline.job('j')).toMatchObject({
      state: 'done',
      counts,
      batchesQueued: 4,
      batchesDone: 4,
    });
    expect(texts(keys)).toEqual(['1', '2', '3']);
  });

  it('asks with the tier and the days of the request', async () => {
    freeze(['a']);
    const requests: unknown[] = [];
    pipeline.s3.requests.before = (op, args) => void (op === 'thaw' && requests.push(args[1]));
    await restore('j', { thaw: { tier: 'expedited', days: 7 } });
    expect(requests).toEqual([{ tier: 'expedited', days: 7 }]);
  });

  it('asks for copies in Deep Archive as standard when the request says expedited, and counts them', async () => {
    freeze(['a'], 'DEEP_ARCHIVE');
    freeze(['b/c']);
    const job = await restore('j', { thaw: { tier: 'expedited' } });
    expect(job.counts).toMatchObject({ thawing: 2, slower: 1 });
    pipeline.pass(5 * 60);
    await pipeline.hearThawed();
    expect(texts(['a', 'b/c'])).toEqual([undefined, '2']);
    pipeline.pass(12 * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('asks as standard when S3 has no capacity for expedited retrievals', async () => {
    freeze(['a']);
    pipeline.s3.requests.before = (op, [, request]) => {
      const expedited = op === 'thaw' && (request as { tier: string }).tier === 'expedited';
      if (expedited) throw new StoreError('no-capacity', '503 GlacierExpeditedRetrievalNotAvailable');
    };
    await restore('j', { thaw: { tier: 'expedited' } });
    const readyBy = pipeline.now + 5 * HOUR * 1000;
    expect(await pipeline.catalog.getThawingJob('j')).toEqual({ jobId: 'j', readyBy, ended: false });
    pipeline.pass(5 * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { thawed: 1 } });
  });

  it('restores what was thawed before at once, and asks for nothing', async () => {
    freeze(['a']);
    pipeline.s3.thaw(VAULT, vaultPlace(SOURCE, 'a').key);
    expect(await restore('j')).toMatchObject({ state: 'done', counts: { restored: 4 } });
    expect(asked()).toBe(0);
  });

  it('waits for what somebody else has asked for', async () => {
    freeze(['a']);
    const ref = { bucket: VAULT, key: vaultPlace(SOURCE, 'a').key };
    await pipeline.store.thaw(ref, { tier: 'bulk', days: 1 });
    pipeline.pass(HOUR);
    expect(await restore('j')).toMatchObject({ state: 'running', counts: { thawing: 1 } });
    pipeline.pass(11 * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('asks for nothing that is right already, or may not be overwritten', async () => {
    await restore('warm');
    pipeline.s3.put(TARGET, 'b/c', 'theirs');
    freeze(keys);
    const job = await restore('j');
    expect(job).toMatchObject({ state: 'partial', counts: { right: 3, conflicts: 1 } });
    expect(asked()).toBe(0);
  });

  it('reads Glacier Instant Retrieval at once', async () => {
    freeze(keys, 'GLACIER_IR');
    expect(await restore('j')).toMatchObject({ state: 'done', counts: { restored: 4 } });
    expect(asked()).toBe(0);
  });

  it.each<[Archive, number]>([
    ['ARCHIVE_ACCESS', 12],
    ['DEEP_ARCHIVE_ACCESS', 48],
  ])('moves what Intelligent-Tiering put into %s up again, without days', async (archive, hours) => {
    tierDown('a', archive);
    const requests: unknown[] = [];
    pipeline.s3.requests.before = (op, args) => void (op === 'thaw' && requests.push(args[1]));
    expect(await restore('j')).toMatchObject({ state: 'running', counts: { thawing: 1 } });
    expect(requests).toEqual([{ tier: 'bulk' }]);
    pipeline.pass(hours * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { restored: 4 } });
    expect(texts(['a'])).toEqual(['1']);
  });

  it('serves two restores that wait for the same copy', async () => {
    freeze(['a']);
    await restore('one');
    await restore('two', { target: `s3://${TARGET}/two/` });
    pipeline.pass(12 * HOUR);
    await pipeline.hearThawed();
    expect(texts(['a', 'two/a'])).toEqual(['1', '1']);
    expect([(await pipeline.job('one')).state, (await pipeline.job('two')).state]).toEqual(['done', 'done']);
  });

  it('takes the event in EventBridge’s shape too', async () => {
    freeze(['a']);
    await restore('j');
    pipeline.pass(12 * HOUR);
    const { key, versionId } = pipeline.s3.object(VAULT, vaultPlace(SOURCE, 'a').key);
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Restore Completed',
      time: '2026-03-02T00:00:00Z',
      detail: { bucket: { name: VAULT }, object: { key, 'version-id': versionId } },
    };
    await pipeline.hearThawed([JSON.stringify(event)]);
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('says when an object may not be asked for, and ends', async () => {
    freeze(['a']);
    pipeline.s3.requests.before = (op) => {
      if (op === 'thaw') throw new StoreError('access-denied', 'no s3:RestoreObject');
    };
    const job = await restore('j');
    expect(job).toMatchObject({ state: 'partial', counts: { restored: 3, failed: 1, thawing: 0 } });
    expect(await Array.fromAsync(pipeline.catalog.listProblems('j'))).toEqual([
      { key: 'a', reason: 'access-denied', detail: 'no s3:RestoreObject' },
    ]);
  });

  it('tries a throttled request again, and reports it after the last time', async () => {
    freeze(['a']);
    pipeline.s3.requests.before = (op) => {
      if (op === 'thaw') throw new StoreError('throttled', 'SlowDown');
    };
    expect(await restore('j')).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    expect(asked()).toBe(5);
  });

  it('asks no more than it may: one HEAD of the copy and one request for each, one listing of the target', async () => {
    freeze([...keys, 'warm']);
    pipeline.s3.requests.resetCounts();
    await restore('j');
    expect(pipeline.s3.requests.counts()).toMatchObject({ head: 5, list: 1, thaw: 4 });
  });
});

describe('events of thaws', () => {
  beforeEach(async () => {
    await capture({ a: '1', b: '2' });
    freeze(['a', 'b']);
    await restore('j');
  });

  it('are counted once however often they come', async () => {
    pipeline.pass(12 * HOUR);
    const events = pipeline.thawEvents.splice(0);
    await pipeline.hearThawed([...events, ...events]);
    await pipeline.hearThawed(events);
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { restored: 2, thawed: 2 } });
  });

  it('end their job when they come again, though a handler died at its end', async () => {
    pipeline.pass(12 * HOUR);
    let alive = false;
    pipeline.catalog.requests.before = (op) => {
      if (op !== 'finishJob' || alive) return;
      alive = true;
      throw new Error('killed');
    };
    await pipeline.hearThawed();
    expect(alive).toBe(true);
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { thawed: 2 } });
  });

  it('are believed only when the object can be read', async () => {
    const { key, versionId } = pipeline.s3.object(VAULT, vaultPlace(SOURCE, 'a').key);
    const object = { key, 'version-id': versionId };
    const early = {
      source: 'aws.s3',
      'detail-type': 'Object Restore Completed',
      time: '2026-03-02T00:00:00Z',
      detail: { bucket: { name: VAULT }, object },
    };
    await pipeline.hearThawed([JSON.stringify(early)]);
    expect(await pipeline.job('j')).toMatchObject({ state: 'running', counts: { thawing: 2 } });
    pipeline.pass(12 * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('of other buckets, and of copies nobody waits for, are no matter', async () => {
    pipeline.pass(12 * HOUR);
    const events = pipeline.thawEvents.splice(0);
    const other = events.map((body) => body.replace(`"${VAULT}"`, '"elsewhere"'));
    await pipeline.hearThawed([...other, '{"Service":"Amazon S3","Event":"s3:TestEvent"}']);
    expect(await pipeline.job('j')).toMatchObject({ counts: { thawing: 2 } });
    expect(pipeline.dead).toEqual([]);
  });
});

describe('the sweep', () => {
  beforeEach(async () => {
    await capture({ a: '1', b: '2' });
    freeze(['a', 'b']);
    await restore('j');
    pipeline.s3.requests.resetCounts();
  });

  it('asks nothing of S3 before a thaw is overdue', async () => {
    pipeline.pass(11 * HOUR);
    await pipeline.sweep();
    expect(pipeline.s3.requests.count()).toBe(0);
  });

  it('restores what can be read and whose event never came', async () => {
    pipeline.pass(12 * HOUR);
    pipeline.thawEvents.splice(0);
    await pipeline.sweep();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { restored: 2, thawed: 2 } });
  });

  it('asks again for a thaw that was lost, and for one that has expired', async () => {
    delete pipeline.s3.object(VAULT, vaultPlace(SOURCE, 'a').key).content.thaw;
    pipeline.pass(82 * HOUR);
    pipeline.thawEvents.splice(0);
    await pipeline.sweep();
    expect(asked()).toBe(2);
    expect(await pipeline.job('j')).toMatchObject({ state: 'running', counts: { thawing: 2 } });
    pipeline.pass(12 * HOUR);
    await pipeline.hearThawed();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('leaves alone what is on its way, and gives it up 72 hours after the time S3 names', async () => {
    const late = pipeline.now + 1000 * 24 * HOUR * 1000;
    for (const key of ['a', 'b'])
      pipeline.s3.object(VAULT, vaultPlace(SOURCE, key).key).content.thaw = { readyAt: late };
    pipeline.pass(83 * HOUR);
    await pipeline.sweep();
    expect(asked()).toBe(0);
    expect(await pipeline.job('j')).toMatchObject({ state: 'running' });
    pipeline.pass(HOUR);
    await pipeline.sweep();
    expect(await pipeline.job('j')).toMatchObject({ state: 'partial', counts: { failed: 2, thawing: 0 } });
    const problems = await Array.fromAsync(pipeline.catalog.listProblems('j'));
    expect(problems.map(({ reason }) => reason)).toEqual(['not-thawed', 'not-thawed']);
  });

  it('goes on with the others when one cannot be looked at', async () => {
    const place = vaultPlace(SOURCE, 'a').key;
    pipeline.pass(12 * HOUR);
    pipeline.thawEvents.splice(0);
    pipeline.s3.requests.before = (op, [ref]) => {
      if (op === 'head' && (ref as { key: string }).key === place) throw new StoreError('throttled', 'slow');
    };
    await pipeline.sweep();
    expect(await pipeline.job('j')).toMatchObject({ state: 'running', counts: { restored: 1, thawing: 1 } });
    pipeline.s3.requests.before = undefined;
    await pipeline.sweep();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done' });
  });

  it('forgets jobs that have ended', async () => {
    pipeline.pass(12 * HOUR);
    await pipeline.hearThawed();
    await pipeline.sweep();
    expect(await pipeline.catalog.getThawingJob('j')).toMatchObject({ ended: true });
  });
});

describe('many copies in Glacier', () => {
  it('are swept in steps', async () => {
    const keys = Array.from({ length: 1203 }, (_, n) => `k${n}`);
    await capture(Object.fromEntries(keys.map((key) => [key, key])));
    freeze(keys);
    await restore('j');
    pipeline.pass(12 * HOUR);
    pipeline.thawEvents.splice(0);
    await pipeline.sweep();
    expect(await pipeline.job('j')).toMatchObject({ state: 'done', counts: { restored: 1203 } });
    expect(pipeline.catalog.requests.count('listThaws')).toBe(3);
  });
});
