import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../../cli/local/file-name.ts';
import { AWKWARD_KEYS as KEYS } from '../support/awkward-keys.ts';
import { bytesOf, givenBucket, holdfast, put, tryHoldfast, vault } from './support/cloud.ts';

const run = promisify(execFile);
const CLI = resolve(import.meta.dirname, '../../cli/bin/holdfast.mjs');
const LARGE = Buffer.alloc(12 * 1024 * 1024, 'holdfast!');
const MANY = 400;
const NAMES = '%~names.jsonl';
const UNZIP = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

type Answer = { readonly result: { readonly counts: Record<string, number>; readonly ended: string } };

let source: string;
let many: string;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  source = await givenBucket('local');
  for (const key of KEYS) await put(source, key, key.endsWith('/') ? '' : `of ${key}`);
  await put(source, 'same', 'a file');
  await put(source, 'same/as', 'in a folder');
  await put(source, 'large.bin', LARGE);
  await holdfast('protect', `s3://${source}`, '--wait');
  many = await givenBucket('many');
  await Promise.all(
    Array.from({ length: MANY }, (_, i) => put(many, `d${i % 7}/${i}`, `${i} `.repeat(20_000))),
  );
  await holdfast('protect', `s3://${many}`, '--wait');
});

afterAll(() => rm(home, { recursive: true, force: true }));

/** What a folder holds, by key. */
async function contentsOf(folder: string): Promise<Map<string, Buffer | null>> {
  const list = (await readFile(join(folder, NAMES), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const names = new Map(
    list.map((line) => [JSON.parse(line).path as string, JSON.parse(line).key as string]),
  );
  const found = new Map<string, Buffer | null>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(folder.length + 1) + (entry.isDirectory() ? '/' : '');
    if (path !== NAMES)
      found.set(names.get(path) ?? keyOf(path) ?? path, entry.isFile() ? await readFile(full) : null);
  }
  return found;
}

async function expectEverythingIn(folder: string): Promise<void> {
  const contents = await contentsOf(folder);
  for (const key of KEYS)
    expect(contents.get(key)?.toString(), key).toBe(key.endsWith('/') ? undefined : `of ${key}`);
  expect(contents.has('trailing/')).toBe(true);
  expect(contents.get('same')?.toString()).toBe('a file');
  expect(contents.get('same/as')?.toString()).toBe('in a folder');
  expect(contents.get('large.bin')?.equals(LARGE)).toBe(true);
}

/** The CLI as a person starts it. */
function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcess) {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = await once(child, 'close');
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
}

describe('restores to this machine', () => {
  it('bring back every key into a folder, proven, and nothing twice', async () => {
    const folder = join(home, 'folder');
    const first = (await holdfast('restore', `s3://${source}`, '--to', folder)) as Answer;
    expect(first.result).toMatchObject({
      ended: 'done',
      // The emulator has no checksum over the whole of an object that was written in parts.
      counts: { restored: KEYS.length + 3, unverified: 1, failed: 0 },
    });
    await expectEverythingIn(folder);
    const again = (await holdfast('restore', `s3://${source}`, '--to', folder)) as Answer;
    expect(again.result.counts).toMatchObject({ restored: 0, right: KEYS.length + 3 });
  });

  it("bring back every key by the vault's own script, which knows nothing of Holdfast", async () => {
    const folder = join(home, 'by-script');
    const script = join(home, 'holdfast-restore.py');
    await writeFile(script, await bytesOf(vault, 'holdfast-restore.py'));
    const endpoint = ['--endpoint-url', process.env['AWS_ENDPOINT_URL'] ?? ''];
    const line = [script, ...endpoint, vault, 'restore', `s3://${source}`, '--to', folder];
    const { stdout } = await run('python3', line, { env: process.env });
    expect(stdout).toContain(`${KEYS.length + 3} restored into ${folder}, 0 not`);
    await expectEverythingIn(folder);
  });

  it.each(['tar', 'tar.gz', 'zip'])('bring back every key into a .%s', async (ending) => {
    const path = join(home, `backup.${ending}`);
    await holdfast('restore', `s3://${source}`, '--to', path);
    const folder = await mkdtemp(join(home, 'unpacked-'));
    if (ending === 'zip') await run('python3', ['-c', UNZIP, path, folder]);
    else await run('tar', ['-xf', path, '-C', folder]);
    await expectEverythingIn(folder);
    expect((await tryHoldfast('restore', `s3://${source}`, '--to', path)).code).toBe(2);
  });

  it('stream to whoever reads', async () => {
    const folder = await mkdtemp(join(home, 'streamed-'));
    const tar = spawn('tar', ['-x', '-C', folder], { stdio: ['pipe', 'inherit', 'inherit'] });
    const unpacked = once(tar, 'close');
    const cli = start('restore', `s3://${source}`, '--to', '-');
    cli.stdout?.pipe(tar.stdin);
    expect(await once(cli, 'close')).toEqual([0, null]);
    expect(await unpacked).toEqual([0, null]);
    await expectEverythingIn(folder);
  });

  it('end cleanly at Ctrl+C, and go on with the command that they name', async () => {
    const folder = join(home, 'interrupted');
    const cli = start('restore', `s3://${many}`, '--to', folder, '--transfers', '2');
    const end = ended(cli);
    await firstFileIn(folder);
    cli.kill('SIGINT');
    const { code, stdout, stderr } = await end;

    expect(code, stderr).toBe(130);
    const [, restored = ''] = /^(\d+) restored/m.exec(stdout.toString()) ?? [];
    expect(Number(restored)).toBeGreaterThan(0);
    expect(Number(restored)).toBeLessThan(MANY);
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toHaveLength(Number(restored));
    const [, command = ''] = /go on with: holdfast (.*)\n$/.exec(stderr) ?? [];

    const rest = (await holdfast(...command.split(' '))) as Answer;
    expect(rest.result.counts).toMatchObject({
      restored: MANY - Number(restored),
      right: Number(restored),
      failed: 0,
      conflicts: 0,
    });
    const contents = await contentsOf(folder);
    for (let i = 0; i < MANY; i++)
      expect(contents.get(`d${i % 7}/${i}`)?.toString()).toBe(`${i} `.repeat(20_000));
  });

  it('leave nothing of an archive at Ctrl+C', async () => {
    const cli = start('restore', `s3://${many}`, '--to', join(home, 'part.tar'), '--transfers', '1');
    const end = ended(cli);
    await firstFileIn(home, /part\.tar/);
    cli.kill('SIGINT');
    expect((await end).code).toBe(130);
    expect((await readdir(home)).filter((name) => name.startsWith('part.tar'))).toEqual([]);
  });
});

/** Returns as soon as a folder has a finished file, or one of that name. */
async function firstFileIn(folder: string, name = /^\d+$/): Promise<void> {
  for (;;) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    if (entries.some((entry) => entry.isFile() && name.test(entry.name))) return;
    await new Promise(setImmediate);
  }
}
