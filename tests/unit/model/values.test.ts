import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { parseBacklogMessage, parseReconcileMessage } from '@holdfast/core/kinds/s3/model/bucket-messages.ts';
import { parseReconcileQueue } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { deletionBound } from '@holdfast/core/model/deletion-bound.ts';
import { withDeletionTags, withoutDeletionTags } from '@holdfast/core/model/deletion-tags.ts';
import { type Entry, isSameState } from '@holdfast/core/model/entry.ts';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { emptyLag, lagBucket, lagPercentile } from '@holdfast/core/model/lag.ts';
import { intoBatches, intoExactly, parsePlanStep, parseRestoreWork } from '@holdfast/core/model/messages.ts';
import { formatMoment, parseMoment } from '@holdfast/core/model/moment.ts';
import { isArchivedClass } from '@holdfast/core/model/object.ts';
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

  it('without anything takes everything, and an empty list is no filter', () => {
    expect(compileFilter({ include: [], exclude: [] })('any/thing')).toBe(true);
  });

  it('takes globs of up to 1,024 characters', () => {
    const glob = (length: number) => 'a'.repeat(length);
    expect(compileFilter({ include: [glob(1024)] })(glob(1024))).toBe(true);
    expect(() => compileFilter({ include: [glob(1025)] })).toThrow(/1025/);
    expect(() => compileFilter({ include: ['ok', '[a'] })).toThrow(/"\[a"/);
    expect(() => compileFilter({ exclude: ['[a'] })).toThrow(/"\[a"/);
  });

  it.each([
    ['a/*/b', 'a//b', true],
    ['a/./b', 'a/./b', true],
    ['a/./b', 'a/b', false],
    ['a/../b', 'a/../b', true],
    ['a/../b', 'b', false],
    ['a/../b', 'a/./b', false],
    ['a//b', 'a/./b', false],
    ['a//b', 'a/b', false],
    ['a\\*', 'ab', false],
    ['**', 'a/b\nc', true],
    ['*', 'folder/', false],
    ['folder/*', 'folder/', true],
    ['folder/*', 'folder/.', true],
    ['folder/*', 'folder/..', true],
    ['**', 'a/../b', true],
  ])('matches %j against the key %j: %s', (glob, key, taken) => {
    expect(compileFilter({ include: [glob] })(key)).toBe(taken);
  });

  it.each(['[a', '{a,b', 'a}', ''])('refuses the glob %j', (glob) => {
    expect(() => compileFilter({ include: [glob] })).toThrow(/glob/);
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

it('a moment is printed in UTC', () => {
  expect(formatMoment(parseMoment('2026-03-01T13:00:00+01:00'))).toBe('2026-03-01T12:00:00.000Z');
});

describe('deletion tags', () => {
  it.each([
    ['another value', { Deleted: 'true', DeletedAt: '1970-01-01T00:00:00.000Z' }],
    ['one mark alone', { Deleted: 'True' }],
    ['the other mark alone', { DeletedAt: '1970-01-01T00:00:00.000Z' }],
    ['a time in another form', { Deleted: 'True', DeletedAt: '1970-01-01' }],
    ['more than the time', { Deleted: 'True', DeletedAt: 'at 1970-01-01T00:00:00.000Z' }],
    ['more behind the time', { Deleted: 'True', DeletedAt: '1970-01-01T00:00:00.000Z!' }],
  ])('of the owner are kept: %s', (_what, tags) => {
    expect(withoutDeletionTags(tags)).toEqual(tags);
  });

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

describe('a lag', () => {
  it.each([
    [0, 0],
    [1000, 0],
    [1001, 1],
    [3_600_000, 8],
    [3_600_001, 9],
  ])('of %i ms belongs in bucket %i', (ms, bucket) => {
    expect(lagBucket(ms)).toBe(bucket);
    expect(emptyLag()[bucket]).toBe(0);
  });

  it('is within a bound when exactly the share is', () => {
    const lag = emptyLag();
    lag[0] = 1;
    lag[3] = 1;
    expect([lagPercentile(lag, 0.5), lagPercentile(lag, 0.51)]).toEqual([1, 10]);
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

  it('of one version is told from that of another, where both are known', () => {
    const state = { etag: 'e', size: 1, lastModified: 5000 };
    const versioned = { ...entry, sourceVersionId: 'v1' };
    expect(isSameState(versioned, { ...state, versionId: 'v1' })).toBe(true);
    expect(isSameState(versioned, { ...state, versionId: 'v2' })).toBe(false);
    expect(isSameState(versioned, state)).toBe(true);
    expect(isSameState(entry, { ...state, versionId: 'v2' })).toBe(true);
  });

  it('that was rebuilt takes an object older than its copy for the copied one', () => {
    const { lastModified: _, ...rebuilt } = entry;
    expect(isSameState(rebuilt, { etag: 'e', size: 1, lastModified: 8000 })).toBe(true);
    expect(isSameState(rebuilt, { etag: 'e', size: 1, lastModified: 9000 })).toBe(true);
    expect(isSameState(rebuilt, { etag: 'e', size: 1, lastModified: 10_000 })).toBe(false);
    expect(isSameState(rebuilt, { etag: 'e', size: 1 })).toBe(false);
    const { capturedAt: _at, ...unknown } = rebuilt;
    expect(isSameState(unknown, { etag: 'e', size: 1, lastModified: 8000 })).toBe(false);
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

  it('of a batch: as many keys as fit in 200,000 characters, and always one', () => {
    const item = (bytes: number) => ({ key: 'k'.repeat(bytes - '{"key":""}'.length) });
    expect(intoBatches([item(100_000), item(100_000), item(1000)]).map((batch) => batch.length)).toEqual([
      2, 1,
    ]);
    expect(intoBatches([item(100_000), item(100_001)]).map((batch) => batch.length)).toEqual([1, 1]);
    expect(intoBatches([item(300_000), item(300_000)]).map((batch) => batch.length)).toEqual([1, 1]);
    expect(intoBatches([])).toEqual([]);
  });

  it.each([
    [
      [1, 2, 3, 4, 5],
      2,
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
    [[1], 3, [[1], [], []]],
    [[], 2, [[], []]],
    [[1, 2], 1, [[1, 2]]],
    [[1, 2], 0, []],
  ])('of a step that is sent again: %j in %i batches', (items, batches, cut) => {
    expect(intoExactly(items, batches)).toEqual(cut);
  });

  it('of the wait before a retry: it triples, up to a quarter of an hour', () => {
    expect([1, 2, 3, 9].map((n) => retryDelay(n, 5))).toEqual([5, 15, 45, 900]);
  });
});

describe('an archive class', () => {
  it.each([
    ['GLACIER', true],
    ['DEEP_ARCHIVE', true],
    ['GLACIER_IR', false],
    ['STANDARD', false],
  ])('%s has to be thawed: %s', (storageClass, archived) => {
    expect(isArchivedClass(storageClass)).toBe(archived);
  });
});

it('fields without a value are left out', () => {
  expect(Object.entries(defined({ a: 1, b: undefined, c: '', d: 0 }))).toEqual([
    ['a', 1],
    ['c', ''],
    ['d', 0],
  ]);
});

describe('messages', () => {
  const CAPTURE = { kind: 'capture', source: 's3://bucket', jobId: 'j', batch: 'compare-0.0' };
  const LARGE = {
    kind: 'large-copy',
    bucket: 'b',
    key: 'k',
    etag: 'e',
    size: 1,
    lastModified: 5,
    uploadId: 'u',
    partBytes: 4,
  };
  const STEP = { id: '0', phase: 'compare', after: 'a', until: 'b' };
  const RECONCILE = {
    kind: 'reconcile',
    source: 's3://bucket',
    trigger: 'schedule',
    jobId: 'j',
    approved: true,
    step: STEP,
  };
  const PLAN = { kind: 'plan', jobId: 'j', step: '0', part: 'plain', after: 'a' };
  const RESTORE = { kind: 'restore', jobId: 'j', batch: '0.0' };
  const ITEM = { key: 'k', vaultKey: 's3/b/k', versionId: 'v' };

  it.each([
    [
      parseBacklogMessage,
      { ...CAPTURE, items: [{ key: 'k', etag: 'e', size: 1, lastModified: 5 }, { key: 'gone' }] },
    ],
    [parseBacklogMessage, LARGE],
    [parseBacklogMessage, { ...LARGE, versionId: 'v', at: 7, sequencer: '05' }],
    [parseReconcileMessage, RECONCILE],
    [parseReconcileMessage, { ...RECONCILE, trigger: 'manual', step: { id: '0', phase: 'deletions' } }],
    [parseReconcileMessage, { kind: 'reconcile', source: 's3://bucket', trigger: 'protect' }],
    [parseReconcileMessage, { kind: 'reconcile', source: 's3://bucket', trigger: 'approve' }],
    [parseReconcileQueue, RECONCILE],
    [parseReconcileQueue, { kind: 'pulse', source: 's3://bucket' }],
    [parseReconcileQueue, { kind: 'pulse', source: 's3://bucket', readBack: 2 }],
    [parseBacklogMessage, { kind: 'capture', source: 's3://bucket', items: [{ key: 'k' }] }],
    [parsePlanStep, PLAN],
    [parsePlanStep, { ...PLAN, part: 'long' }],
    [parseRestoreWork, { ...RESTORE, items: [ITEM, { ...ITEM, uploadId: 'u' }] }],
  ])('are read whole %#', (parse, message) => {
    expect(parse(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    [parseBacklogMessage, { ...CAPTURE }, 'items'],
    [parseBacklogMessage, { ...CAPTURE, items: [{}] }, 'items.0.key'],
    [parseBacklogMessage, { ...CAPTURE, items: [{ key: 'k', lastModified: 0.5 }] }, 'items.0.lastModified'],
    [parseBacklogMessage, { ...LARGE, uploadId: undefined }, 'uploadId'],
    [parseBacklogMessage, { ...LARGE, kind: 'huge-copy' }, 'kind'],
    [parseReconcileMessage, { ...RECONCILE, kind: 'reconsider' }, 'kind'],
    [parseReconcileMessage, { ...RECONCILE, trigger: 'sometimes' }, 'trigger'],
    [parseReconcileMessage, { ...RECONCILE, step: { ...STEP, phase: 'later' } }, 'step.phase'],
    [parseReconcileQueue, { kind: 'purse', source: 's3://bucket' }, 'kind'],
    [parseReconcileQueue, { kind: 'pulse', source: 'workdocs://d-1234567890' }, 'source'],
    [parseReconcileQueue, { kind: 'pulse', source: 's3://bucket', readBack: -1 }, 'readBack'],
    [parsePlanStep, { ...PLAN, kind: 'planned' }, 'kind'],
    [parsePlanStep, { ...PLAN, part: 'other' }, 'part'],
    [parseRestoreWork, { ...RESTORE, kind: 'restored', items: [] }, 'kind'],
    [parseRestoreWork, { ...RESTORE, items: [{ key: 'k' }] }, 'items.0.vaultKey'],
  ])('are refused by the field that is wrong %#', (parse, message, field) => {
    expect(() => parse(JSON.stringify(message))).toThrow(` message: ${field} `);
  });

  it('of another shape are refused with the field', () => {
    expect(() => parseReconcileMessage('{"kind":"reconcile","trigger":"manual"}')).toThrow(/source/);
  });

  it('of a restore may name the prefix once', () => {
    const body = { source: 's3://bucket/a', prefix: 'b', target: 's3://other' };
    expect(() => parseRestoreMessage(JSON.stringify(body), ADDRESSES)).toThrow(/twice/);
  });
});

describe('the environment of a function', () => {
  it('is refused with everything that is missing or wrong, at once', () => {
    const SETTINGS = JSON.stringify({ vault: 'v', partMiB: 'many', account: '1' });
    expect(() => readConfig({ SETTINGS })).toThrow(
      /SETTINGS.account: not an account[\s\S]*SETTINGS.catalog[\s\S]*SETTINGS.partMiB: not a whole number[\s\S]*RESTORE_TARGETS/,
    );
    expect(() => readConfig({ SETTINGS: '{', RESTORE_TARGETS: '' })).toThrow(/SETTINGS: /);
  });
});
