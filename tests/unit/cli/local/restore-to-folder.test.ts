import { execFile } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { Overwrite } from '@holdfast/core/model/restore-request.ts';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { keyOf } from '../../../../cli/local/file-name.ts';
import { NAMES_FILE } from '../../../../cli/local/names-list.ts';
import { type Disk, restoreToFolder } from '../../../../cli/local/restore-to-folder.ts';
import { openNew } from '../../../../cli/local/write-file.ts';
import { AWKWARD_KEYS } from '../../../support/awkward-keys.ts';
import { givenFolder, treeOf, VAULT, VaultWorld } from './support/given-vault.ts';

const run = promisify(execFile);
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && (await mounts());
let vault: VaultWorld;
let folder: string;

beforeEach(async () => {
  vault = new VaultWorld({ 'a.txt': 'one', 'b/c.txt': 'two', 'b/d/': '' });
  folder = await givenFolder();
});

function restore(overwrite: Overwrite = 'never', disk: Disk = {}, transfers = 8) {
  return restoreToFolder({ select: vault.select, folder, overwrite, transfers }, vault.world, disk);
}

function fullDisk(bytes: number): Disk {
  let left = bytes;
  return {
    openFile: async (path) => {
      const file = await openNew(path);
      return {
        write: (async (data: Uint8Array, offset: number) => {
          left -= data.length - offset;
          if (left >= 0) return file.write(data, offset);
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        }) as typeof file.write,
        sync: () => file.sync(),
        utimes: (...times) => file.utimes(...times),
        close: () => file.close(),
      };
    },
  };
}

describe('a restore to a folder', () => {
  it('never puts in place what another restore into the folder is still writing', async () => {
    vault = new VaultWorld({ 'a.txt': 'one' });
    const began = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let other: Promise<unknown> | undefined;
    const slow: Disk = {
      openFile: async (path) => {
        const file = await openNew(path);
        began.resolve();
        await goOn.promise;
        return file;
      },
    };
    const meanwhile: Disk = {
      openFile: async (path) => {
        const file = await openNew(path);
        other = restore('never', slow);
        await began.promise;
        return file;
      },
    };

    await restore('never', meanwhile);
    expect(Object.values(await treeOf(folder)).filter((text) => text !== '')).toEqual([]);
    goOn.resolve();

    expect(await other).toMatchObject({ counts: { restored: 1, failed: 0 } });
    expect(await treeOf(folder)).toEqual({ 'a.txt': 'one' });
  });

  it('asks for no copy that it has no file for, since nobody would end that download', async () => {
    const asked: string[] = [];
    const { open } = vault.store;
    vault.store.open = (ref, options) => {
      asked.push(ref.key);
      return open.call(vault.store, ref, options);
    };

    const { counts, problems } = await restore('never', {
      openFile: async (path) => {
        if (path.includes('/b/')) throw Object.assign(new Error('denied'), { code: 'EACCES' });
        return openNew(path);
      },
    });

    expect(counts).toMatchObject({ restored: 2, failed: 1 });
    expect(problems).toEqual([{ key: 'b/c.txt', reason: 'permission', detail: 'permission denied' }]);
    expect(asked).toEqual(['s3/photos/a.txt']);
  });

  it('writes each object with its time, and does nothing the second time', async () => {
    const first = await restore();

    expect(first).toMatchObject({
      counts: {
        planned: 3,
        plannedBytes: 6,
        restored: 3,
        restoredBytes: 6,
        right: 0,
        failed: 0,
        unverified: 0,
      },
      problems: [],
      ended: 'done',
    });
    expect(await treeOf(folder)).toEqual({
      'a.txt': 'one',
      'b/': null,
      'b/c.txt': 'two',
      'b/d/': null,
    });
    expect((await stat(join(folder, 'a.txt'))).mtimeMs).toBe(vault.now);
    vault.store.head = () => Promise.reject(new Error('asked again'));
    vault.store.open = () => Promise.reject(new Error('read again'));
    expect((await restore()).counts).toMatchObject({ restored: 0, right: 3 });
  });

  it('makes the folder', async () => {
    folder = join(folder, 'new/deep');
    expect((await restore()).counts.restored).toBe(3);
    expect(await readFile(join(folder, 'b/c.txt'), 'utf8')).toBe('two');
  });

  it('brings back every key that S3 allows', async () => {
    vault = new VaultWorld(
      Object.fromEntries(AWKWARD_KEYS.map((key) => [key, key.endsWith('/') ? '' : `of ${key}`])),
    );

    const { counts, problems, mapped } = await restore();

    expect({ counts, problems }).toMatchObject({ counts: { restored: AWKWARD_KEYS.length }, problems: [] });
    const names = new Map(mapped.map(({ key, path }) => [path, key]));
    const listed = (await readFile(join(folder, NAMES_FILE), 'utf8')).trimEnd().split('\n');
    expect(new Map(listed.map((line) => [JSON.parse(line).path, JSON.parse(line).key]))).toEqual(names);
    const found = Object.entries(await treeOf(folder)).filter(([path]) => path !== NAMES_FILE);
    const keys = found.map(([path]) => names.get(path) ?? keyOf(path));
    expect(keys).toEqual(expect.arrayContaining([...AWKWARD_KEYS]));
    for (const [path, text] of found)
      if (text !== null) expect(text).toBe(`of ${names.get(path) ?? keyOf(path)}`);
  });

  it('keeps in the list what earlier restores listed, as long as it is there', async () => {
    const only = (key: string) =>
      async function* () {
        for await (const object of vault.select()) if (object.key === key) yield object;
      };
    vault = new VaultWorld({ 'a:1': 'x', 'b:2': 'x', 'c:3': 'x' });
    for (const key of ['a:1', 'b:2'])
      await restoreToFolder({ select: only(key), folder, overwrite: 'never' }, vault.world);
    await rm(join(folder, 'a%3A1'));
    for (const key of ['c:3', 'c:3'])
      await restoreToFolder({ select: only(key), folder, overwrite: 'never' }, vault.world);
    const lines = (await readFile(join(folder, NAMES_FILE), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).key).sort()).toEqual(['b:2', 'c:3']);
  });

  it('keeps names apart on a disk that does not tell case', async () => {
    vault = new VaultWorld({ 'R.md': 'upper', 'r.md': 'lower' });
    const { mapped } = await restore('never', { insensitive: true });
    expect(mapped).toHaveLength(2);
    expect(Object.values(await treeOf(folder))).toEqual(expect.arrayContaining(['upper', 'lower']));
  });

  it('takes the time that rclone keeps, and knows it again', async () => {
    vault.put('rclone', 'x', { metadata: { mtime: '1700000000.123456789' } });
    vault.put('liar', 'x', { metadata: { mtime: '99999999999' } });
    await restore();
    expect((await stat(join(folder, 'rclone'))).mtime.toISOString()).toBe('2023-11-14T22:13:20.123Z');
    expect((await stat(join(folder, 'liar'))).mtimeMs).toBe(vault.now);
    expect((await restore()).counts).toMatchObject({ restored: 0, right: 5 });
    expect(vault.s3.requests.count('open')).toBe(4);
  });

  it('compares bytes when only the time differs, and sets the time', async () => {
    await restore();
    await utimes(join(folder, 'a.txt'), 1, 1);
    await writeFile(join(folder, 'b/c.txt'), 'TWO');

    const { counts, problems } = await restore();

    expect(counts).toMatchObject({ restored: 0, right: 2, conflicts: 1 });
    expect(problems).toEqual([
      {
        key: 'b/c.txt',
        reason: 'conflict',
        detail: '"b/c.txt" differs and was left alone; say --overwrite to replace it',
      },
    ]);
    expect((await stat(join(folder, 'a.txt'))).mtimeMs).toBe(vault.now);
    expect(await readFile(join(folder, 'b/c.txt'), 'utf8')).toBe('TWO');
  });

  it.each([
    ['never', 'young', 'old'],
    ['older', 'young', 'one'],
    ['always', 'one', 'one'],
  ] as const)('overwrites %s', async (overwrite, ofYoung, ofOld) => {
    vault.put('z.txt', 'one');
    await writeFile(join(folder, 'a.txt'), 'young');
    await utimes(join(folder, 'a.txt'), vault.now / 1000 + 9, vault.now / 1000 + 9);
    await writeFile(join(folder, 'z.txt'), 'old');
    await utimes(join(folder, 'z.txt'), 1, 1);

    await restore(overwrite);

    expect(await treeOf(folder)).toMatchObject({ 'a.txt': ofYoung, 'z.txt': ofOld });
  });

  it('follows no link, neither on the way nor at the end', async () => {
    const outside = await givenFolder();
    await symlink(outside, join(folder, 'b'));
    await writeFile(join(outside, 'victim'), 'untouched');
    await symlink(join(outside, 'victim'), join(folder, 'a.txt'));

    const { counts, problems } = await restore('always');

    expect(counts).toMatchObject({ restored: 0, failed: 3 });
    expect(problems.map(({ reason }) => reason)).toEqual(['symlink', 'symlink', 'symlink']);
    expect(await treeOf(outside)).toEqual({ victim: 'untouched' });
  });

  it('leaves folders and files alone that stand in the way', async () => {
    await mkdir(join(folder, 'a.txt'));
    await writeFile(join(folder, 'b'), 'a file');
    const { problems } = await restore('always');
    expect(problems.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual([
      'a.txt not-a-file',
      'b/c.txt not-a-folder',
      'b/d/ not-a-folder',
    ]);
  });

  it('writes nothing that is not what the checksum says', async () => {
    const open = vault.store.open.bind(vault.store);
    vault.store.open = async (...args) => {
      const opened = await open(...args);
      return { ...opened, body: rotten(opened.body) };
    };
    const { counts, problems } = await restore();
    expect(counts).toMatchObject({ restored: 1, failed: 2 });
    expect(problems[0]).toMatchObject({ key: 'a.txt', reason: 'wrong-bytes' });
    expect(await treeOf(folder)).toEqual({ 'b/': null, 'b/d/': null });
  });

  it('goes on where a connection was lost', async () => {
    vault.put('big', 'x'.repeat(200_000));
    const open = vault.store.open.bind(vault.store);
    let losses = 0;
    vault.store.open = async (ref, options) => {
      const opened = await open(ref, options);
      return options?.range === undefined
        ? { ...opened, body: cutShort(opened.body, () => losses++) }
        : opened;
    };
    const { counts } = await restore();
    expect(counts).toMatchObject({ restored: 4, failed: 0, unverified: 0 });
    expect(losses).toBeGreaterThan(0);
    expect(await readFile(join(folder, 'big'), 'utf8')).toBe('x'.repeat(200_000));
  });

  it('lists what cannot be read, and restores the rest', async () => {
    vault.put('cold', 'x', { storageClass: 'DEEP_ARCHIVE' });
    vault.put('denied', 'x');
    vault.s3.deny(VAULT, 's3/photos/denied');
    const { counts, problems } = await restore();
    expect(counts).toMatchObject({ restored: 3, failed: 2 });
    // Eight at a time: which is found first, the disk decides.
    expect(problems.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual([
      'cold archived',
      'denied access-denied',
    ]);
    expect(Object.keys(await treeOf(folder))).not.toContain('cold');
  });

  it('refuses two objects for one path', async () => {
    const job = { select: vault.select, folder, overwrite: 'always', keyFor: () => 'same' } as const;
    const { counts, problems } = await restoreToFolder(job, vault.world);
    expect(counts).toMatchObject({ restored: 0, failed: 3 });
    expect(problems[0]?.reason).toBe('same-target');
    expect(await treeOf(folder)).toEqual({});
  });

  it('ends cleanly when it is interrupted, and goes on later', async () => {
    for (let i = 0; i < 50; i++) vault.put(`many/${i}`, `content ${i}`);
    vault.s3.requests.after = (op) => {
      if (op === 'open' && vault.s3.requests.count('open') === 20) vault.interrupt.abort();
    };

    const first = await restore();
    expect(first.ended).toBe('interrupted');
    expect(first.counts.restored).toBeLessThan(30);
    expect(vault.s3.requests.count('open')).toBeLessThan(30);
    expect(first.problems).toEqual([]);
    expect(Object.keys(await treeOf(folder)).filter((path) => path.includes('%~'))).toEqual([]);

    vault.s3.requests.after = undefined;
    const again = { ...vault.world, signal: new AbortController().signal };
    const second = await restoreToFolder({ select: vault.select, folder, overwrite: 'never' }, again);
    expect(second).toMatchObject({ ended: 'done', counts: { failed: 0, conflicts: 0 } });
    expect(first.counts.restored + second.counts.restored).toBe(53);
    for (let i = 0; i < 50; i++)
      expect(await readFile(join(folder, `many/${i}`), 'utf8')).toBe(`content ${i}`);
  });

  it('takes away what a killed run left half-written', async () => {
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b/%~part-dead'), 'half');
    await restore();
    expect(Object.keys(await treeOf(folder))).not.toContain('b/%~part-dead');
  });

  it('stops when the disk is full, with nothing half-written', async () => {
    vault.put('big', 'x'.repeat(500_000));
    const { ended, counts } = await restore('never', fullDisk(100_000), 1);
    expect(ended).toBe('disk-full');
    expect(counts.failed).toBe(0);
    expect(await treeOf(folder)).toEqual({ 'a.txt': 'one', 'b/': null, 'b/c.txt': 'two', 'b/d/': null });
  });

  it.each([
    ['bytes', { freeBytes: 8191, freeFiles: 9 }, 'has 8 KiB left, and 8 KiB are to be written'],
    ['files', { freeBytes: 1e9, freeFiles: 2 }, 'takes 2 more files, and 3 are to be written'],
  ])('refuses before it begins when the disk has too few %s left', async (_, space, words) => {
    folder = join(folder, 'new');
    const disk = { space: async () => ({ blockBytes: 4096, ...space }) };
    await expect(restore('never', disk)).rejects.toThrow(words);
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  it('needs room only for what is not there yet', async () => {
    await restore();
    const disk = { space: async () => ({ blockBytes: 4096, freeBytes: 0, freeFiles: 1 }) };
    expect((await restore('never', disk)).counts.right).toBe(3);
  });

  it.runIf(canMount)('refuses, or stops cleanly on, a real disk that is too small', async () => {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    onTestFinished(async () => void (await run('umount', ['-l', folder])));
    vault.put('big', 'x'.repeat(500_000));

    await expect(restore()).rejects.toThrow('has 256 KiB left');
    expect(await treeOf(folder)).toEqual({});

    const trusting = { space: async () => ({ blockBytes: 4096, freeBytes: 1e9, freeFiles: 1e6 }) };
    expect((await restore('never', trusting, 1)).ended).toBe('disk-full');
    expect(await treeOf(folder)).toEqual({ 'a.txt': 'one', 'b/': null, 'b/c.txt': 'two', 'b/d/': null });
  });

  it('reads back what it wrote and what was right, when asked to', async () => {
    const job = { select: vault.select, folder, overwrite: 'never', verify: true } as const;
    expect((await restoreToFolder(job, vault.world)).counts).toMatchObject({
      restored: 3,
      verified: 2,
      failed: 0,
    });
    await writeFile(join(folder, 'a.txt'), 'rot');
    await utimes(join(folder, 'a.txt'), vault.now / 1000, vault.now / 1000);

    const { counts, problems } = await restoreToFolder(job, vault.world);

    expect(counts).toMatchObject({ restored: 0, right: 2, verified: 1, conflicts: 1, failed: 0 });
    expect(problems[0]).toMatchObject({ key: 'a.txt', reason: 'conflict' });
    expect(problems[0]?.detail).toContain('has other bytes than its copy');
    const mended = await restoreToFolder({ ...job, overwrite: 'always' }, vault.world);
    expect(mended.counts).toMatchObject({ restored: 1, right: 2, verified: 2, conflicts: 0 });
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('one');
  });

  it('refuses a target that is a file', async () => {
    folder = join(folder, 'file');
    await writeFile(folder, 'x');
    await expect(restore()).rejects.toThrow(/file" is not a folder: name another/);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder that cannot be written', async () => {
    await chmod(folder, 0o500);
    await expect(restore()).rejects.toThrow(/cannot write into ".*": permission denied/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('refuses a place where no folder can be made', async () => {
    folder = '/proc/holdfast';
    await expect(restore()).rejects.toThrow(/cannot write into "\/proc\/holdfast"/);
  });

  it('throws what no object is to blame for, when nothing of it runs any more', async () => {
    vault.store.open = () => Promise.reject(new StoreError('no-such-bucket', 'there is no bucket vault'));
    await expect(restore()).rejects.toThrow('there is no bucket vault');
    expect(Object.keys(await treeOf(folder))).not.toContain('a.txt');
  });

  it('says how far it is, how fast, and how long it takes', async () => {
    vault.s3.requests.before = () => {
      vault.now += 500;
    };
    vault.put('big', 'x'.repeat(1_000_000));
    await restore('never', {}, 1);
    expect(vault.said.at(-1)).toMatch(
      /^\[=+ *\] \d+%, [\d.]+ [KM]?i?B of 977 KiB, \d+ of 4 objects(, [\d.]+ [KM]?i?B\/s, .* left)?$/,
    );
  });
});

async function* rotten(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) yield bytes.map((byte) => byte ^ 1);
}

async function* cutShort(body: AsyncIterable<Uint8Array>, lost: () => void): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    yield bytes.subarray(0, Math.ceil(bytes.length / 2));
    lost();
    throw new StoreError('unavailable', 'the connection was cut');
  }
}

/** Whether this process may mount: in most containers it may not. */
async function mounts(): Promise<boolean> {
  const point = await mkdtemp(join(tmpdir(), 'holdfast-mount-'));
  try {
    await run('mount', ['-t', 'tmpfs', 'tmpfs', point]);
    await run('umount', ['-l', point]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(point, { recursive: true });
  }
}
