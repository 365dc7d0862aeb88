import {
  compareVersions,
  defaultSite,
  ownerOf,
  versionId,
} from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { looksLikeVersion, versionNames } from '@holdfast/core/kinds/workdocs/import/version-names.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { rawZip } from '../../../../../testing/zips/raw-zip.ts';
import { GivenExport, zipOf } from '../../../../support/given-export.ts';

let given: GivenExport;
beforeEach(() => {
  given = new GivenExport();
});

describe('versions', () => {
  it('are told by names as a person says, wherever they lie in the zip', async () => {
    const filler = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`other/${n}.txt`, `${n}`]));
    await given.zip('alice.zip', {
      'a/plan (v2).docx': 'two',
      ...filler,
      'a/plan.docx': 'newest',
      'a/plan (v10).docx': 'ten',
      'a/plan (v1).docx': 'one',
    });
    const job = await given.import('i1', { versionsNamed: '{name} (v{n}){ext}' });
    expect(job.state).toBe('done');
    expect(await given.texts('alice/a/plan.docx')).toEqual(['one', 'two', 'ten', 'newest']);
    const plan = (await given.documents()).get('alice/a/plan.docx');
    expect(plan?.latest).toBe(plan?.versions.at(-1)?.id);
    expect(plan?.versions[0]?.name).toBe('plan (v1).docx');
    expect(await given.problems('i1')).toEqual([]);
  });

  it('by name are documents of their own unless a person says so, and the report tells', async () => {
    await given.zip('alice.zip', { 'plan (v2).docx': 'two', 'plan.docx': 'one' });
    expect(await given.import('i1')).toMatchObject({ state: 'done' });
    expect((await given.documents()).size).toBe(2);
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({
        reason: 'versions-by-name',
        note: true,
        detail: expect.stringMatching(/^1 names/),
      }),
    ]);
  });

  it('of several exports go into one site, each once', async () => {
    await given.zip('january/alice.zip', { 'plan.txt': 'january', 'same.txt': 'same' });
    await given.import('i1', { export: 's3://exports/january/' });
    const later = { name: 'plan.txt', content: 'march!', date: ((2025 - 1980) << 9) | (3 << 5) | 1 };
    given.put('march/alice.zip', Buffer.from(rawZip([later]).bytes));
    expect(await given.import('i2', { export: 's3://exports/march' })).toMatchObject({
      counts: { imported: 1 },
    });
    expect(await given.texts('alice/plan.txt')).toEqual(['january', 'march!']);
    expect(await given.texts('alice/same.txt')).toEqual(['same']);
  });

  it('of one user may lie in parts', async () => {
    await given.zip('alice-part1.zip', { 'a/one.txt': '1' });
    await given.zip('alice-part2.zip', { 'a/two.txt': '2' });
    await given.zip('alice-2.zip', { 'three.txt': '3' });
    await given.import('i1');
    expect([...(await given.documents()).keys()].sort()).toEqual([
      'alice-2/three.txt',
      'alice/a/one.txt',
      'alice/a/two.txt',
    ]);
  });
});

describe('times', () => {
  const extra = (id: number, data: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(data.length, 2);
    return Buffer.concat([head, data]);
  };

  it.each([
    ['the time of DOS, as UTC', {}, '2024-03-01T12:00:00.000Z'],
    [
      'the extended timestamp',
      { extra: extra(0x5455, Buffer.from([1, 0, 0, 0, 0x60])) },
      '2021-01-14T08:25:36.000Z',
    ],
    ['no time', { date: 0, time: 0 }, undefined],
  ])('are taken from %s', async (_, facts, expected) => {
    given.put('alice.zip', rawZip([{ name: 'x', content: 'x', ...facts }]).bytes);
    await given.import('i1');
    const at = (await given.documents()).get('alice/x')?.versions[0]?.createdAt;
    expect(at === undefined ? undefined : new Date(at).toISOString()).toBe(expected);
  });
});

describe('names', () => {
  it.each([
    ['{name} (v{n}){ext}', ['a', 'plan (v3).docx'], ['a', 'plan.docx'], 3],
    ['{name} (v{n}){ext}', ['plan (v3)'], ['plan'], 3],
    ['{name}_v{n}{ext}', ['x.y_v12.tar'], ['x.y.tar'], 12],
    ['{name}{ext}/{n}', ['a', 'plan.docx', '7'], ['a', 'plan.docx'], 7],
    ['{name}{ext}/{name} {n}{ext}', ['plan.docx', 'plan 7.docx'], ['plan.docx'], 7],
    ['{name} (v{n}){ext}', ['plan.docx'], ['plan.docx'], undefined],
    ['{name}.({n}+){ext}', ['plan.(3+)'], ['plan'], 3],
  ])('%s reads %j', (pattern, parts, expected, ordinal) => {
    expect(versionNames(pattern)(parts)).toEqual({
      parts: expected,
      ...(ordinal === undefined ? {} : { ordinal }),
    });
  });

  it.each(['{name}{ext}', 'v{n}', ''])('cannot tell versions by %j', (pattern) => {
    expect(() => versionNames(pattern)).toThrow(InvalidInputError);
  });

  it.each(['plan (v2).docx', 'plan_v2', 'plan-version 3.txt', 'v1.txt'])(
    '%j looks like a version',
    (name) => {
      expect(looksLikeVersion(name)).toBe(true);
    },
  );

  it.each(['plan.docx', 'rev2.docx', 'plan v.docx', 'invoice 2024.pdf'])('%j does not', (name) => {
    expect(looksLikeVersion(name)).toBe(false);
  });

  it('order versions by number, then time, then place', () => {
    const version = (ordinal: number | undefined, at: number | undefined, offset: number) =>
      versionId({ ...(ordinal && { ordinal }), ...(at && { at }), offset, crc32: 7, size: 1 });
    const sorted = [
      version(2, 900, 5),
      version(10, 100, 1),
      version(undefined, undefined, 9),
      version(undefined, 100, 3),
      version(undefined, 100, 20),
      version(undefined, 1_000, 1),
    ];
    expect(sorted.toReversed().sort(compareVersions)).toEqual(sorted);
  });

  it.each([
    ['', 'alice.zip', 'alice'],
    ['exp', 'exp/alice.zip', 'alice'],
    ['exp/', 'exp/alice.ZIP', 'alice'],
    ['exp/alice.zip', 'exp/alice.zip', 'alice'],
    ['exp/', 'exp/x/alice.part02.zip', 'x/alice'],
    ['exp/', 'exp/rampart2.zip', 'rampart2'],
  ])('of users: below "%s", %s is of %s', (prefix, key, name) => {
    expect(ownerOf('d-1234567890', { prefix }, key).name).toBe(name);
  });

  it('of sites are made of the export', () => {
    expect(defaultSite({ bucket: 'b', prefix: 'x/d-1234567890/y' })).toBe('d-1234567890');
    expect(defaultSite({ bucket: 'b', prefix: 'x' })).toMatch(/^export-[0-9a-f]{10}$/);
    expect(defaultSite({ bucket: 'b', prefix: 'x' })).toBe(defaultSite({ bucket: 'b', prefix: 'x' }));
    expect(defaultSite({ bucket: 'b', prefix: 'y' })).not.toBe(defaultSite({ bucket: 'b', prefix: 'x' }));
  });
});

it('zips that a tool writes as zip64 are read', async () => {
  const zip = await zipOf({ 'a.txt': 'a', 'b.txt': 'b' }, { forceZip64Format: true } as object);
  given.put('alice.zip', zip);
  expect(await given.import('i1')).toMatchObject({ state: 'done', counts: { imported: 2 } });
});
