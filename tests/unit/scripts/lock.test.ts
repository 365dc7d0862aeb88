import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../scripts/lib/lock.ts';
import { processIdentity } from '../../../scripts/lib/process-identity.ts';
import { silent } from '../../../scripts/lib/progress.ts';
import { givenDirectory } from './support.ts';

const options = { report: silent, patienceMs: 5_000 };

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const file = join(await givenDirectory(), 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(file, options, work)));
    expect(most).toBe(1);
  });

  it('is given back after a failure too, and leaves nothing behind', async () => {
    const directory = await givenDirectory();
    const failing = withLock(join(directory, 'lock'), options, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['whose process is gone', '999999999 boot 1'],
    ['whose pid is another process now', `${process.pid} boot 1`],
    ['with nothing in it', ''],
  ])('of a holder %s is taken over, by one of several', async (_, holder) => {
    const file = join(await givenDirectory(), 'lock');
    await writeFile(file, holder);
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(10);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, options, work)));
    expect(existsSync(file)).toBe(false);
  });

  it('of a living holder is waited for, said once, and not for ever', async () => {
    const file = join(await givenDirectory(), 'lock');
    await writeFile(file, `${process.pid} ${processIdentity(process.pid)}`);
    const said: string[] = [];
    const waiting = withLock(
      file,
      { report: (text) => said.push(text), patienceMs: 300 },
      async () => undefined,
    );
    await expect(waiting).rejects.toThrow(`Another cloud command (pid ${process.pid}) does not end.`);
    expect(said).toEqual([`waiting for another cloud command (pid ${process.pid})\n`]);
  });
});
