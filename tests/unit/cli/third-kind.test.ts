import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reindex } from '@holdfast/core/catalog/reindex.ts';
import { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { KINDS } from '../../../cli/kinds/all.ts';
import { NAMES_FILE } from '../../../cli/local/names-list.ts';
import type { KnownKind } from '../../../operations/kind.ts';
import { MemoryCatalog } from '../../../testing/memory/memory-catalog.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { givenJournal } from '../../contract/support/given-journal.ts';
import { JOURNAL, packKey } from '../../support/journal-kind.ts';
import { CliWorld } from './support/given-cli.ts';

// The core and the command line know of no journal. It is one more in the list of kinds that they are given.

const DIARY = 'journal://diary';
/** What people say of journals, and ask of them. */
const FACE: KnownKind = {
  ...JOURNAL,
  nouns: {
    ...{ one: 'a journal', wholeForm: 'journal://name', protectForm: 'journal://name' },
    ...{ partForms: ['journal://name'], itemForm: 'journal://name/topic: title', reasons: {} },
    nothingOf: (uri) => `no note ${uri}`,
    noVersionOf: (uri) => `no note ${uri}, and never did`,
  },
  work: {
    explains: {},
    comparisonQueue: 'reconcile',
    comparison: ({ source }) => ({ queue: 'reconcile', message: { source } }),
    checkDeep: () => {},
  },
  standing: {
    rpo: () => null,
    renewal: () => null,
    captured: () => ({ tagChanges: null, acls: null }),
    covers: () => () => true,
  },
};
const note = (group: string, name: string) => ({ group, name });

let cli: CliWorld;
let before: string;
let diary: Awaited<ReturnType<typeof givenJournal>>;

/** Two notes in one pack; then one of them is another, the other is gone, and there is a third. */
beforeEach(async () => {
  cli = new CliWorld();
  cli.kinds = new SourceKinds<KnownKind>([...KINDS.all, FACE]);
  diary = await givenJournal(cli.pipeline);
  diary.pass(60_000);
  await diary.put(note('plans', 'a/b?'), 'to begin with');
  await diary.put(note('plans', 'gone'), 'to be deleted');
  await diary.capture();
  before = new Date(diary.now()).toISOString();
  diary.pass(60_000);
  await diary.put(note('plans', 'a/b?'), 'and to go on');
  await diary.put(note('plans-old', 'kept'), 'beside');
  await diary.delete(note('plans', 'gone'));
  await diary.capture();
  diary.pass(3_600_000);
});

async function lines(...argv: string[]): Promise<unknown[]> {
  const { code, stderr, json } = await cli.run(...argv, '--json');
  expect({ code, stderr: stderr.replace(/^holdfast: .*\n/gm, '') }).toMatchObject({ code: 0 });
  return json();
}

/** The texts of all files below a folder, but for the list of names that no file can have. */
async function textsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile() && one.name !== NAMES_FILE);
  return (
    await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))
  ).toSorted();
}

describe('a third kind of source', () => {
  it('is listed as of a moment, and by its own idea of what lies under what', async () => {
    expect(await lines('ls', DIARY, '--at', before)).toMatchObject([
      { source: DIARY, key: 'plans: a/b?', size: 13, vaultKey: packKey(DIARY, 1) },
      { key: 'plans: gone', size: 13, vaultKey: packKey(DIARY, 1) },
    ]);
    expect(await lines('ls', `${DIARY}/plans`)).toMatchObject([{ key: 'plans: a/b?', size: 12 }]);
    expect(await lines('ls', DIARY, '--deleted')).toMatchObject([{ key: 'plans: gone', size: 13 }]);
    expect(await lines('find', DIARY, '*kept')).toMatchObject([{ key: 'plans-old: kept' }]);
  });

  it('is compared, and its history told', async () => {
    expect(await lines('diff', DIARY, before)).toMatchObject([
      { key: 'plans-old: kept', change: 'added' },
      { key: 'plans: a/b?', change: 'changed' },
      { key: 'plans: gone', change: 'deleted' },
      { summary: { added: 1, changed: 1, deleted: 1, moved: 0 } },
    ]);
    const rows = await lines('history', DIARY, '--days', '1');
    expect(rows).toMatchObject([{ added: 3, overwritten: 1, deleted: 1 }]);
  });

  it('has its versions told, the newest first', async () => {
    expect(await lines('versions', `${DIARY}/plans: a/b?`)).toMatchObject([
      { state: 'current', size: 12, endedAt: null, vaultKey: packKey(DIARY, 2) },
      { state: 'replaced', size: 13, vaultKey: packKey(DIARY, 1) },
    ]);
    expect(await lines('versions', `${DIARY}/plans: gone`)).toMatchObject([{ state: 'deleted', size: 13 }]);
    const { code, stderr } = await cli.run('versions', `${DIARY}/plans: none`);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `the vault holds no note ${DIARY}/plans: none, and never did: holdfast ls`,
      ),
    });
  });

  it('is written out: as it is, as of a moment, and one version by its id', async () => {
    const uri = `${DIARY}/plans: a/b?`;
    const [, first] = await lines('versions', uri);
    const { vaultVersionId } = first as { vaultVersionId: string };
    expect((await cli.run('cat', uri)).stdout).toBe('and to go on');
    expect((await cli.run('cat', uri, '--at', before)).stdout).toBe('to begin with');
    expect((await cli.run('cat', uri, '--at', vaultVersionId)).stdout).toBe('to begin with');
    const gone = await cli.run('cat', `${DIARY}/plans: gone`);
    expect(gone.code).toBe(2);
    const [, last = ''] = /, --at (\S+) is what there was last$/m.exec(gone.stderr) ?? [];
    expect((await cli.run('cat', `${DIARY}/plans: gone`, '--at', last)).stdout).toBe('to be deleted');
  });

  it('is among the sources, and has a status', async () => {
    expect(await lines('sources')).toMatchObject([{ sources: [{ source: DIARY, objects: 2, acls: null }] }]);
    const { code, json } = await cli.run('status', DIARY, '--json');
    expect(code).toBe(3);
    expect(json()).toMatchObject([{ sources: [{ source: DIARY, rpo: null, wiring: 'broken' }] }]);
  });

  it('is proven note by note, though notes share an object of the vault', async () => {
    expect(await lines('verify', DIARY, '--all')).toMatchObject([{ state: 'done', counts: { right: 4 } }]);
    const pack = cli.pipeline.s3.object(VAULT, packKey(DIARY, 1)).content.body;
    cli.pipeline.s3.rot(VAULT, packKey(DIARY, 1), Buffer.from(pack.toString().replace('deleted', 'damaged')));
    const { code, json } = await cli.run('verify', DIARY, '--all', '--json');
    expect(code).toBe(3);
    expect(json()).toMatchObject([{ counts: { right: 3, wrong: 1 }, problems: [{ key: 'plans: gone' }] }]);
  });

  it('has its lost catalog rebuilt', async () => {
    const catalog = new MemoryCatalog();
    await Array.fromAsync(reindex({ dryRun: false }, cli.kinds, { ...cli.pipeline.world, catalog }));
    const known = async (one: MemoryCatalog) =>
      (await one.listEntries(DIARY)).entries.map(({ rev: _, updatedAt: __, ...entry }) => entry);
    expect(await known(catalog)).toEqual(await known(cli.pipeline.catalog));
    expect(await lines('reindex')).toMatchObject([{ sources: [{ source: DIARY, written: 0, right: 3 }] }]);
  });

  it('comes back into a folder: as of a moment, as it is, and one version by its id', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [first] = await lines('ls', DIARY, '--at', before);
    await lines('restore', DIARY, '--to', folder, '--at', before);
    expect(await textsIn(folder)).toEqual(['to be deleted', 'to begin with']);

    await lines('restore', DIARY, '--to', folder, '--exact', '--overwrite', '--yes');
    expect(await textsIn(folder)).toEqual(['and to go on', 'beside']);

    const { vaultVersionId } = first as { vaultVersionId: string };
    const one = ['restore', `${DIARY}/plans: a/b?`, '--to', folder, '--at', vaultVersionId];
    await lines(...one, '--overwrite', '--yes');
    expect(await textsIn(folder)).toEqual(['beside', 'to begin with']);
  });

  it('is refused where it cannot come back', async () => {
    const { code, stderr } = await cli.run('restore', DIARY, '--to', 's3://holdfast-restore-photos');
    expect(code).toBe(2);
    expect(stderr).toContain('a journal comes back into a folder');
  });
});
