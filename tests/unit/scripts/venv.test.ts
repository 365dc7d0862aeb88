import { mkdir, readdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FreeBytes } from '../../../scripts/lib/disk.ts';
import { silent } from '../../../scripts/lib/progress.ts';
import type { Run } from '../../../scripts/lib/run.ts';
import { ensureVenv } from '../../../scripts/lib/venv.ts';
import { givenDirectory, givenRun } from './support.ts';

const PLENTY = async () => 50_000_000_000;

type Failing = { pip?: string; venv?: string };

/** A machine whose python3 is 3.12 and whose venv module and pip work, unless told what they fail with. */
async function givenMachine(failing: Failing = {}) {
  const base = await givenDirectory();
  const link = join(base, 'venv');
  const requirements = join(base, 'requirements.txt');
  await writeFile(requirements, 'ministack==1.0\n');
  const machine = givenRun((line) => {
    if (line.includes('version_info')) return { output: '3.12.1\n' };
    if (line.includes('-m venv') && failing.venv) return { code: 1, output: failing.venv };
    if (line.includes('pip install') && failing.pip) return { code: 1, output: failing.pip };
    return undefined;
  });
  const run: Run = async (command, args, options) => {
    if (args[1] === 'venv') await givenMadeVenv(args.at(-1) ?? '');
    return machine.run(command, args, options);
  };
  const installs = () => machine.lines.filter((line) => line.includes('pip install')).length;
  const ensure = (changed: { free?: FreeBytes; link?: string } = {}) =>
    ensureVenv({ link, requirements, env: {}, run, report: silent, free: PLENTY, ...changed });
  return { base, link, requirements, ensure, installs, lines: machine.lines };
}

async function givenMadeVenv(directory: string): Promise<void> {
  await mkdir(join(directory, 'bin'), { recursive: true });
  await writeFile(join(directory, 'bin/python'), '');
}

describe('the virtual environment', () => {
  it('is made once', async () => {
    const { ensure, installs, link, lines } = await givenMachine();
    expect(await ensure()).toEqual({
      python: join(link, 'bin/python'),
      sam: join(link, 'bin/sam'),
    });
    const asked = lines.length;
    await ensure();
    expect(installs()).toBe(1);
    expect(lines).toHaveLength(asked);
  });

  it('is made again when the requirements change', async () => {
    const { ensure, installs, requirements } = await givenMachine();
    await ensure();
    await writeFile(requirements, 'ministack==2.0\n');
    await ensure();
    expect(installs()).toBe(2);
  });

  it('is made again, and elsewhere, when its installation was interrupted', async () => {
    const { base, ensure, installs, link } = await givenMachine();
    await givenMadeVenv(`${link}-1`);
    await symlink('venv-1', link);
    await ensure();
    expect(installs()).toBe(1);
    expect(await realpath(link)).not.toBe(await realpath(`${link}-1`));
    expect((await readdir(base)).filter((name) => name.startsWith('venv'))).toHaveLength(3);
  });

  it('leaves no more than the one before behind', async () => {
    const { base, ensure, requirements, link } = await givenMachine();
    await givenMadeVenv(`${link}-left-by-an-interrupted-one`);
    for (const version of [1, 2, 3]) {
      await writeFile(requirements, `ministack==${version}\n`);
      await ensure();
    }
    expect((await readdir(base)).filter((name) => name.startsWith('venv-'))).toHaveLength(2);
  });

  it('takes the place of a directory that somebody made by hand', async () => {
    const { ensure, installs, link } = await givenMachine();
    await givenMadeVenv(link);
    await ensure();
    await ensure();
    expect(installs()).toBe(1);
    expect(await realpath(link)).toMatch(/venv-[0-9a-f]{8}$/);
  });

  it('is made again when it was moved', async () => {
    const { base, ensure, installs } = await givenMachine();
    await ensure();
    const moved = join(base, 'moved');
    await mkdir(moved);
    for (const name of (await readdir(base)).filter((name) => name.startsWith('venv'))) {
      await rename(join(base, name), join(moved, name));
    }
    await ensure({ link: join(moved, 'venv') });
    expect(installs()).toBe(2);
  });

  it('is made again when the Python it was made from is gone', async () => {
    const { ensure, installs, link } = await givenMachine();
    await ensure();
    await rm(join(link, 'bin/python'));
    await ensure();
    expect(installs()).toBe(2);
  });

  it('is not taken for ready after a failure of pip, whose last lines are shown', async () => {
    const { ensure, installs } = await givenMachine({ pip: `${'noise\n'.repeat(50)}no route to host\n` });
    await expect(ensure()).rejects.toMatchObject({
      message: expect.stringMatching(/^pip could not install .*the first time needs the network/),
      detail: expect.stringMatching(/^(noise\n){14}no route to host$/),
    });
    await expect(ensure()).rejects.toThrow();
    expect(installs()).toBe(2);
  });

  it('says plainly that the disk filled up on the way', async () => {
    const { ensure } = await givenMachine({ pip: 'OSError: [Errno 28] No space left on device' });
    await expect(ensure()).rejects.toThrow(/^The disk is full: /);
  });

  it('is not begun with less than 1 GB free', async () => {
    const { ensure, installs } = await givenMachine();
    await expect(ensure({ free: async () => 412_345_678 })).rejects.toThrow(
      /has 412 MB free and 1000 MB are needed: free some space\.$/,
    );
    expect(installs()).toBe(0);
  });
});
