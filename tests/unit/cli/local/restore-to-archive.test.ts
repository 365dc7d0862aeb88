import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ArchiveFormat } from '../../../../cli/local/archive/archive-writer.ts';
import { restoreToArchive } from '../../../../cli/local/archive/restore-to-archive.ts';
import { keyOf } from '../../../../cli/local/file-name.ts';
import { NAMES_FILE } from '../../../../cli/local/names-list.ts';
import { AWKWARD_KEYS } from '../../../support/awkward-keys.ts';
import { findTool } from '../../../support/tool.ts';
import { givenFolder, treeOf, VaultWorld } from './support/given-vault.ts';

const run = promisify(execFile);
const FORMATS = ['tar', 'tar.gz', 'zip'] as const;
const PYTHON_UNZIP = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    bad = archive.testzip()
    assert bad is None, bad
    archive.extractall(sys.argv[2])
`;

let vault: VaultWorld;
let folder: string;
let path: string;

beforeEach(async () => {
  vault = new VaultWorld({ 'a.txt': 'one', 'b/c.txt': 'two', 'b/d/': '', big: 'x'.repeat(700_000) });
  folder = await givenFolder();
});

function restore(format: ArchiveFormat, to: string | Writable = join(folder, `backup.${format}`)) {
  path = typeof to === 'string' ? to : '';
  return restoreToArchive({ select: vault.select, format, to }, vault.world);
}

/** With what other people unpack archives. */
async function unpack(format: ArchiveFormat): Promise<string> {
  const to = await givenFolder();
  if (format === 'zip') await run('python3', ['-c', PYTHON_UNZIP, path, to]);
  else await run('tar', ['-xf', path, '-C', to]);
  return to;
}

describe('a restore into an archive', () => {
  it.each(FORMATS)('is a %s that other tools read', async (format) => {
    const { counts, ended } = await restore(format);

    expect({ counts, ended }).toMatchObject({
      counts: { planned: 4, restored: 4, restoredBytes: 700_006, unverified: 0, failed: 0 },
      ended: 'done',
    });
    expect(await readdir(folder)).toEqual([`backup.${format}`]);
    const unpacked = await unpack(format);
    expect(await treeOf(unpacked)).toEqual({
      'a.txt': 'one',
      'b/': null,
      'b/c.txt': 'two',
      'b/d/': null,
      big: 'x'.repeat(700_000),
    });
    if (format !== 'zip') expect((await stat(join(unpacked, 'a.txt'))).mtimeMs).toBe(vault.now);
  });

  // Python's zipfile, which is always there, leaves times alone.
  const unzip = findTool(['unzip']);
  it.skipIf(unzip === undefined)('keeps the times in a zip, where the unpacker looks for them', async () => {
    await restore('zip');
    const unpacked = await givenFolder();
    await run(unzip ?? '', ['-q', path, '-d', unpacked]);
    expect((await stat(join(unpacked, 'a.txt'))).mtimeMs).toBe(vault.now);
    expect(((await stat(join(unpacked, 'b/d'))).mode & 0o777).toString(8)).toBe('755');
  });

  it.each(FORMATS)('holds every key that S3 allows in a %s', async (format) => {
    vault = new VaultWorld(
      Object.fromEntries(AWKWARD_KEYS.map((key) => [key, key.endsWith('/') ? '' : `of ${key}`])),
    );
    vault.put('README', 'upper');
    vault.put('readme', 'lower');
    expect((await restore(format)).counts.failed).toBe(0);

    const unpacked = await unpack(format);
    const list = (await readFile(join(unpacked, NAMES_FILE), 'utf8')).trimEnd().split('\n');
    const names = new Map(list.map((line) => [JSON.parse(line).path, JSON.parse(line).key]));
    const tree = Object.entries(await treeOf(unpacked)).filter(([name]) => name !== NAMES_FILE);
    const keys = new Map(tree.map(([name, text]) => [names.get(name) ?? keyOf(name), text]));
    for (const key of AWKWARD_KEYS) expect(keys.get(key)).toBe(key.endsWith('/') ? null : `of ${key}`);
    expect([keys.get('README'), keys.get('readme')]).toEqual(['upper', 'lower']);
  });

  it('streams to a reader who is slow', async () => {
    const to = new PassThrough({ highWaterMark: 1 });
    const result = restore('tar', to);
    path = join(folder, 'read.tar');
    await writeFile(path, to);
    expect((await result).ended).toBe('done');
    expect((await run('tar', ['-tf', path])).stdout).toBe('a.txt\nb/c.txt\nb/d/\nbig\n');
  });

  it('keeps times that a tar header has no room for', async () => {
    vault.put('old', 'x', { metadata: { mtime: '1700000000.25' } });
    await restore('tar.gz');
    const unpacked = await unpack('tar.gz');
    expect((await stat(join(unpacked, 'old'))).mtimeMs).toBe(1_700_000_000_250);
  });

  it('reads ahead and keeps the order, whatever comes first', async () => {
    vault = new VaultWorld(
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, `content ${i}`])),
    );
    expect((await restore('tar')).counts.restored).toBe(200);
    const { stdout } = await run('tar', ['-tf', path]);
    const names = stdout.trimEnd().split('\n');
    expect(names).toEqual([...names].sort());
    expect((await treeOf(await unpack('tar')))['k77']).toBe('content 77');
  });

  it.each(FORMATS)('refuses a %s that exists, and leaves it alone', async (format) => {
    await writeFile(join(folder, `backup.${format}`), 'precious');
    await expect(restore(format)).rejects.toThrow(/exists: name another archive/);
    expect(await treeOf(folder)).toEqual({ [`backup.${format}`]: 'precious' });
  });

  it('refuses a folder that is not there', async () => {
    await expect(restore('tar', join(folder, 'x/y.tar'))).rejects.toThrow(/there is no folder/);
  });

  it('replaces what a killed run left behind', async () => {
    await writeFile(join(folder, 'backup.tar.holdfast-part'), 'half');
    await restore('tar');
    expect(await readdir(folder)).toEqual(['backup.tar']);
  });

  it('leaves out what cannot be read or is not right, and says so', async () => {
    vault.put('cold', 'x', { storageClass: 'GLACIER' });
    const open = vault.store.open.bind(vault.store);
    vault.store.open = async (ref, options) => {
      const opened = await open(ref, options);
      return ref.key.endsWith('a.txt') ? { ...opened, body: rotten(opened.body) } : opened;
    };
    const { counts, problems } = await restore('tar');
    expect(counts).toMatchObject({ restored: 3, failed: 2 });
    expect(problems.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual([
      'a.txt wrong-bytes',
      'cold archived',
    ]);
    expect(Object.keys(await treeOf(await unpack('tar')))).toEqual(['b/', 'b/c.txt', 'b/d/', 'big']);
  });

  it('says of a large object that it is in the archive although it is not right', async () => {
    const open = vault.store.open.bind(vault.store);
    vault.store.open = async (ref, options) => {
      const opened = await open(ref, options);
      return ref.key.endsWith('big') ? { ...opened, body: rotten(opened.body) } : opened;
    };
    const { counts, problems } = await restore('tar');
    expect(counts).toMatchObject({ restored: 3, failed: 1 });
    expect(problems[0]).toMatchObject({
      key: 'big',
      detail: expect.stringContaining('they are in the archive'),
    });
  });

  it.each(FORMATS)('leaves nothing of a %s when it is interrupted', async (format) => {
    vault.s3.requests.after = (op) => {
      if (op === 'open' && vault.s3.requests.count('open') === 2) vault.interrupt.abort();
    };
    expect((await restore(format)).ended).toBe('interrupted');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(FORMATS)('leaves nothing of a %s that could not be finished', async (format) => {
    vault.put('c', 'y'.repeat(600_000));
    const open = vault.store.open.bind(vault.store);
    vault.store.open = async (ref, options) => {
      const opened = await open(ref, options);
      return ref.key.endsWith('/c') ? { ...opened, body: lost(opened.body) } : opened;
    };
    await expect(restore(format)).rejects.toThrow(
      'the archive could not be finished, and nothing is left of it: gone',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(FORMATS)('ends when nobody takes a %s any more', async (format) => {
    const to = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })),
    });
    expect((await restore(format, to)).ended).toBe('disk-full');
  });

  it('refuses a zip of more objects than it should keep in mind, and leaves nothing of it', async () => {
    const [first] = await Array.fromAsync(vault.select());
    if (first === undefined) throw new Error('nothing selected');
    const many = async function* () {
      for (let i = 0; i <= 200_000; i++) yield first;
    };
    const job = { select: many, format: 'zip', to: join(folder, 'many.zip') } as const;
    await expect(restoreToArchive(job, vault.world)).rejects.toThrow(
      'a zip takes up to 200,000 objects here, and these are 200,001: write a .tar.gz',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes more entries than a zip without 64 bits can count', async () => {
    const empty = new VaultWorld({ one: '' });
    const [first] = await Array.fromAsync(empty.select());
    if (first === undefined) throw new Error('nothing selected');
    const many = async function* () {
      for (let i = 0; i < 66_000; i++) yield { ...first, key: `k${i}` };
    };
    path = join(folder, 'many.zip');
    await restoreToArchive({ select: many, format: 'zip', to: path }, empty.world);
    const count = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))';
    expect((await run('python3', ['-c', count, path])).stdout.trim()).toBe('66000');
  }, 120_000);
});

async function* rotten(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) yield bytes.map((byte) => byte ^ 1);
}

async function* lost(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    yield bytes;
    throw new Error('gone');
  }
}
