import { entryBytes } from '@holdfast/core/kinds/workdocs/import/entry-bytes.ts';
import { ZipDirectory } from '@holdfast/core/kinds/workdocs/import/zip-directory.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  endRecord,
  type RawEntry,
  rawZip,
  zip64End,
  zip64Extra,
} from '../../../../../testing/zips/raw-zip.ts';
import { EXPORT, GivenExport } from '../../../../support/given-export.ts';

let given: GivenExport;
/** A good one beside every bad one: it has to come through. */
beforeEach(async () => {
  given = new GivenExport();
  await given.zip('good.zip', { 'good.txt': 'good' });
});

async function importing(bytes: Buffer): Promise<Job> {
  given.put('bad.zip', bytes);
  const job = await given.import('i1');
  expect(await given.texts('good/good.txt')).toEqual(['good']);
  expect(given.dead).toEqual([]);
  return job;
}

async function refusals(): Promise<string[]> {
  return (await given.problems('i1')).map(({ key, reason }) => `${reason} ${key}`);
}

async function paths(): Promise<string[]> {
  return [...(await given.documents()).keys()].filter((path) => path !== 'good/good.txt');
}

const GOOD: RawEntry = { name: 'fine.txt', content: 'fine', method: 8 };

describe('names that would leave their zip', () => {
  it.each([
    '../evil.txt',
    'a/../../evil.txt',
    '/etc/evil.txt',
    '\\evil.txt',
    'C:\\evil.txt',
    'c:evil.txt',
    '..\\evil.txt',
    'a\\..\\..\\evil.txt',
    'a//b.txt',
    './a.txt',
    'a/./b.txt',
    'nul\0.txt',
    '',
    '/',
  ])('are listed and not imported: %j', async (name) => {
    const job = await importing(rawZip([{ name, content: 'evil' }, GOOD]).bytes);
    expect(job).toMatchObject({ state: 'partial', counts: { entries: 3, imported: 2, failed: 1 } });
    expect(await refusals()).toEqual([expect.stringMatching(/^unsafe-name bad\.zip/)]);
    expect(await paths()).toEqual(['bad/fine.txt']);
  });

  it('may hold a backslash that leads nowhere', async () => {
    expect(await importing(rawZip([{ name: 'a\\b.txt', content: 'x' }]).bytes)).toMatchObject({
      state: 'done',
    });
    expect(await paths()).toEqual(['bad/a\\b.txt']);
  });

  it.each([
    ['64 KiB long', 'x'.repeat(65_535)],
    ['a thousand folders deep', `${'a/'.repeat(1_000)}x.txt`],
  ])('are listed when they are %s', async (_, name) => {
    expect(await importing(rawZip([{ name, content: 'x' }, GOOD]).bytes)).toMatchObject({ state: 'partial' });
    const [refusal, ...others] = await refusals();
    expect(refusal).toMatch(/^name-too-long bad\.zip: /);
    expect(refusal?.length).toBeLessThan(600);
    expect(others).toEqual([]);
    expect(await paths()).toEqual(['bad/fine.txt']);
  });
});

describe('names that are not UTF-8', () => {
  it.each([
    ['without a word of it', 0],
    ['though they say so', 0x800],
  ])('are read as CP437, each its own, %s', async (_, flags) => {
    const name = (byte: number) => Buffer.from([0x6e, byte, 0x2e, 0x74]);
    const entries = [0x81, 0x82, 0xff].map((byte) => ({ name: name(byte), content: `${byte}`, flags }));
    expect(await importing(rawZip(entries).bytes)).toMatchObject({ state: 'done' });
    expect((await paths()).sort()).toEqual(['bad/nü.t', 'bad/né.t', 'bad/n\u00a0.t'].sort());
  });

  it('are UTF-8 when they can be, whether they say so or not', async () => {
    const entries = [
      { name: 'größe.txt', content: 'x' },
      { name: '日本.txt', content: 'y', flags: 0x800 },
    ];
    await importing(rawZip(entries).bytes);
    expect((await paths()).sort()).toEqual(['bad/größe.txt', 'bad/日本.txt']);
  });
});

describe('entries that are not what they say', () => {
  it.each<[string, string, RawEntry]>([
    ['a wrong CRC', 'corrupt', { name: 'x', content: 'bytes', says: { crc: 1 } }],
    ['a wrong CRC, packed', 'corrupt', { name: 'x', content: 'bytes', method: 8, says: { crc: 1 } }],
    ['more bytes than they say', 'corrupt', { name: 'x', content: 'bytes', method: 8, says: { size: 2 } }],
    ['fewer bytes than they say', 'corrupt', { name: 'x', content: 'bytes', method: 8, says: { size: 99 } }],
    ['two sizes, stored', 'corrupt', { name: 'x', content: 'bytes', says: { size: 99 } }],
    [
      'bytes that do not unpack',
      'corrupt',
      { name: 'x', content: 'b'.repeat(99), method: 8, says: { packed: 3 } },
    ],
    ['encryption', 'encrypted', { name: 'x', content: 'bytes', flags: 1 }],
    ['a method that is not read', 'unsupported-method', { name: 'x', content: 'bytes', method: 93 }],
    ['no place in the file', 'corrupt', { name: 'x', content: 'bytes', says: { offset: 1_000_000 } }],
    ['a place beyond its end', 'corrupt', { name: 'x', content: '', says: { size: 90, packed: 90 } }],
    ['bytes in a folder', 'corrupt', { name: 'x/', content: 'bytes' }],
  ])('are listed for %s, and their document is known', async (_, reason, entry) => {
    const job = await importing(rawZip([GOOD, entry]).bytes);
    expect(job).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 1 } });
    expect(await refusals()).toEqual([`${reason} bad.zip: ${entry.name}`]);
    expect(await given.texts('bad/fine.txt')).toEqual(['fine']);
    if (entry.name === 'x/') return;
    const document = (await given.documents()).get('bad/x');
    expect(document?.versions).toEqual([
      expect.objectContaining({ missing: expect.stringMatching(`^${reason}: `) }),
    ]);
    const { entries } = await given.pipeline.catalog.listEntries(
      document?.site ? `workdocs://${document.site}` : '',
    );
    expect(entries.filter(({ state }) => state === 'unprotected')).toEqual([
      expect.objectContaining({ reason: 'failed', name: 'x' }),
    ]);
  });

  it('are told of again, and change nothing, when they are imported again', async () => {
    await importing(rawZip([{ name: 'x', content: 'bytes', says: { crc: 1 } }]).bytes);
    const before = await given.vaultVersions();
    const again = await given.import('i2');
    expect(again).toMatchObject({ state: 'partial', counts: { unchanged: 1, failed: 1 } });
    expect(await given.vaultVersions()).toBe(before);
  });

  it('are imported when the zip has been mended', async () => {
    const entry = { name: 'x', content: 'bytes', method: 8 };
    const good = rawZip([entry]).bytes;
    const bad = Buffer.from(good);
    bad[33] = (bad[33] ?? 0) ^ 0xff;
    expect(await importing(bad)).toMatchObject({ state: 'partial' });
    given.put('bad.zip', good);
    expect(await given.import('i2')).toMatchObject({ state: 'done', counts: { imported: 1, unchanged: 1 } });
    expect(await given.texts('bad/x')).toEqual(['bytes']);
  });
});

describe('bombs', () => {
  it('are refused by what they say, beyond a ratio and a size', async () => {
    const size = 200 * 1024 * 1024;
    const job = await importing(
      rawZip([GOOD, { name: 'x', content: 'small', method: 8, says: { size } }]).bytes,
    );
    expect(job).toMatchObject({ state: 'partial', counts: { failed: 1 } });
    expect(await refusals()).toEqual(['zip-bomb bad.zip: x']);
  });

  it('end where they have unpacked to more than they say', async () => {
    const content = Buffer.alloc(64 * 1024 * 1024);
    await importing(rawZip([{ name: 'x', content, method: 8, says: { size: 10 } }]).bytes);
    expect(await refusals()).toEqual(['corrupt bad.zip: x']);
  });

  it('that share their bytes are refused but for one', async () => {
    const one = { name: 'a', content: 'x'.repeat(1_000) };
    const again = (name: string) => ({
      name,
      content: '',
      says: { size: 1_000, packed: 1_000, crc: 1, offset: 0 },
    });
    await importing(rawZip([one, again('b'), again('c')]).bytes);
    expect(await refusals()).toEqual(['overlapping bad.zip: b', 'overlapping bad.zip: c']);
    expect(await given.texts('bad/a')).toEqual(['x'.repeat(1_000)]);
  });

  it('that share bytes with the one before are refused however much else the file has', async () => {
    const says = { size: 500, packed: 500, crc: 1 };
    const entries = [
      { name: 'a', content: 'x'.repeat(1_000) },
      { name: 'b', says: { ...says, offset: 100 } },
    ];
    await importing(rawZip(entries, { comment: Buffer.alloc(20_000) }).bytes);
    expect(await refusals()).toEqual(['overlapping bad.zip: b']);
  });

  it('are not unpacked further than they say', async () => {
    const content = Buffer.alloc(16 * 1024 * 1024);
    const { bytes } = rawZip([{ name: 'x', content, method: 8, says: { size: 10 } }]);
    given.put('bad.zip', bytes);
    const { etag } = given.pipeline.s3.bucket(EXPORT).current('bad.zip')?.content ?? { etag: '' };
    const place = { bucket: EXPORT, key: 'bad.zip', size: bytes.length, etag };
    const directory = await ZipDirectory.open(place, undefined, given.pipeline.store);
    const entry = await directory.next();
    if (entry === undefined) throw new Error('no entry');
    let read = 0;
    const reading = (async () => {
      for await (const chunk of entryBytes(directory, entry)) read += chunk.length;
    })();
    await expect(reading).rejects.toThrow('it says 10 bytes, and has more');
    expect(read).toBe(0);
  });

  it('that share bytes out of order are refused when they take more than there is', async () => {
    const entries = [
      { name: 'far', content: 'f'.repeat(500) },
      { name: 'near', content: 'n'.repeat(500) },
    ];
    const says = { size: 500, packed: 500, crc: 1 };
    const over = Array.from({ length: 6 }, (_, n) => ({
      name: `o${n}`,
      says: { ...says, offset: n % 2 === 0 ? 0 : 533 },
    }));
    const job = await importing(rawZip([...entries, ...over]).bytes);
    expect(job.counts['failed']).toBe(6);
    expect((await refusals()).filter((one) => one.startsWith('overlapping')).length).toBeGreaterThan(3);
  });
});

describe('zips that are not whole', () => {
  const whole = () => rawZip(Array.from({ length: 10 }, (_, n) => ({ name: `f${n}`, content: `text ${n}` })));

  it('are listed when their end is cut off', async () => {
    const { bytes } = whole();
    expect(await importing(bytes.subarray(0, bytes.length - 30))).toMatchObject({ state: 'partial' });
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
  });

  it.each(['', 'x', 'no zip at all, but a text'])('are listed when they are none: %j', async (text) => {
    expect(await importing(Buffer.from(text))).toMatchObject({ state: 'partial' });
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
  });

  it('are listed and counted once, though zips are gone through again for their tables', async () => {
    await given.zip('tables.zip', { 'a.txt': 'a', 'comments.csv': 'Path,Comment\na.txt,well' });
    const { bytes, directoryAt, directoryBytes } = whole();
    const cut = directoryAt + Math.floor(directoryBytes / 2) + 10;
    given.put(
      'half.zip',
      Buffer.concat([bytes.subarray(0, cut), endRecord(10, directoryAt, directoryBytes)]),
    );
    const job = await importing(Buffer.from('no zip'));
    expect(job.counts).toMatchObject({ attached: 1, failed: 6 });
    expect(await refusals()).toEqual(['damaged-zip bad.zip', 'damaged-zip half.zip']);
  });

  it('are read as far as their directory goes when it is cut off', async () => {
    const { bytes, directoryAt, directoryBytes } = whole();
    const cut = directoryAt + Math.floor(directoryBytes / 2) + 10;
    const damaged = Buffer.concat([bytes.subarray(0, cut), endRecord(10, directoryAt, directoryBytes)]);
    const job = await importing(damaged);
    expect(job).toMatchObject({ state: 'partial', counts: { entries: 6, imported: 6, failed: 5 } });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({
        reason: 'damaged-zip',
        detail: expect.stringContaining('from entry 5 of its directory on (it says that 5 are left)'),
      }),
    ]);
  });

  it('are read to their end when they say that they have fewer entries', async () => {
    const entries = Array.from({ length: 10 }, (_, n) => ({ name: `f${n}`, content: `text ${n}` }));
    expect(await importing(rawZip(entries, { entries: 3 }).bytes)).toMatchObject({
      state: 'done',
      counts: { imported: 11 },
    });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({ reason: 'miscounted', note: true }),
    ]);
  });

  it('are read as far as they go when they say that they have more entries', async () => {
    const job = await importing(rawZip([{ name: 'x', content: 'x'.repeat(1_000) }], { entries: 9 }).bytes);
    expect(job).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 8 } });
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
  });

  it('are listed when their directory lies nowhere', async () => {
    await importing(rawZip([GOOD], { directoryAt: 0x7fffffff }).bytes);
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
  });

  it('are listed when a comment makes two ends of one', async () => {
    const comment = Buffer.concat([endRecord(1, 0, 46), Buffer.from('and more')]);
    await importing(rawZip([GOOD], { comment }).bytes);
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
  });

  it('are read by the last of two ends, whatever that comes to', async () => {
    const { directoryAt } = rawZip([GOOD]);
    await importing(rawZip([GOOD], { comment: endRecord(1, directoryAt, 46 + 8) }).bytes);
    expect(await paths()).toEqual(['bad/fine.txt']);
  });

  it.each([
    ['more entries than there are numbers for', 2n ** 63n, 0n],
    ['a directory behind all numbers', 1n, 2n ** 63n],
  ])('are listed when zip64 says that they have %s', async (_, entries, directoryAt) => {
    const { bytes, directoryAt: at } = rawZip([GOOD]);
    const end = zip64End(BigInt(bytes.length - 22), entries, directoryAt === 0n ? BigInt(at) : directoryAt);
    const job = await importing(Buffer.concat([bytes.subarray(0, -22), end]));
    expect(job.state).toBe('partial');
    expect(await refusals()).toEqual(['damaged-zip bad.zip']);
    expect(Number.isSafeInteger(job.counts['failed'])).toBe(true);
  });

  it('are listed for an entry that has absurd sizes', async () => {
    const absurd = {
      name: 'x',
      content: 'x',
      method: 8,
      says: { size: 0xffffffff, packed: 0xffffffff },
      extra: zip64Extra(2n ** 63n, 2n ** 63n),
    };
    await importing(rawZip([absurd, GOOD]).bytes);
    expect(await refusals()).toEqual(['too-large bad.zip: x']);
    expect(await given.texts('bad/fine.txt')).toEqual(['fine']);
  });
});
