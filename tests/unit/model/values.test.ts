import { deletionBound } from '@holdfast/core/model/deletion-bound.ts';
import { withDeletionTags, withoutDeletionTags } from '@holdfast/core/model/deletion-tags.ts';
import { type Entry, isSameState } from '@holdfast/core/model/entry.ts';
import { checkGlob, compileFilter } from '@holdfast/core/model/filter.ts';
import { emptyLag, lagBucket, lagPercentile } from '@holdfast/core/model/lag.ts';
import { intoBatches, parseReconcileMessage } from '@holdfast/core/model/messages.ts';
import { parseMoment } from '@holdfast/core/model/moment.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { readConfig } from '@holdfast/core/runtime/config.ts';
import { retryDelay } from '@holdfast/core/runtime/sqs-batch.ts';
import { describe, expect, it } from 'vitest';

describe('a filter', () => {
  it.each([
    [{}, 'any/thing', true],
    [{ prefix: 'docs/' }, 'docs/a', true],
    [{ prefix: 'docs/' }, 'Docs/a', false],
    [{ include: ['*.txt'] }, 'a.txt', true],
    [{ include: ['*.txt'] }, 'a/b.txt', false],
    [{ include: ['**/*.txt'] }, 'a/b/c.txt', true],
    [{ include: ['**/.git/**'] }, 'a/.git/config', true],
    [{ include: ['a?.{png,jpg}'] }, 'ab.jpg', true],
    [{ include: ['**'], exclude: ['tmp/**'] }, 'tmp/x', false],
    [{ exclude: ['*.bak'] }, 'x.bak', false],
    [{ include: ['with\\*star'] }, 'with*star', true],
  ])('%j takes %s: %s', (filter, key, taken) => {
    expect(compileFilter(filter)(key)).toBe(taken);
  });

  it.each(['[a', '{a,b', 'a)', ''])('refuses the glob %j', (glob) => {
    expect(() => checkGlob(glob)).toThrow(/glob/);
  });
});

describe('a moment', () => {
  it.each([
    ['2026-03-01T12:00:00Z', 1772366400000],
    ['2026-03-01T13:00:00+01:00', 1772366400000],
    ['2026-03-01T12:00:00.250Z', 1772366400250],
  ])('%s is read', (text, at) => {
    expect(parseMoment(text)).toBe(at);
  });

  it.each([
    '2026-03-01',
    '2026-03-01T12:00:00',
    'yesterday',
    '2026-13-01T12:00:00Z',
    '2026-02-30T25:00:00Z',
    '',
  ])('%j is refused', (text) => {
    expect(() => parseMoment(text)).toThrow(`"${text}" is not a time`);
  });
});

describe('deletion tags', () => {
  it('are merged with the own ones, and taken away again', () => {
    const marked = withDeletionTags({ team: 'x' }, 0) ?? {};
    expect(marked).toEqual({ team: 'x', Deleted: 'True', DeletedAt: '1970-01-01T00:00:00.000Z' });
    expect(withoutDeletionTags(marked)).toEqual({ team: 'x' });
  });

  it('fit beside eight tags and not beside nine', () => {
    const tags = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${i}`, '']));
    expect(withDeletionTags(tags(8), 0)).toBeDefined();
    expect(withDeletionTags(tags(9), 0)).toBeUndefined();
  });
});

describe('a lag histogram', () => {
  it('says which bound a share of the captures stayed within', () => {
    const lag = emptyLag();
    for (const ms of [...Array(98).fill(900), 4000, 7_200_000])
      lag[lagBucket(ms)] = (lag[lagBucket(ms)] ?? 0) + 1;
    expect([lagPercentile(lag, 0.5), lagPercentile(lag, 0.99), lagPercentile(lag, 1)]).toEqual([
      1,
      5,
      Number.POSITIVE_INFINITY,
    ]);
    expect(lagPercentile(emptyLag(), 0.5)).toBeUndefined();
  });
});

describe('the state of an entry', () => {
  const entry: Entry = {
    source: 's3://b',
    key: 'k',
    state: 'current',
    rev: 1,
    updatedAt: 0,
    etag: 'e',
    size: 1,
    lastModified: 5000,
    capturedAt: 9000,
  };
  it.each([
    ['the same', {}, true],
    ['another ETag', { etag: 'f' }, false],
    ['another size', { size: 2 }, false],
    ['another time', { lastModified: 6000 }, false],
  ])('is compared: %s', (_, change, same) => {
    expect(isSameState(entry, { etag: 'e', size: 1, lastModified: 5000, ...change })).toBe(same);
  });

  it('that was rebuilt takes an object older than its copy for the copied one', () => {
    const { lastModified: _, ...rebuilt } = entry;
    expect(isSameState(rebuilt, { etag: 'e', size: 1, lastModified: 8000 })).toBe(true);
    expect(isSameState(rebuilt, { etag: 'e', size: 1, lastModified: 10_000 })).toBe(false);
  });
});

describe('bounds', () => {
  it.each([
    [0, 1000],
    [10_000, 1000],
    [50_000, 5000],
  ])('of %i entries, %i may be deleted', (entries, allowed) => {
    expect(deletionBound(entries)).toBe(allowed);
  });

  it('of a batch: a hundred objects, and no message above what SQS takes', () => {
    expect(
      intoBatches(Array.from({ length: 250 }, (_, i) => ({ key: `${i}` }))).map((b) => b.length),
    ).toEqual([100, 100, 50]);
    const hostile = Array.from({ length: 300 }, () => ({ key: '\u0001'.repeat(1024) }));
    const batches = intoBatches(hostile);
    expect(batches.flat()).toHaveLength(300);
    expect(Math.max(...batches.map((batch) => JSON.stringify(batch).length))).toBeLessThan(256 * 1024);
  });

  it('of the wait before a retry: it triples, up to a quarter of an hour', () => {
    expect([1, 2, 3, 9].map((n) => retryDelay(n, 5))).toEqual([5, 15, 45, 900]);
  });
});

describe('messages', () => {
  it('of another shape are refused with the field', () => {
    expect(() => parseReconcileMessage('{"kind":"reconcile","trigger":"manual"}')).toThrow(/source/);
  });

  it('of a restore may name the prefix once', () => {
    const body = { source: 's3://bucket/a', prefix: 'b', target: 's3://other' };
    expect(() => parseRestoreMessage(JSON.stringify(body))).toThrow(/twice/);
  });
});

describe('the environment of a function', () => {
  it('is refused with everything that is missing or wrong, at once', () => {
    expect(() => readConfig({ VAULT_BUCKET: 'v', PART_MIB: 'many' })).toThrow(
      /CATALOG_TABLE[\s\S]*PART_MIB: not a whole number/,
    );
  });
});
