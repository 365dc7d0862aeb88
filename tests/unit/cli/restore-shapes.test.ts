import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenFolder, treeOf } from './local/support/given-vault.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;
let folder: string;

beforeEach(async () => {
  cli = new CliWorld();
  folder = await givenFolder();
});

describe('a restore of one version into a folder', () => {
  it('puts its bytes where another of the same size and second stands', async () => {
    await cli.givenProtected('docs', { 'a.txt': 'one' });
    cli.pipeline.s3.put('docs', 'a.txt', 'two');
    await cli.pipeline.drain();
    const versions = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();
    const [newer, older] = versions as { vaultVersionId: string }[];
    await cli.run('restore', 's3://docs/a.txt', '--to', folder, '--at', newer?.vaultVersionId ?? '');
    const path = join(folder, 'a.txt');
    // As a version of the same second would have left it.
    const { mtime } = await stat(path);
    const argv = ['restore', 's3://docs/a.txt', '--to', folder, '--at', older?.vaultVersionId ?? ''];
    await cli.run(...argv, '--overwrite', '--yes');
    await writeFile(path, 'two');
    await utimes(path, mtime, mtime);

    const planned = await cli.run(...argv, '--overwrite', '--dry-run');
    expect(planned.stdout).toContain('1 object is replaced');
    expect((await cli.run(...argv)).code).toBe(3);
    expect((await cli.run(...argv, '--overwrite', '--yes')).code).toBe(0);
    expect(await readFile(path, 'utf8')).toBe('one');
  });
});

describe('the marker of a folder whose name is taken off', () => {
  it.each([
    ['a folder', (path: string) => path],
    ['a tar', (path: string) => join(path, 'x.tar')],
    ['a bucket', () => 's3://holdfast-restore-photos'],
  ])('is nothing to restore into %s', async (_, to) => {
    await cli.givenProtected('docs', { 'photos/': '', 'photos/a': 'x' });
    const argv = ['restore', 's3://docs/photos/', '--to', to(folder), '--strip-prefix', 'photos/'];
    const wait = to(folder).startsWith('s3://') ? ['--wait'] : [];
    expect((await cli.run(...argv, '--dry-run')).code).toBe(0);
    const { code, stdout } = await cli.run(...argv, ...wait);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 restored') });
    expect(stdout).toMatch(/target-itself: photos\/|1 note in the report/);
  });
});

describe('an exact restore into a folder', () => {
  beforeEach(() => cli.givenProtected('docs', { a: 'file', 'b/c': 'in a folder' }));

  it('puts a file where a folder was, and a folder where a file was', async () => {
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/x'), 'x');
    await writeFile(join(folder, 'b'), 'x');
    const without = await cli.run('restore', 's3://docs', '--to', folder, '--overwrite', '--yes');
    expect(without).toMatchObject({ code: 3, stdout: expect.stringContaining('with --exact') });
    const { code, stdout } = await cli.run(
      'restore',
      's3://docs',
      '--to',
      folder,
      '--overwrite',
      '--exact',
      '--yes',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('2 deleted') });
    expect(await treeOf(folder)).toEqual({ a: 'file', 'b/': null, 'b/c': 'in a folder' });
  });

  it('says that nothing is deleted while something conflicts', async () => {
    await writeFile(join(folder, 'a'), 'mine');
    await writeFile(join(folder, 'extra'), 'x');
    const { stdout } = await cli.run('restore', 's3://docs', '--to', folder, '--exact', '--dry-run');
    expect(stdout).toContain('nothing is deleted while that is so: 1 object beyond the restore is kept');
    expect((await cli.run('restore', 's3://docs', '--to', folder, '--exact', '--yes')).code).toBe(3);
    expect(Object.keys(await treeOf(folder))).toContain('extra');
  });
});
