import { lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deleteBeyond } from '../../../../cli/local/delete-beyond.ts';
import { type PlannedJob, planFolder } from '../../../../cli/local/folder-plan.ts';
import type { LocalResult } from '../../../../cli/local/local-job.ts';
import { metadataTime } from '../../../../cli/local/modified-at.ts';
import { pathOnDisk, pathText } from '../../../../cli/local/path-text.ts';
import { restoreToFolder } from '../../../../cli/local/restore-to-folder.ts';
import { givenFolder, VaultWorld } from './support/given-vault.ts';

type Options = Partial<Pick<PlannedJob, 'overwrite' | 'verify' | 'versionId' | 'keyFor'>>;

function jobOf(vault: VaultWorld, folder: string, options: Options = {}): PlannedJob {
  return { at: vault.now, select: vault.select, folder, overwrite: 'never', ...options };
}

/** As the command does it: what was planned, then what became of it. */
async function exactly(vault: VaultWorld, folder: string, options: Options = {}) {
  const job = { ...jobOf(vault, folder, options), exact: () => true };
  const planned = await planFolder(job, vault.world);
  const mayGo = (path: string) => planned.shown.has(path);
  const result = await restoreToFolder({ ...job, mayGo, held: planned.plan.held }, vault.world);
  const { conflicts, failed } = result.counts;
  const done =
    conflicts + failed === 0
      ? await deleteBeyond({ ...job, exact: job.exact }, mayGo, result, vault.world)
      : result;
  return { plan: planned.plan, ...done };
}

/** Every file by its path's bytes, and every empty folder. */
async function filesOf(folder: string, below = ''): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(pathOnDisk(join(folder, below)), { withFileTypes: true, encoding: 'buffer' });
  if (entries.length === 0 && below !== '') files.set(`${below}/`, '');
  for (const entry of entries) {
    const path = below === '' ? pathText(entry.name) : `${below}/${pathText(entry.name)}`;
    if (entry.isDirectory()) for (const [key, text] of await filesOf(folder, path)) files.set(key, text);
    else
      files.set(
        path,
        entry.isSymbolicLink() ? '-> link' : await readFile(pathOnDisk(join(folder, path)), 'utf8'),
      );
  }
  return files;
}

function expectSame(plan: Awaited<ReturnType<typeof planFolder>>['plan'], { counts }: LocalResult): void {
  expect({
    restored: plan.fresh.objects + plan.overwritten.objects,
    right: plan.right.objects,
    conflicts: plan.conflicts.objects,
    failed: plan.failed.objects,
  }).toEqual({
    restored: counts.restored,
    right: counts.right,
    conflicts: counts.conflicts,
    failed: counts.failed,
  });
}

// What is at an object's path: nothing, or the bytes of some version, with some time.
const standing = fc.record({
  key: fc.constantFrom('a', 'b/c', 'b/d', 'e'),
  copy: fc.constantFrom('one', 'two', 'three', ''),
  metadata: fc.constantFrom<Record<string, string>>({}, { mtime: '1500000000.25' }, { mtime: '-86400.5' }),
  there: fc.option(fc.constantFrom('one', 'two', 'three', '', 'twO')),
  time: fc.constantFrom('copied', 'metadata', 'older', 'younger'),
});
type Standing = typeof standing extends fc.Arbitrary<infer T> ? T : never;

async function givenStanding(objects: readonly Standing[], vault: VaultWorld, folder: string): Promise<void> {
  for (const { key, copy, metadata, there, time } of objects) {
    vault.put(key, copy, { metadata });
    if (there === null) continue;
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), there);
    const known = metadataTime(metadata) ?? vault.now;
    const at = { copied: vault.now, metadata: known, older: known - 60_000, younger: vault.now + 60_000 }[
      time
    ];
    await utimes(join(folder, key), new Date(at), new Date(at));
  }
}

describe('a plan into a folder says what the run does', () => {
  it('whatever stands there and whatever is asked, and bytes are right when they were asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(standing, { selector: ({ key }) => key, minLength: 1 }),
        fc.constantFrom('never', 'older', 'always'),
        fc.boolean(),
        fc.option(fc.constant('v1'), { nil: undefined }),
        async (objects, overwrite, verify, versionId) => {
          const [vault, folder] = [new VaultWorld(), await givenFolder()];
          await givenStanding(objects, vault, folder);
          const job = jobOf(vault, folder, { overwrite, verify, versionId });

          const { plan } = await planFolder(job, vault.world);
          const result = await restoreToFolder(job, vault.world);

          expectSame(plan, result);
          const files = await filesOf(folder);
          const wrong = objects.filter(({ key, copy }) => files.get(key) !== copy).length;
          if (overwrite === 'always') expect(wrong).toBe(0);
          else if (overwrite === 'older' || verify || versionId) expect(result.counts.conflicts).toBe(wrong);
          if (verify) expect(result.counts.failed).toBe(0);
        },
      ),
      { seed: 11, numRuns: 150 },
    );
  });
});

const segment = fc.constantFrom('a', 'b', 'c');
const treeKeys = fc
  .array(
    fc.tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([names, marker]) => {
      return `${names.join('/')}${marker ? '/' : ''}`;
    }),
    { minLength: 1, maxLength: 8 },
  )
  // On a disk a name is a file or a folder: a tree of one moment has it as one of them.
  .map((keys) => keys.filter((key) => !keys.some((other) => other !== key && isAbove(key, other))));

function isAbove(key: string, other: string): boolean {
  return other.startsWith(key.endsWith('/') ? key : `${key}/`) || other === `${key}/`;
}

const STRANGE = Buffer.from([0x73, 0xff, 0xfe]);

describe('an exact restore into a folder', () => {
  it('equals the source where names flip between file and folder, beside links and names that are no UTF-8', async () => {
    await fc.assert(
      fc.asyncProperty(
        treeKeys,
        treeKeys,
        fc.constantFrom('none', 'file', 'folder', 'link', 'links to folders'),
        async (before, after, beside) => {
          const [first, second] = [new VaultWorld(), new VaultWorld()];
          const [folder, outside] = [await givenFolder(), await givenFolder()];
          await writeFile(join(outside, 'precious'), 'precious');
          for (const key of before) first.put(key, key.endsWith('/') ? '' : `of ${key}`);
          for (const key of after) second.put(key, key.endsWith('/') ? '' : `at ${key}`);
          await restoreToFolder(jobOf(first, folder), first.world);
          await givenBeside(beside, folder, outside, after);

          const { plan, counts, problems, ended } = await exactly(second, folder, { overwrite: 'always' });

          expect({ problems, failed: counts.failed, ended }).toEqual({
            problems: [],
            failed: 0,
            ended: 'done',
          });
          expect(counts.deleted).toBe(plan.extras.objects);
          expect(plan.fresh.objects + plan.overwritten.objects).toBe(counts.restored);
          const oracle = after.map((key): [string, string] => [key, key.endsWith('/') ? '' : `at ${key}`]);
          expect([...(await filesOf(folder))].sort()).toEqual([...new Map(oracle)].sort());
          expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious');
          const again = await exactly(second, folder, { overwrite: 'always' });
          expect(again.counts).toMatchObject({ restored: 0, deleted: 0, right: new Set(after).size });
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });

  async function givenBeside(kind: string, folder: string, outside: string, after: readonly string[]) {
    const strange = Buffer.concat([Buffer.from(`${folder}/`), STRANGE]);
    if (kind === 'file') await writeFile(strange, 'x');
    if (kind === 'folder') {
      await mkdir(strange);
      await writeFile(Buffer.concat([strange, Buffer.from('/in')]), 'x');
    }
    if (kind === 'link') await symlink(outside, Buffer.concat([strange, Buffer.from('-link')]));
    if (kind !== 'links to folders') return;
    for (const key of after) {
      const path = join(folder, key.split('/')[0] ?? '');
      if ((await lstat(path).catch(() => undefined)) === undefined) await symlink(outside, path);
    }
  }

  it('says in plan and run why it cannot be, without leave to delete', async () => {
    await fc.assert(
      fc.asyncProperty(treeKeys, treeKeys, async (before, after) => {
        const [first, second] = [new VaultWorld(), new VaultWorld()];
        const folder = await givenFolder();
        for (const key of before) first.put(key, key.endsWith('/') ? '' : `of ${key}`);
        for (const key of after) second.put(key, key.endsWith('/') ? '' : `at ${key}`);
        await restoreToFolder(jobOf(first, folder), first.world);
        const there = await filesOf(folder);
        const job = jobOf(second, folder, { overwrite: 'always' });

        const { plan } = await planFolder(job, second.world);
        const result = await restoreToFolder(job, second.world);

        expectSame(plan, result);
        for (const { detail } of result.problems) expect(detail).toContain('--exact');
        for (const key of there.keys())
          if (!key.endsWith('/')) expect(await lstat(join(folder, key))).toBeDefined();
      }),
      { seed: 13, numRuns: 100 },
    );
  });

  it('deletes nothing of a folder in the way that holds what it does not delete', async () => {
    const [vault, folder] = [new VaultWorld({ a: 'new' }), await givenFolder()];
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/extra'), 'x');
    const job = { ...jobOf(vault, folder, { overwrite: 'always' }), exact: (key: string) => key === 'a' };
    const { plan, shown } = await planFolder(job, vault.world);
    const result = await restoreToFolder(
      { ...job, mayGo: (path) => shown.has(path), held: plan.held },
      vault.world,
    );
    expect([plan.failed.objects, result.counts.failed, result.counts.deleted]).toEqual([1, 1, 0]);
    expect(result.problems[0]?.detail).toContain('"a/extra" in it is not among what this restore deletes');
    expect(await readFile(join(folder, 'a/extra'), 'utf8')).toBe('x');
  });

  it('counts what it deleted when it is interrupted, or when a file vanishes meanwhile', async () => {
    for (const vanishing of [true, false]) {
      const [vault, folder] = [new VaultWorld({ a: 'x' }), await givenFolder()];
      for (const name of ['p', 'q', 'r']) await writeFile(join(folder, name), 'x');
      const job = { ...jobOf(vault, folder), exact: () => true };
      const { shown } = await planFolder(job, vault.world);
      const result = await restoreToFolder(job, vault.world);
      if (vanishing) await rm(join(folder, 'q'));
      else vault.interrupt.abort();
      const done = await deleteBeyond(job, (path) => shown.has(path), result, vault.world);
      expect(done).toMatchObject({
        ended: vanishing ? 'done' : 'interrupted',
        counts: { deleted: vanishing ? 2 : 0, failed: 0 },
      });
    }
  });

  it('deletes nothing when there is more than was shown', async () => {
    const [vault, folder] = [new VaultWorld({ a: 'x' }), await givenFolder()];
    await writeFile(join(folder, 'p'), 'x');
    const job = { ...jobOf(vault, folder), exact: () => true };
    const { shown } = await planFolder(job, vault.world);
    const result = await restoreToFolder(job, vault.world);
    await writeFile(join(folder, 'late'), 'x');
    const done = await deleteBeyond(job, (path) => shown.has(path), result, vault.world);
    expect(done.counts).toMatchObject({ deleted: 0, failed: 1 });
    expect(done.problems).toMatchObject([{ reason: 'held-deletions' }]);
    expect([...(await filesOf(folder)).keys()].sort()).toEqual(['a', 'late', 'p']);
  });
});

describe('keys of which nothing is left', () => {
  it.each(['photos/', 'photos//'])('the marker %j is nothing to restore, or a folder', async (key) => {
    const [vault, folder] = [new VaultWorld({ [key]: '', 'photos/a': 'x' }), await givenFolder()];
    const job = jobOf(vault, folder, { keyFor: (one) => one.slice('photos/'.length) });
    const { plan } = await planFolder(job, vault.world);
    const result = await restoreToFolder(job, vault.world);
    expectSame(plan, result);
    expect(result.counts).toMatchObject({ failed: 0, conflicts: 0 });
    if (key === 'photos/')
      expect(result.problems).toMatchObject([{ key, reason: 'target-itself', note: true }]);
  });

  it('is a file for content, also for none that is no marker', async () => {
    const [vault, folder] = [new VaultWorld({ 'x/empty': '' }), await givenFolder()];
    const { counts } = await restoreToFolder(jobOf(vault, folder, { keyFor: () => '' }), vault.world);
    expect(counts).toMatchObject({ restored: 1, failed: 0 });
    expect([...(await filesOf(folder)).keys()].sort()).toEqual(['%~folder', '%~names.jsonl']);
  });
});

describe('the time of a file in metadata', () => {
  it.each<[string, string, number | undefined]>([
    ['mtime', '1700000000.123456789', 1_700_000_000_123],
    ['mtime', '1500000000', 1_500_000_000_000],
    ['mtime', '-1.5', -1_500],
    ['mtime', '-0.0001', -1],
    ['mtime', '0', 0],
    ['mtime', 'NaN', undefined],
    ['mtime', '1e9', undefined],
    ['mtime', '2017-09-24 19:53:52', undefined],
    ['s3cmd-attrs', 'uid:0/gname:root/mode:33184/mtime:1513269652/atime:1/md5:x/ctime:2', 1_513_269_652_000],
    ['s3cmd-attrs', 'uid:0/atime:1', undefined],
    ['file-mtime', '1595002920123000000ns', 1_595_002_920_123],
    ['file-mtime', '1595002920', 1_595_002_920_000],
    ['goog-reserved-file-mtime', '1500000000', 1_500_000_000_000],
    ['__proto__', '1500000000', undefined],
  ])('%s: %s', (name, text, at) => {
    expect(metadataTime({ [name]: text })).toBe(at);
  });

  it('of every moment comes back as it was, before 1970 too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: (1 - 2 ** 31) * 1000, max: Date.parse('2026-03-01') }),
        async (at) => {
          const [vault, folder] = [new VaultWorld(), await givenFolder()];
          const sign = at < 0 ? '-' : '';
          const ms = String(Math.abs(at) % 1000).padStart(3, '0');
          vault.put('a', 'x', { metadata: { mtime: `${sign}${Math.floor(Math.abs(at) / 1000)}.${ms}` } });
          await restoreToFolder(jobOf(vault, folder), vault.world);
          expect(Math.round((await lstat(join(folder, 'a'))).mtimeMs)).toBe(at);
          expect((await restoreToFolder(jobOf(vault, folder), vault.world)).counts.right).toBe(1);
        },
      ),
      { seed: 14, numRuns: 40 },
    );
  });

  it('that no disk can hold, or that is still to come, is not taken', async () => {
    const [vault, folder] = [new VaultWorld(), await givenFolder()];
    for (const [key, mtime] of [
      ['a', '-99999999999'],
      ['b', '99999999999'],
    ] as const)
      vault.put(key, 'x', { metadata: { mtime } });
    await restoreToFolder(jobOf(vault, folder), vault.world);
    for (const key of ['a', 'b']) expect((await lstat(join(folder, key))).mtimeMs).toBe(vault.now);
  });
});

it('names come back byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(Buffer.from(pathOnDisk(pathText(Buffer.from(bytes))))).toEqual(Buffer.from(bytes));
    }),
    { seed: 15 },
  );
});
