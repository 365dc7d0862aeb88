import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenBucket, holdfast, put, tryHoldfast } from './support/cloud.ts';

const STRANGE = Buffer.from([0x73, 0xff, 0xfe]);
let home: string;
let source: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  source = await givenBucket('shapes');
  await put(source, 'photos/', '');
  await put(source, 'photos/a', 'right');
  await put(source, 'photos/b/c', 'in a folder');
  await holdfast('protect', `s3://${source}`, '--wait');
});

afterAll(() => rm(home, { recursive: true, force: true }));

function restore(to: string, ...more: string[]) {
  const from = `s3://${source}/photos/`;
  return tryHoldfast('restore', from, '--to', to, '--strip-prefix', 'photos/', ...more);
}

describe('restores of odd shapes', () => {
  it('take the marker of the target itself for nothing to do, in a bucket too', async () => {
    const target = await givenBucket('holdfast-restore');
    expect(await restore(`s3://${target}`, '--dry-run')).toMatchObject({ code: 0 });
    expect(await restore(`s3://${target}`, '--wait')).toMatchObject({ code: 0 });
    expect(await restore(join(home, 'plain'))).toMatchObject({ code: 0 });
  });

  it('bring back what was a file and is a folder, and delete names that are no UTF-8', async () => {
    const folder = join(home, 'flipped');
    await mkdir(join(folder, 'a'), { recursive: true });
    await writeFile(join(folder, 'a/x'), 'x');
    await writeFile(join(folder, 'b'), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), STRANGE]), 'x');
    expect(await restore(folder, '--overwrite', '--exact', '--yes')).toMatchObject({
      code: 0,
      output: { result: { counts: { restored: 2, deleted: 3 } } },
    });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'b', 'b/c']);
  });

  it('mend bytes that changed while size and time stayed', async () => {
    const folder = join(home, 'rotten');
    await restore(folder);
    const { mtime } = await stat(join(folder, 'a'));
    await writeFile(join(folder, 'a'), 'wrong');
    await utimes(join(folder, 'a'), mtime, mtime);
    expect(await restore(folder, '--verify')).toMatchObject({ code: 3 });
    expect(await restore(folder, '--verify', '--overwrite', '--yes')).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('right');
  });
});
