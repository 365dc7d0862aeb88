import { type Changes, changeHistory } from '@holdfast/core/flows/change-history.ts';
import { compareMoments, DifferenceCount } from '@holdfast/core/flows/compare-moments.ts';
import { oldestCopy } from '@holdfast/core/flows/source-versions.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../support/pipeline.ts';

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

async function compare(from: number, to = ALWAYS, prefix = '') {
  const differences = await Array.fromAsync(
    compareMoments({ source: sourceUri(SOURCE), prefix, from, to }, pipeline.world),
  );
  const count = new DifferenceCount();
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

    expect((await compare(first, second)).short).toEqual([]);
    expect((await compare(first - 1, first)).short).toEqual([
      ['a', 'added', undefined, 3],
      ['b', 'added', undefined, 3],
    ]);
    expect((await compare(first, first)).short).toEqual([]);
  });

  it('takes the same content written again for no change', async () => {
    const first = await change({ a: 'one' });
    await change({ a: 'two' });
    await change({ a: 'one' });

    expect((await compare(first)).short).toEqual([]);
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
async function history(since = 0, prefix = ''): Promise<Array<[number, Changes]>> {
  const start = Date.parse('2026-03-01T12:00:00Z');
  const spans = await changeHistory(
    { source: sourceUri(SOURCE), prefix, since, spanOf: (at) => Math.floor((at - start) / MINUTE) },
    pipeline.world,
  );
  return [...spans].sort(([one], [other]) => one - other);
}

describe('the history of changes', () => {
  it('counts what was added, overwritten and deleted, by when', async () => {
    await change({ a: 'one', b: 'bee', [LONG]: 'x' });
    await change({ a: 'three', b: undefined });
    const third = await change({ b: 'back', a: undefined, [LONG]: undefined });

    const [first, second, last] = [
      [1, { added: 3, overwritten: 0, deleted: 0, writtenBytes: 7, deletedBytes: 0 }],
      [2, { added: 0, overwritten: 1, deleted: 1, writtenBytes: 5, deletedBytes: 3 }],
      [3, { added: 1, overwritten: 0, deleted: 2, writtenBytes: 4, deletedBytes: 6 }],
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
      [2, { added: 0, overwritten: 0, deleted: 1, writtenBytes: 0, deletedBytes: 3 }],
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
