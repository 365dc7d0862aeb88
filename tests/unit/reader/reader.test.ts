import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreToFolder } from '../../../cli/local/restore-to-folder.ts';
import { serveVault } from '../../../testing/vault-server/vault-server.ts';
import type { GivenKind, GivenSource, Item } from '../../contract/suites/source-kind/given.ts';
import { awkwardLife, fullLife } from '../../contract/suites/source-kind/life.ts';
import { GIVEN_BUCKET } from '../../contract/support/given-bucket.ts';
import { GIVEN_SITE } from '../../contract/support/given-site.ts';
import { findTool } from '../../support/tool.ts';
import { signatureProblem } from '../../support/verify-signature.ts';
import { givenFolder } from '../cli/local/support/given-vault.ts';

// The script that lies in each vault shares nothing with Holdfast: what both make of a vault has to be the same.

const PYTHON = findTool(['python3', 'python']);
const SECRET = 'the secret of a reader';
const SCRIPT = resolve(import.meta.dirname, '../../../reader/holdfast-restore.py');
const KINDS: ReadonlyArray<readonly [string, GivenKind]> = [
  ['buckets', GIVEN_BUCKET],
  ['WorkDocs sites', GIVEN_SITE],
];

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the script in front of a source's vault. */
async function read({ world }: GivenSource, ...args: string[]): Promise<Ran> {
  const { vault } = world.settings;
  const server = await serveVault(world.store, vault);
  const env = {
    AWS_ACCESS_KEY_ID: 'reader',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: 'a+token/==',
    PATH: process.env['PATH'],
  };
  const line = [SCRIPT, '--endpoint-url', server.endpoint, '--owner', '111122223333', vault, ...args];
  try {
    return await new Promise((done) =>
      execFile(PYTHON ?? '', ['-B', ...line], { env }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      ),
    );
  } finally {
    await server.close();
    for (const request of server.requests) {
      expect(signatureProblem(request, SECRET)).toBeUndefined();
      const owner = request.headers.find(([name]) => name === 'x-amz-expected-bucket-owner');
      expect(owner?.[1].toString()).toBe('111122223333');
    }
  }
}

/** Restores with Holdfast itself. @returns the folder */
async function restored({ kind: { history } }: GivenKind, given: GivenSource, at: number): Promise<string> {
  const wish = {
    ...{ source: given.source, prefix: '', at, include: [], exclude: [] },
    ...{ deletedOnly: false, allVersions: false, sidecars: false },
  };
  const folder = await givenFolder();
  const result = await restoreToFolder(
    {
      ...{ folder, overwrite: 'never' },
      select: history.selectRepeatedly(wish, given.world, {}),
    },
    {
      reader: history.reader(given.world),
      clock: given.now,
      pause: async () => {},
      signal: new AbortController().signal,
      progress: () => {},
    },
  );
  expect(result.problems).toEqual([]);
  return folder;
}

/** Everything below a folder: bytes and time of each file; of the list of names its lines, in any order. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const stats = await lstat(join(folder, path));
    if (stats.isDirectory()) tree[path] = 'a folder';
    else {
      const text = await readFile(join(folder, path), 'utf8');
      const isList = path === '%~names.jsonl';
      tree[path] = isList ? text.split('\n').sort().join('\n') : `${stats.mtimeMs} ${text}`;
    }
  }
  return tree;
}

async function compare(given: GivenKind, source: GivenSource, at: number): Promise<void> {
  const by = await givenFolder();
  const moment = new Date(at).toISOString();
  const { code, stdout, stderr } = await read(source, 'restore', source.source, '--at', moment, '--to', by);
  const tree = await treeOf(await restored(given, source, at));
  expect({ moment, tree: await treeOf(by) }).toEqual({ moment, tree });
  const isEmpty = Object.keys(tree).length === 0;
  expect({ code, said: isEmpty ? stderr : stdout }).toEqual(
    isEmpty
      ? { code: 1, said: expect.stringContaining(`the vault had nothing of ${source.source} then`) }
      : { code: 0, said: expect.stringContaining(' 0 not, of ') },
  );
}

describe.skipIf(PYTHON === undefined).each(KINDS)("the vault's own reader, of %s", (_, given) => {
  it('restores each moment as Holdfast does', async () => {
    const { source, moments } = await fullLife(given);
    for (const { captured } of moments) await compare(given, source, captured);
  });

  it('restores names that have broken tools', async () => {
    const { source, last } = await awkwardLife(given);
    await compare(given, source, last.captured);
  });

  it('restores whatever happened', async () => {
    const happenings = fc.array(happening, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(happenings, (all) => live(given, all)),
      { numRuns: 5, seed: 2026 },
    );
  }, 60_000);

  it('finds the sources, and lists one', async () => {
    const { source, last } = await fullLife(given);
    expect(await read(source, 'list')).toMatchObject({ code: 0, stdout: `${source.source}\n` });
    const { code, stdout } = await read(source, 'ls', source.source);
    const keys = last.there.map(({ key, text }) => `${String(text.length).padStart(15)} ${key}`);
    expect({ code, lines: stdout.trimEnd().split('\n').sort() }).toEqual({ code: 0, lines: keys.sort() });
  });

  it('restores a part alone', async () => {
    const { source, last } = await fullLife(given);
    const to = await givenFolder();
    await read(source, 'restore', `${source.source}/${source.prefixOf('plans')}`, '--to', to);
    const texts = Object.values(await treeOf(to)).filter((one) => one !== 'a folder');
    const wanted = last.there.filter(({ item }) => item.group === 'plans');
    expect(texts.map((text) => text.replace(/^\S+ /, '')).sort()).toEqual(
      wanted.map(({ text }) => text).sort(),
    );
  });
});

type Happening = {
  readonly what: 'put' | 'delete' | 'rename';
  readonly on: Item;
  readonly to: Item;
  readonly text: string;
};

const item = fc.record({
  group: fc.constantFrom('', 'a', 'a b', 'a/b', 'A'),
  name: fc.constantFrom('x', 'X', 'x.txt', 'x (2).txt', 'a', '%41', 'con.txt', 'é', 'e\u0301', '. ', 'b%2Fc'),
});
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom('put', 'put', 'put', 'delete', 'rename'),
  on: item,
  to: item,
  text: fc.string(),
});

/** Lets things happen, as far as they can, and compares at each moment. */
async function live(given: GivenKind, happenings: readonly Happening[]): Promise<void> {
  const source = await given.begin();
  const there = new Map<string, Item>();
  const moments: number[] = [];
  for (const { what, on, to, text } of happenings) {
    source.pass(60_000);
    const known = there.get(source.keyOf(on));
    if (what === 'put') await source.put(on, text);
    else if (known !== undefined && what === 'delete') await source.delete(on);
    else if (known !== undefined && !there.has(source.keyOf(to))) await source.rename(on, to);
    else continue;
    there.delete(source.keyOf(on));
    if (what !== 'delete') there.set(source.keyOf(what === 'put' ? on : to), what === 'put' ? on : to);
    await source.capture();
    moments.push(source.now());
  }
  for (const at of moments) await compare(given, source, at);
}

/** A bucket's vault with one object, `a`. */
async function givenObject(): Promise<GivenSource> {
  const source = await GIVEN_BUCKET.begin();
  await source.put({ group: '', name: 'a' }, 'as it was');
  await source.put({ group: 'b', name: 'c' }, 'beside');
  await source.capture();
  return source;
}

describe.skipIf(PYTHON === undefined)("what the vault's own reader cannot bring is named", () => {
  it('where something is in the way, which stays', async () => {
    const source = await givenObject();
    const [to, elsewhere] = [await givenFolder(), await givenFolder()];
    await writeFile(join(to, 'a'), 'mine');
    await symlink(elsewhere, join(to, 'b'));
    const { code, stdout } = await read(source, 'restore', source.source, '--to', to);
    expect(code).toBe(3);
    expect(stdout).toContain(`problem: a: ${join(to, 'a')} is there already, and is left alone`);
    expect(stdout).toContain(`problem: b/c: ${join(to, 'b')} stands in the way`);
    expect(await readFile(join(to, 'a'), 'utf8')).toBe('mine');
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('where its bytes are damaged, and no file is made of them', async () => {
    const source = await givenObject();
    const to = await givenFolder();
    source.s3.rot(source.world.settings.vault, 's3/photos/a', 'as it wis');
    const { code, stdout } = await read(source, 'restore', source.source, '--to', to);
    expect(code).toBe(3);
    expect(stdout).toContain('problem: a: its bytes are damaged in the vault');
    expect(await readdir(to)).toEqual(['b']);
  });

  it('where it is archived, with the way out', async () => {
    const source = await GIVEN_BUCKET.begin();
    source.s3.put(source.world.settings.vault, 's3/photos/old', 'x', { storageClass: 'GLACIER' });
    const { code, stdout } = await read(source, 'restore', source.source, '--to', await givenFolder());
    expect(code).toBe(3);
    expect(stdout).toContain('problem: old: it is archived: thaw it first (aws s3api restore-object)');
  });
});

it.skipIf(PYTHON === undefined).each([
  [
    ['ls', 'ftp://x'],
    1,
    '"ftp://x" is no source that this script can read: s3://bucket[/prefix] or workdocs://',
  ],
  [
    ['ls', 's3://photos', '--at', 'yesterday'],
    1,
    '"yesterday" is no moment: write it as 2026-11-30T12:00:00Z',
  ],
  [['ls', 's3://photos', '--at', '2026-11-30T12:00:00'], 1, 'is no moment'],
  [['ls', 's3://none'], 1, 'the vault had nothing of s3://none then: see list, and mind the moment'],
  [['restore', 's3://photos'], 2, 'the following arguments are required: --to'],
])('%s is refused, with a way out', async (args, code, says) => {
  const ran = await read(await givenObject(), ...args);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toContain(says);
});
