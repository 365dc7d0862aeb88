import { classify } from '@holdfast/core/kinds/s3/reconcile/classify.ts';
import { compareRange, type Phase, type StepLimit } from '@holdfast/core/kinds/s3/reconcile/compare-range.ts';
import { findMiddle } from '@holdfast/core/kinds/s3/reconcile/split-range.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { compareKeys } from '@holdfast/core/model/byte-order.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import type { ListedObject } from '@holdfast/core/model/object.ts';
import { catalogEntries, type KeyRange, sourceObjects } from '@holdfast/core/vault/listings.ts';
import { mergeListings } from '@holdfast/core/vault/merge-listings.ts';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../../testing/pipeline.ts';

const OBJECT: ListedObject = { key: 'a', etag: 'e', size: 7, lastModified: 5000, storageClass: 'STANDARD' };
const ENTRY: Entry = {
  source: sourceUri(SOURCE),
  key: 'a',
  state: 'current',
  rev: 1,
  updatedAt: 5000,
  etag: 'e',
  size: 7,
  lastModified: 5000,
};
const DELETED: Entry = { ...ENTRY, state: 'deleted' };
const ARCHIVED: Entry = { ...ENTRY, state: 'unprotected', reason: 'archived' };
const IN_GLACIER = { ...OBJECT, storageClass: 'GLACIER' };

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

describe('what a comparison says of a key', () => {
  it.each([
    ['nothing', {}],
    ['nothing', { entry: DELETED }],
    ['gone', { entry: ENTRY }],
    ['gone', { entry: ARCHIVED }],
    ['new', { object: OBJECT }],
    ['new', { object: OBJECT, entry: DELETED }],
    ['unchanged', { object: OBJECT, entry: ENTRY }],
    ['changed', { object: { ...OBJECT, etag: 'f' }, entry: ENTRY }],
    ['waiting', { object: IN_GLACIER, entry: ARCHIVED }],
    ['changed', { object: { ...IN_GLACIER, etag: 'f' }, entry: ARCHIVED }],
    ['changed', { object: OBJECT, entry: ARCHIVED }],
    ['changed', { object: IN_GLACIER, entry: { ...ARCHIVED, reason: 'access-denied' as const } }],
  ])('%s: %#', (finding, pair) => {
    expect(classify({ key: 'a', ...pair }, false)).toBe(finding);
  });

  it('is to look again at what waits, when it is told to', () => {
    expect(classify({ key: 'a', object: IN_GLACIER, entry: ARCHIVED }, true)).toBe('changed');
    expect(classify({ key: 'a', object: OBJECT, entry: ENTRY }, true)).toBe('unchanged');
  });
});

describe('two listings side by side', () => {
  async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
    yield* items;
  }

  it('give every key once, in order, with what each has of it', async () => {
    const keys = fc.uniqueArray(
      fc.constantFrom('', 'a', 'b', 'c', 'd', '\uE000', '\u{1F98A}').filter((k) => k !== ''),
    );
    await fc.assert(
      fc.asyncProperty(keys, keys, async (left, right) => {
        const objects = left.toSorted(compareKeys).map((key) => ({ ...OBJECT, key }));
        const entries = right.toSorted(compareKeys).map((key) => ({ ...ENTRY, key }));
        const pairs = await Array.fromAsync(mergeListings(each(objects), each(entries)));
        const all = [...new Set([...left, ...right])].toSorted(compareKeys);
        expect(pairs.map(({ key, object, entry }) => [key, object?.key, entry?.key])).toEqual(
          all.map((key) => [
            key,
            left.includes(key) ? key : undefined,
            right.includes(key) ? key : undefined,
          ]),
        );
      }),
    );
  });

  it('cover a range behind its beginning, up to and with its end, over many pages', async () => {
    for (let n = 0; n < 50; n++) pipeline.s3.put(SOURCE, `p/${String(n).padStart(2, '0')}`, 'x');
    pipeline.s3.put(SOURCE, 'q', 'x');
    await pipeline.drain();
    const { store, catalog } = pipeline;
    const list = store.list.bind(store);
    store.list = (request) => list({ ...request, limit: 7 });
    const entries = catalog.listEntries.bind(catalog);
    catalog.listEntries = (source, options) => entries(source, { ...options, limit: 7 });
    const range: KeyRange = { after: 'p/07', until: 'p/40' };
    const objects = await Array.fromAsync(sourceObjects(SOURCE, undefined, range, pipeline.world));
    const rows = await Array.fromAsync(catalogEntries(sourceUri(SOURCE), undefined, range, pipeline.world));
    const expected = Array.from({ length: 33 }, (_, n) => `p/${String(n + 8).padStart(2, '0')}`);
    expect(objects.map(({ key }) => key)).toEqual(expected);
    expect(rows.map(({ key }) => key)).toEqual(expected);
    const all = await Array.fromAsync(sourceObjects(SOURCE, 'p/', {}, pipeline.world));
    const allRows = await Array.fromAsync(catalogEntries(sourceUri(SOURCE), 'p/', {}, pipeline.world));
    expect([all.length, allRows.length]).toEqual([50, 50]);
  });
});

it('a listing that breaks off in between, with an empty page that says there is more, is no listing', async () => {
  for (const key of ['a', 'b', 'c']) pipeline.s3.put(SOURCE, key, 'x');
  const { store } = pipeline;
  const list = store.list.bind(store);
  store.list = async (request) =>
    request.after === undefined ? list({ ...request, limit: 2 }) : { objects: [], more: true };
  const objects = Array.fromAsync(sourceObjects(SOURCE, undefined, {}, pipeline.world));
  await expect(objects).rejects.toMatchObject({ code: 'unavailable' });
});

describe('a range that is compared', () => {
  const NO_LIMIT: StepLimit = { keys: Number.POSITIVE_INFINITY, timeIsShort: () => false };

  async function compared(phase: Phase, limit = NO_LIMIT, retryWaiting = false) {
    const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
    if (source === undefined) throw new Error('no source');
    return compareRange(source, phase, { retryWaiting }, limit, pipeline.world);
  }

  async function everyCase(): Promise<void> {
    for (const key of ['changed', 'gone', 'same']) pipeline.s3.put(SOURCE, key, 'one');
    pipeline.s3.put(SOURCE, 'waiting', 'frozen', { storageClass: 'GLACIER' });
    pipeline.s3.put(SOURCE, 'was', 'x');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'was');
    await pipeline.drain();
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'changed', 'other');
    pipeline.s3.put(SOURCE, 'new', 'fresh one');
    pipeline.s3.delete(SOURCE, 'gone');
    pipeline.events.splice(0);
  }

  it('gives what is new or changed, and counts the rest', async () => {
    await everyCase();
    const { counts, items, stoppedAt } = await compared('compare');
    expect(counts).toEqual({
      changed: 1,
      new: 1,
      gone: 1,
      goneBytes: 3,
      unchanged: 1,
      waiting: 1,
      waitingBytes: 6,
      objects: 4,
      bytes: 5 + 9 + 3 + 6,
      entries: 4,
    });
    expect(items.map(({ key }) => key)).toEqual(['changed', 'new']);
    expect(items[1]).toMatchObject({ size: 9, lastModified: pipeline.now });
    expect(stoppedAt).toBeUndefined();
  });

  it('gives what is missing, and nothing else, in the second pass', async () => {
    await everyCase();
    expect(await compared('deletions')).toMatchObject({ counts: {}, items: [{ key: 'gone' }] });
  });

  it('looks again at what waits when it is told to', async () => {
    await everyCase();
    const { items } = await compared('compare', NO_LIMIT, true);
    expect(items.map(({ key }) => key)).toEqual(['changed', 'new', 'waiting']);
  });

  it('leaves out what its source does not cover, but not from its limit', async () => {
    await pipeline.protect({ include: ['*.txt'] });
    for (const key of ['a.png', 'b.txt', 'c.txt']) pipeline.s3.put(SOURCE, key, 'x');
    const { counts, stoppedAt } = await compared('compare', { ...NO_LIMIT, keys: 2 });
    expect([counts['objects'], stoppedAt]).toEqual([1, 'b.txt']);
  });

  it('ends at its limit of keys, also when that is the last one', async () => {
    for (const key of ['a', 'b', 'c']) pipeline.s3.put(SOURCE, key, 'x');
    expect((await compared('compare', { ...NO_LIMIT, keys: 3 })).stoppedAt).toBe('c');
    expect((await compared('compare', { ...NO_LIMIT, keys: 4 })).stoppedAt).toBeUndefined();
  });

  it('ends after a thousand keys when time is short', async () => {
    for (let n = 0; n < 1001; n++) pipeline.s3.put(SOURCE, String(n).padStart(4, '0'), 'x');
    const { stoppedAt, items } = await compared('compare', { ...NO_LIMIT, timeIsShort: () => true });
    expect([stoppedAt, items.length]).toEqual(['0999', 1000]);
  });
});

describe('an event that was missed', () => {
  const GRACE_SECONDS = 15 * 60;

  async function missed(): Promise<number> {
    const { counts } = await pipeline.reconcile('r1');
    return counts['missed'] ?? 0;
  }

  it.each([
    [GRACE_SECONDS, 0],
    [GRACE_SECONDS + 1, 1],
  ])(
    'is one of a change more than a quarter of an hour ago: after %i seconds, %i',
    async (seconds, count) => {
      pipeline.pass(1);
      pipeline.s3.put(SOURCE, 'a', 'x');
      pipeline.events.splice(0);
      pipeline.pass(seconds);
      expect(await missed()).toBe(count);
    },
  );

  it('is none of what was there when the source was protected', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x');
    pipeline.events.splice(0);
    pipeline.pass(3600);
    expect(await missed()).toBe(0);
  });

  it('is none of an object that was looked at since, and could not be read', async () => {
    pipeline.pass(1);
    pipeline.s3.put(SOURCE, 'a', 'x');
    pipeline.s3.deny(SOURCE, 'a');
    await pipeline.drain();
    pipeline.pass(3600);
    expect(await missed()).toBe(0);
  });

  it('is one of an object that could not be read and changed later', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x');
    pipeline.s3.deny(SOURCE, 'a');
    await pipeline.drain();
    pipeline.pass(1);
    pipeline.s3.put(SOURCE, 'a', 'y');
    pipeline.events.splice(0);
    pipeline.pass(3600);
    expect(await missed()).toBe(1);
  });

  it('is one of a change of what was captured or deleted before', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x');
    pipeline.s3.put(SOURCE, 'b', 'x');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'b');
    await pipeline.drain();
    pipeline.pass(1);
    for (const key of ['a', 'b']) pipeline.s3.put(SOURCE, key, 'y');
    pipeline.events.splice(0);
    pipeline.pass(3600);
    expect(await missed()).toBe(2);
  });
});

describe('the middle of a range', () => {
  function put(...keys: string[]): void {
    for (const key of keys) pipeline.s3.put(SOURCE, key, 'x');
  }

  type Range = KeyRange & { readonly after: string };

  function middle(range: Range) {
    return findMiddle(SOURCE, undefined, range, pipeline.world);
  }

  const many = (prefix: string) => Array.from('0123456789ABCXYZabcxyz~', (c) => prefix + c);

  it.each<[string, string[], Range]>([
    ['of a whole bucket', many(''), { after: '1' }],
    ['between two keys', many(''), { after: '1', until: 'z' }],
    ['of keys that begin alike', many('photos/2026/'), { after: 'photos/2026/1', until: 'photos/2026/z' }],
    ['of few keys far apart', ['a', 'z'], { after: '!', until: '~' }],
    [
      'of keys beyond the usual ones',
      ['\u{1F98A}1', '\u{1F98A}2', '\u{1F98B}x'],
      { after: '\u{1F98A}1', until: '\u{1F9FF}' },
    ],
    ['of keys around the surrogates', ['\uD7FF', '\uE000', '\uE001'], { after: '\uD7F0', until: '\uE002' }],
    ['of keys of which one begins as the other', ['a', 'ab', 'abc'], { after: 'a', until: 'abc' }],
  ])('%s leaves a part behind it', async (_what, keys, range) => {
    put(...keys);
    const cut = await middle(range);
    if (cut === undefined) throw new Error('no middle');
    expect(cut.isWellFormed()).toBe(true);
    expect(compareKeys(cut, range.after)).toBeGreaterThan(0);
    if (range.until !== undefined) expect(compareKeys(cut, range.until)).toBeLessThan(0);
    expect(pipeline.s3.requests.count('list')).toBeLessThanOrEqual(6);
  });

  it('of evenly spread keys is found at the first guess', async () => {
    put(...many(''));
    expect(await middle({ after: '0', until: 'z' })).toBe('U');
    expect(pipeline.s3.requests.count('list')).toBe(1);
  });

  it('is looked for six times at most', async () => {
    put('a');
    expect(await middle({ after: 'a', until: 'a\u{10FFFF}' })).toBeUndefined();
    expect(pipeline.s3.requests.count('list')).toBe(6);
  });

  it('is not beyond the end of the range, where the next object is', async () => {
    put('a', 'z');
    expect(await middle({ after: 'a', until: 'm' })).toBeUndefined();
  });

  it('is not there where there is nothing to cut', async () => {
    put('a', 'b');
    expect(await middle({ after: 'b' })).toBeUndefined();
    expect(await middle({ after: 'a', until: 'b' })).toBeUndefined();
    expect(await middle({ after: '\u{10FFFF}' })).toBeUndefined();
  });
});

describe('the wiring of a source', () => {
  function row() {
    return pipeline.catalog.getSource(sourceUri(SOURCE));
  }

  it('that is in order is no drift, and clears what was said of an earlier one', async () => {
    pipeline.s3.bucket(SOURCE).rule = 'missing';
    await pipeline.reconcile('r1');
    expect(await row()).toMatchObject({ wiring: 'broken', wiringDetail: expect.stringContaining('no rule') });
    expect(pipeline.telemetry.values('WiringDrift')).toEqual([1]);
    pipeline.s3.bucket(SOURCE).rule = 'enabled';
    await pipeline.reconcile('r2');
    expect((await row())?.wiring).toBe('ok');
    expect(await row()).not.toHaveProperty('wiringDetail');
    expect(pipeline.telemetry.values('WiringDrift')).toEqual([1]);
  });

  it('that cannot be checked is told of, and stops nothing', async () => {
    pipeline.world.wiring.ensure = () => Promise.reject(new Error('throttled'));
    expect((await pipeline.reconcile('r1')).state).toBe('done');
    expect(await row()).toMatchObject({ wiring: 'unknown', wiringDetail: 'throttled' });
    expect(pipeline.telemetry.values('WiringDrift')).toEqual([1]);
  });
});
