import { oldestCopy } from '@holdfast/core/kinds/s3/history/source-versions.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { tagsRecordKey, vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Tags } from '@holdfast/core/model/object.ts';
import { type Changes, NO_CHANGES } from '@holdfast/core/source/changes.ts';
import { DifferenceCount } from '@holdfast/core/source/differences.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { changeHistory } from '../../../../operations/objects/count-changes.ts';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const LONG = `${'k'.repeat(1023)}z`;
const ALWAYS = Number.MAX_SAFE_INTEGER;
let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

/** A minute later, objects have other contents, or none. @returns when that was */
async function change(objects: Readonly<Record<string, string | undefined>>): Promise<number> {
  pipeline.pass(60);
  for (const [key, body] of Object.entries(objects)) {
    if (body === undefined) pipeline.s3.delete(SOURCE, key);
    else pipeline.s3.put(SOURCE, key, body);
  }
  await pipeline.drain();
  return pipeline.now;
}

async function compare(from: number, to = ALWAYS, prefix = '', tags = false) {
  const comparison = { source: sourceUri(SOURCE), prefix, from, to, tags };
  const differences = await Array.fromAsync(s3History.compare(comparison, pipeline.world));
  const count = new DifferenceCount(comparison);
  for (const one of differences) count.add(one);
  const short = differences.map(({ key, change, before, after }) => [key, change, before?.size, after?.size]);
  return { short, totals: count.totals() };
}

describe('comparing two moments', () => {
  it('finds what was added, changed and deleted, in the order of the keys, long ones last', async () => {
    const first = await change({ a: 'one', b: 'bee', c: 'sea', d: 'dee', [LONG]: 'x' });
    await change({ a: 'three', b: undefined, e: 'new', [LONG]: 'longer' });

    expect(await compare(first)).toEqual({
      short: [
        ['a', 'changed', 3, 5],
        ['b', 'deleted', 3, undefined],
        ['e', 'added', undefined, 3],
        [LONG, 'changed', 1, 6],
      ],
      totals: {
        added: 1,
        changed: 2,
        deleted: 1,
        addedBytes: 3,
        changedBytesBefore: 4,
        changedBytesAfter: 11,
        deletedBytes: 3,
        moved: 0,
        tagged: undefined,
        rewritten: 0,
        netBytes: 7,
      },
    });
    expect((await compare(first, ALWAYS, 'e')).short).toEqual([['e', 'added', undefined, 3]]);
  });

  it('looks at the two moments, and not at what was between or after them', async () => {
    const first = await change({ a: 'one', b: 'bee' });
    await change({ a: 'two', b: undefined, c: 'short-lived' });
    const second = await change({ a: 'one', b: 'bee', c: undefined });
    await change({ a: 'four', b: undefined, d: 'later' });

    expect((await compare(first, second)).short.map(([key, kind]) => [key, kind])).toEqual([
      ['a', 'rewritten'],
      ['b', 'rewritten'],
    ]);
    expect((await compare(first - 1, first)).short).toEqual([
      ['a', 'added', undefined, 3],
      ['b', 'added', undefined, 3],
    ]);
    expect((await compare(first, first)).short).toEqual([]);
  });

  it('tells the same content written again apart', async () => {
    const first = await change({ a: 'one' });
    await change({ a: 'two' });
    await change({ a: 'one' });

    const { short, totals } = await compare(first);
    expect(short).toEqual([['a', 'rewritten', 3, 3]]);
    expect(totals).toMatchObject({ changed: 0, rewritten: 1, changedBytesBefore: 0, netBytes: 0 });
  });

  it('asks for each page of versions once', async () => {
    const first = await change({ a: 'one' });
    await change({ a: 'two' });
    pipeline.s3.requests.resetCounts();
    await compare(first);

    // Plain keys and long ones.
    expect(pipeline.s3.requests.counts()).toEqual({ listVersions: 2 });
  });
});

const MINUTE = 60_000;
async function history(since = 0, prefix = '', tags = false): Promise<Array<[number, Changes]>> {
  const start = Date.parse('2026-03-01T12:00:00Z');
  const spanOf = (at: number) => Math.floor((at - start) / MINUTE);
  const request = { source: sourceUri(SOURCE), prefix, since, spanOf, tags };
  const spans = await changeHistory(request, s3History, pipeline.world);
  return [...spans].sort(([one], [other]) => one - other);
}

describe('the history of changes', () => {
  it('counts what was added, overwritten and deleted, by when', async () => {
    await change({ a: 'one', b: 'bee', [LONG]: 'x' });
    await change({ a: 'three', b: undefined });
    const third = await change({ b: 'back', a: undefined, [LONG]: undefined });

    const [first, second, last] = [
      [1, { ...NO_CHANGES, added: 3, writtenBytes: 7 }],
      [2, { ...NO_CHANGES, overwritten: 1, deleted: 1, writtenBytes: 5, deletedBytes: 3 }],
      [3, { ...NO_CHANGES, added: 1, deleted: 2, writtenBytes: 4, deletedBytes: 6 }],
    ];
    expect(await history()).toEqual([first, second, last]);
    expect(await history(third)).toEqual([last]);
    expect(await history(0, 'b')).toEqual([
      [1, expect.objectContaining({ added: 1, writtenBytes: 3 })],
      [2, expect.objectContaining({ deleted: 1 })],
      [3, expect.objectContaining({ added: 1 })],
    ]);
  });

  it('counts no change twice: the same content again, a marker upon a marker', async () => {
    await change({ a: 'one' });
    pipeline.pass(60);
    pipeline.s3.put(VAULT, vaultPlace(SOURCE, 'a').key, 'one');
    pipeline.s3.delete(VAULT, vaultPlace(SOURCE, 'a').key);
    pipeline.pass(60);
    pipeline.s3.delete(VAULT, vaultPlace(SOURCE, 'a').key);

    expect(await history()).toEqual([
      [1, expect.objectContaining({ added: 1, overwritten: 0 })],
      [2, { ...NO_CHANGES, deleted: 1, deletedBytes: 3 }],
    ]);
  });

  it('counts a deletion whose versions have expired', async () => {
    await change({ a: 'one' });
    const [version] = (await pipeline.store.listVersions({ bucket: VAULT, prefix: 's3/' })).versions;
    await change({ a: undefined });
    pipeline.s3.deleteVersion(VAULT, version?.key ?? '', version?.versionId ?? '');

    expect(await history()).toEqual([[2, expect.objectContaining({ deleted: 1, deletedBytes: 0 })]]);
  });
});

/** A minute later, objects have other tags. @returns when that was */
async function tag(objects: Readonly<Record<string, Tags>>): Promise<number> {
  pipeline.pass(60);
  for (const [key, tags] of Object.entries(objects)) pipeline.s3.tag(SOURCE, key, tags);
  await pipeline.drain();
  return pipeline.now;
}

const LARGE = 'longer than a copy for its tags may be';

describe('changes of tags alone', () => {
  beforeEach(async () => {
    pipeline = new Pipeline({ settings: { tagCopyMaxBytes: 8 } });
    await pipeline.protect();
  });

  it.each([
    ['a new copy', 'a', 'one'],
    ['a record', 'a', LARGE],
    ['a record of a long key', LONG, LARGE],
  ])('are told between two moments where they are kept by %s', async (_, key, body) => {
    const first = await change({ [key]: body, same: 'same', [`${key.slice(0, 9)}-large`]: LARGE });
    const second = await tag({ [key]: { stage: 'done' } });
    const third = await tag({ [key]: {} });

    const told = async (from: number, to?: number) => {
      const comparison = { source: sourceUri(SOURCE), prefix: '', from, to: to ?? ALWAYS, tags: true };
      const found = await Array.fromAsync(s3History.compare(comparison, pipeline.world));
      return found.map(({ key: of, change: kind, tags }) => ({ of, kind, ...tags }));
    };
    const tags = { stage: 'done' };
    expect(await told(first, second)).toEqual([{ of: key, kind: 'tagged', before: {}, after: tags }]);
    expect(await told(second, third)).toEqual([{ of: key, kind: 'tagged', before: tags, after: {} }]);
    expect(await told(second, second)).toEqual([]);
    // There and back: of the small one there is another copy, of the large one none.
    expect(await told(first, third)).toEqual(
      body === LARGE ? [] : [expect.objectContaining({ of: key, kind: 'rewritten' })],
    );
    expect((await compare(first, second, '', true)).totals).toMatchObject({
      tagged: 1,
      rewritten: 0,
      changed: 0,
    });
  });

  it('are not read unless that is asked for, and take no request for an object that is as it was', async () => {
    const objects = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n % 2 ? LARGE : 'x']));
    const first = await change({ ...objects, a: 'one', b: LARGE });
    const second = await tag({ a: { stage: 'done' }, b: { stage: 'done' } });
    const requests = async (tags: boolean, from = first, to = ALWAYS) => {
      pipeline.s3.requests.resetCounts();
      const { totals } = await compare(from, to, '', tags);
      return { ...pipeline.s3.requests.counts(), tagged: totals.tagged, rewritten: totals.rewritten };
    };

    expect(await requests(false)).toEqual({ listVersions: 2, tagged: undefined, rewritten: 1 });
    // One listing of all records; of each object that changed its tags at both moments, of a large one its records as well.
    expect(await requests(true)).toEqual({ listVersions: 5, getTags: 4, get: 1, tagged: 2, rewritten: 0 });
    // Records that were written before, or after.
    expect(await requests(true, second)).toEqual({ listVersions: 3, tagged: 0, rewritten: 0 });
    expect(await requests(true, first, second - 1)).toEqual({ listVersions: 3, tagged: 0, rewritten: 0 });
  });

  it('are told of an object that was deleted since, without the marks of that', async () => {
    const first = await change({ a: 'one', b: LARGE });
    const second = await tag({ a: { stage: 'done' }, b: { stage: 'done' } });
    await change({ a: undefined, b: undefined });

    expect((await compare(first, second, '', true)).short.map(([key, kind]) => [key, kind])).toEqual([
      ['a', 'tagged'],
      ['b', 'tagged'],
    ]);
    expect((await compare(second, ALWAYS, '', true)).totals).toMatchObject({ deleted: 2, tagged: 0 });
  });

  it('are not told of other metadata on the same bytes and tags', async () => {
    const first = await change({ a: 'one' });
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { author: 'anna' } });
    await pipeline.drain();

    expect((await compare(first, ALWAYS, '', true)).totals).toMatchObject({ tagged: 0, rewritten: 1 });
    expect(await history(0, '', true)).toEqual([[1, { ...NO_CHANGES, added: 1, writtenBytes: 3 }]]);
  });

  it('leave out what has expired since it was listed', async () => {
    const first = await change({ a: 'one' });
    await tag({ a: { stage: 'done' } });
    const [, older] = pipeline.s3.bucket(VAULT).versions('s3/photos/a');
    pipeline.s3.requests.before = (op) => {
      if (op !== 'getTags') return;
      pipeline.s3.requests.before = undefined;
      pipeline.s3.deleteVersion(VAULT, 's3/photos/a', older?.versionId ?? '');
    };

    expect((await compare(first, ALWAYS, '', true)).short).toEqual([['a', 'rewritten', 3, 3]]);
  });

  it('are counted by when they were captured, each of them', async () => {
    await change({ a: 'one', b: LARGE, [LONG]: LARGE });
    await tag({ a: { n: '1' }, b: { n: '1' }, [LONG]: { n: '1' } });
    const third = await tag({ a: { n: '2' }, b: { n: '2' } });
    await change({ a: 'two', b: `${LARGE}, and another` });
    await tag({ b: { n: '3' } });

    const counts = async (...of: Parameters<typeof history>) =>
      (await history(...of)).map(([minute, { tagged }]) => [minute, tagged]);
    expect(await counts(0, '', true)).toEqual([
      [1, 0],
      [2, 3],
      [3, 2],
      [4, 0],
      [5, 1],
    ]);
    expect(await counts(third, 'b', true)).toEqual([
      [3, 1],
      [4, 0],
      [5, 1],
    ]);
    expect(await counts(0, LONG, true)).toEqual([
      [1, 0],
      [2, 1],
    ]);
    pipeline.s3.requests.resetCounts();
    expect(await counts()).toEqual([
      [1, 0],
      [4, 0],
    ]);
    expect(pipeline.s3.requests.counts()).toEqual({ listVersions: 2, get: 1 });
  });

  it('are not counted where a large object was written again with the tags that its record said', async () => {
    await change({ b: LARGE });
    await tag({ b: { n: '1' } });
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'b', LARGE, { tags: { n: '1' } });
    await pipeline.drain();
    await tag({ b: { n: '2' } });

    expect((await history(0, '', true)).map(([minute, { tagged }]) => [minute, tagged])).toEqual([
      [1, 0],
      [2, 1],
      [4, 1],
    ]);
  });

  it('are not counted where a record says the same once more, or is none', async () => {
    await change({ b: LARGE });
    await tag({ b: { n: '1' } });
    const place = tagsRecordKey(SOURCE, 'b');
    const text = pipeline.s3.text(VAULT, place) ?? '';
    pipeline.pass(60);
    pipeline.s3.put(VAULT, place, text.replace('"at":', '"at": '));
    pipeline.s3.put(VAULT, place, 'no record');

    expect((await history(0, '', true)).map(([minute, { tagged }]) => [minute, tagged])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });
});

describe('the oldest copy', () => {
  it('is that of all keys under a prefix', async () => {
    expect(await oldestCopy(SOURCE, '', pipeline.world)).toBeUndefined();
    const first = await change({ b: 'one', [LONG]: 'x' });
    const second = await change({ a: 'two', b: 'three' });

    expect(await oldestCopy(SOURCE, '', pipeline.world)).toBe(first);
    expect(await oldestCopy(SOURCE, 'a', pipeline.world)).toBe(second);
    expect(await oldestCopy(SOURCE, 'k', pipeline.world)).toBe(first);
  });
});
