import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { RestoreJsonSchema } from '../../../operations/json/restore.ts';
import { RestoreLocalSchema } from '../../../operations/json/restore-local.ts';
import { TARGET, VAULT } from '../../../testing/pipeline.ts';
import { SITE, SITE_URI, type SiteVault } from '../../support/site-vault.ts';
import { givenFolder, treeOf } from './local/support/given-vault.ts';
import { CliWorld } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

const run = promisify(execFile);
const MODIFIED = Date.parse('2019-05-06T07:08:09.123Z');
let cli: CliWorld;
let site: SiteVault;
let folder: string;

beforeEach(async () => {
  cli = new CliWorld();
  folder = await givenFolder();
  site = await givenSite(cli);
  await site.user('anna');
  await site.user('annabel');
  await site.folder({ id: 'f', parentId: 'anna-root', name: 'reports' });
  await site.folder({ id: 'g', parentId: 'anna-root', name: 'empty' });
  await site.document({ id: 'd', parentId: 'f', name: 'plan.txt' }, [
    { id: 'v1', text: 'one', createdAt: 1 },
    { id: 'v2', text: 'two', createdAt: 2, contentModifiedAt: MODIFIED },
  ]);
  await site.file('e', 'annabel-root', 'x.txt', 'of another');
});

function restore(...argv: string[]) {
  return cli.run('restore', ...argv);
}

describe('a site restored to a folder', () => {
  it('is its tree, with times and empty folders; the second time nothing is done', async () => {
    const first = await restore(SITE_URI, '--to', folder);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('3 restored (13 B), 0 already right, 0 conflicts, 0 failed');
    expect(await treeOf(folder)).toEqual({
      'anna/': null,
      'anna/empty/': null,
      'anna/reports/': null,
      'anna/reports/plan.txt': 'two',
      'annabel/': null,
      'annabel/x.txt': 'of another',
    });
    expect(Math.round((await stat(join(folder, 'anna/reports/plan.txt'))).mtimeMs)).toBe(MODIFIED);

    cli.pipeline.s3.requests.resetCounts();
    const again = await restore(SITE_URI, '--to', folder);
    expect(again.stdout).toContain('0 restored (0 B), 3 already right, 0 conflicts, 0 failed');
    expect(cli.pipeline.s3.requests.count('open')).toBe(0);
  });

  it('is restored by user, not by the beginning of a name', async () => {
    await restore(`${SITE_URI}/anna`, '--to', folder, '--strip-prefix', 'anna/');
    expect(Object.keys(await treeOf(folder))).toEqual(['empty/', 'reports/', 'reports/plan.txt']);
  });

  it('is read once, however often it is gone through', async () => {
    cli.pipeline.s3.requests.resetCounts();
    await restore(SITE_URI, '--to', folder);
    // Six records of folders, two of users, two of documents.
    expect(cli.pipeline.s3.requests.count('get')).toBe(8);
  });

  it('is what it was at a moment', async () => {
    const before = new Date(cli.pipeline.now).toISOString();
    cli.pipeline.pass(60);
    await site.document({ id: 'd', parentId: 'annabel-root', name: 'renamed.txt' }, [
      { id: 'v1', text: 'one' },
    ]);
    await restore(SITE_URI, '--to', join(folder, 'then'), '--at', before);
    await restore(SITE_URI, '--to', join(folder, 'now'));
    expect(await treeOf(join(folder, 'then'))).toMatchObject({ 'anna/reports/plan.txt': 'two' });
    expect(await treeOf(join(folder, 'now'))).toMatchObject({ 'annabel/renamed.txt': 'one' });
  });

  it('brings all versions and the records when they are asked for', async () => {
    await restore(
      `${SITE_URI}/anna/reports`,
      '--to',
      folder,
      '--all-versions',
      '--sidecars',
      '--strip-prefix',
      'anna/',
    );
    const tree = await treeOf(folder);
    expect(Object.keys(tree)).toEqual([
      'reports/',
      'reports/.workdocs.json',
      'reports/plan (v1).txt',
      'reports/plan.txt',
      'reports/plan.txt.workdocs.json',
    ]);
    expect(tree['reports/plan (v1).txt']).toBe('one');
    expect(JSON.parse(tree['reports/plan.txt.workdocs.json'] ?? '')).toMatchObject({
      kind: 'document',
      id: 'd',
    });
  });

  it('has names that every disk takes, and never leaves the folder', async () => {
    const names = [
      '../../evil.txt',
      '123',
      '2022-01-01',
      'a\\b:c*d?"<>|',
      'dots...',
      'CON',
      '😀',
      'n'.repeat(255),
      '..',
    ];
    for (const [index, name] of names.entries()) await site.file(`n${index}`, 'g', name, name);
    await site.file('case1', 'g', 'Case', 'upper', { createdAt: 1 });
    await site.file('case2', 'g', 'case', 'lower', { createdAt: 2 });
    await site.folder({ id: 'h', parentId: 'g', name: '123' });
    await site.file('inside', 'h', 'x', 'inside');

    const { code, stdout } = await restore(
      `${SITE_URI}/anna/empty`,
      '--to',
      folder,
      '--strip-prefix',
      'anna/empty/',
    );
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const tree = await treeOf(folder);
    const { '%~names.jsonl': list, ...files } = tree;
    const { [Object.keys(files).find((name) => name.startsWith('nnn')) ?? '']: long, ...others } = files;
    expect(long).toBe('n'.repeat(255));
    expect(others).toEqual({
      '..%252F..%252Fevil.txt': '../../evil.txt',
      '.%2E': '..',
      '123/': null,
      '123/x': 'inside',
      '123 (2)': '123',
      '2022-01-01': '2022-01-01',
      'a%5Cb%3Ac%2Ad%3F%22%3C%3E%7C': 'a\\b:c*d?"<>|',
      'dots..%2E': 'dots...',
      '%43ON': 'CON',
      '😀': '😀',
      Case: 'upper',
      case: 'lower',
    });
    expect(list).toContain('evil.txt');
  });

  it('says what the vault has not, and ends with 3', async () => {
    await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
      { id: 'v', missing: 'access denied' },
    ]);
    await site.document({ id: 'm2', parentId: 'g', name: 'older' }, [
      { id: 'v1', text: 'older' },
      { id: 'v2', missing: 'access denied' },
    ]);
    const { code, stdout } = await restore(SITE_URI, '--to', folder);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'not-in-vault: anna/empty/missing (its version v is not in the vault (access denied))',
    );
    expect(stdout).toContain(
      'not-in-vault: anna/empty/older (its version v2 is not in the vault (access denied); the',
    );
    expect(await treeOf(folder)).toMatchObject({ 'anna/empty/older': 'older' });
  });

  it('does not replace what differs, unless it is told to', async () => {
    await restore(SITE_URI, '--to', folder);
    const file = join(folder, 'anna/reports/plan.txt');
    await writeFile(file, 'mine');
    expect((await restore(SITE_URI, '--to', folder)).code).toBe(3);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await restore(SITE_URI, '--to', folder, '--overwrite', '--yes')).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('two');
  });

  it('deletes only below what was asked for', async () => {
    await restore(SITE_URI, '--to', folder);
    await writeFile(join(folder, 'anna/extra'), 'x');
    await writeFile(join(folder, 'annabel/extra'), 'x');
    const { code } = await restore(`${SITE_URI}/anna`, '--to', folder, '--exact', '--yes');
    expect(code).toBe(0);
    expect(Object.keys(await treeOf(folder))).toContain('annabel/extra');
    expect(Object.keys(await treeOf(folder))).not.toContain('anna/extra');
  });

  it('brings back what was deleted, of some kinds, since a moment', async () => {
    await site.file('h', 'f', 'old.txt', 'deleted long ago');
    await site.file('i', 'f', 'note.md', 'deleted');
    await site.delete({ kind: 'document', id: 'h' });
    cli.pipeline.pass(60);
    const since = new Date(cli.pipeline.now - 1000).toISOString();
    await site.delete({ kind: 'document', id: 'd' });
    await site.delete({ kind: 'document', id: 'i' });
    await restore(
      SITE_URI,
      '--to',
      folder,
      '--deleted-only',
      '--changed-since',
      since,
      '--include',
      '**/*.txt',
    );
    expect(await treeOf(folder)).toEqual({
      'anna/': null,
      'anna/reports/': null,
      'anna/reports/plan.txt': 'two',
    });
  });

  it('brings only what changed since a moment, by when it was made', async () => {
    await site.document({ id: 'i', parentId: 'g', name: 'imported today' }, [
      { id: 'v', text: 'of long ago', createdAt: Date.parse('2019-01-01T00:00:00Z') },
    ]);
    await restore(SITE_URI, '--to', folder, '--changed-since', '2026-02-01');
    // The document of two versions was made in 1970.
    expect(await treeOf(folder)).toEqual({ 'annabel/': null, 'annabel/x.txt': 'of another' });
  });

  it('tells of what changed since a moment and is not in the vault', async () => {
    const [before, since] = ['2026-01-01', '2026-02-01'].map((day) => Date.parse(`${day}T00:00:00Z`));
    const lost = { missing: 'access denied', createdAt: since };
    await site.document({ id: 'l1', parentId: 'g', name: 'lost' }, [{ id: 'v', ...lost }]);
    await site.document({ id: 'l2', parentId: 'g', name: 'older' }, [
      { id: 'v1', text: 'older', createdAt: before },
      { id: 'v2', ...lost },
    ]);
    await site.document({ id: 'l3', parentId: 'g', name: 'uploading' }, [
      { id: 'v', missing: 'uploading', createdAt: since },
    ]);
    await site.document({ id: 'l4', parentId: 'g', name: 'lost long ago' }, [
      { id: 'v', ...lost, createdAt: before },
    ]);
    const { code, stdout } = await restore(SITE_URI, '--to', folder, '--changed-since', '2026-01-15');
    expect(code).toBe(3);
    expect(stdout).toContain('not-in-vault: anna/empty/lost (');
    expect(stdout).toContain('not-in-vault: anna/empty/older (');
    expect(stdout).toContain('not-in-vault: anna/empty/uploading (');
    expect(stdout).not.toContain('lost long ago');
    expect(await treeOf(folder)).toMatchObject({ 'anna/empty/older': 'older' });
  });

  it('is compared with the checksum of its record', async () => {
    const { store } = cli.pipeline;
    const open = store.open.bind(store);
    // The bytes and all that S3 says of them fit each other; what the record remembers does not.
    store.open = async (ref, options) => {
      const opened = await open(ref, options);
      if (ref.key !== `workdocs/${SITE}/versions/d/v2`) return opened;
      const { checksum: _, ...object } = opened.object;
      return { object: { ...object, etag: 'none' }, body: bytesOf('twX') };
    };
    const { code, stdout } = await restore(SITE_URI, '--to', folder);
    expect(code).toBe(3);
    expect(stdout).toContain('wrong-bytes: anna/reports/plan.txt');
  });

  it('brings one version by its id', async () => {
    const uri = `${SITE_URI}/anna/reports/plan.txt`;
    expect((await restore(uri, '--to', folder, '--at', 'v1')).code).toBe(0);
    expect(await treeOf(folder)).toMatchObject({ 'anna/reports/plan.txt': 'one' });
  });

  it('answers in JSON as documented, and is a job', async () => {
    const { json } = await restore(SITE_URI, '--to', folder, '--json', '--dry-run', '--all-versions');
    expect(v.parse(RestoreLocalSchema, json()[0])).toMatchObject({
      source: SITE_URI,
      request: { allVersions: true },
      plan: { selected: { objects: 4 } },
    });
    await restore(SITE_URI, '--to', folder);
    const { stdout } = await cli.run('jobs');
    expect(stdout).toContain(SITE_URI);
  });

  it.each([
    ['workdocs://NO/x', 'cannot be a site'],
    [`${SITE_URI}/nobody`, `holds nothing under ${SITE_URI}/nobody`],
    ['workdocs://d-0000000000', 'holds nothing under'],
  ])('refuses %s', async (uri, why) => {
    const { code, stderr } = await restore(uri, '--to', folder);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}

describe('a site restored to an archive', () => {
  it.each(['tar', 'tar.gz'])('is whole in a .%s', async (ending) => {
    const archive = join(folder, `site.${ending}`);
    expect(await restore(SITE_URI, '--to', archive)).toMatchObject({ code: 0 });
    const out = join(folder, 'out');
    await run('mkdir', [out]);
    await run('tar', ['-xf', archive, '-C', out]);
    expect(await treeOf(out)).toMatchObject({
      'anna/empty/': null,
      'anna/reports/plan.txt': 'two',
      'annabel/x.txt': 'of another',
    });
    expect(Math.floor((await stat(join(out, 'anna/reports/plan.txt'))).mtimeMs / 1000)).toBe(
      Math.floor(MODIFIED / 1000),
    );
  });

  it('is whole in a .zip, without what the vault has not', async () => {
    await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
      { id: 'v', missing: 'access denied' },
    ]);
    const archive = join(folder, 'site.zip');
    const { code, stdout } = await restore(SITE_URI, '--to', archive);
    expect(code).toBe(3);
    expect(stdout).toContain('not-in-vault: anna/empty/missing');
    const { stdout: names } = await run('python3', ['-m', 'zipfile', '-l', archive]);
    expect(names).toContain('anna/reports/plan.txt');
  });
});

describe('a site restored to a bucket', () => {
  it('is copied by the functions, once', async () => {
    await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
      { id: 'v', missing: 'access denied' },
    ]);
    await site.document({ id: 'm2', parentId: 'f', name: 'older' }, [
      { id: 'v1', text: 'older' },
      { id: 'v2', missing: 'access denied' },
    ]);
    const { code, stdout } = await restore(
      SITE_URI,
      '--to',
      `s3://${TARGET}/back/`,
      '--wait',
      '--verify',
      '--json',
    );
    expect(code).toBe(3);
    const answer = v.parse(RestoreJsonSchema, JSON.parse(stdout));
    expect(answer).toMatchObject({ source: SITE_URI });
    const { s3 } = cli.pipeline;
    expect(s3.text(TARGET, 'back/anna/reports/plan.txt')).toBe('two');
    expect(s3.text(TARGET, 'back/anna/reports/older')).toBe('older');
    expect(s3.text(TARGET, 'back/annabel/x.txt')).toBe('of another');
    const job = await cli.pipeline.job(answer.jobId ?? '');
    expect(job).toMatchObject({ state: 'partial', counts: { planned: 4, restored: 3, failed: 1, notes: 1 } });
    expect((await cli.run('job', job.id)).stdout).toContain('not-in-vault: anna/empty/missing');

    const again = await restore(SITE_URI, '--to', `s3://${TARGET}/back/`, '--wait', '--json');
    const second = await cli.pipeline.job(v.parse(RestoreJsonSchema, again.json()[0]).jobId ?? '');
    expect(second.counts).toMatchObject({ right: 3, failed: 1 });
    expect(second.counts['restored'] ?? 0).toBe(0);
  });

  it('has empty folders as keys that end in a slash', async () => {
    await restore(`${SITE_URI}/anna/empty`, '--to', `s3://${TARGET}`, '--wait', '--yes');
    expect(cli.pipeline.s3.keys(TARGET)).toEqual(['anna/empty/']);
  });

  it('shows its plan', async () => {
    const { code, stdout } = await restore(SITE_URI, '--to', `s3://${TARGET}`, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('asked for');
    expect(cli.pipeline.s3.keys(TARGET)).toEqual([]);
  });

  it('is refused when it has more documents than a function reads, by the plan and by the function', async () => {
    Object.assign(cli.pipeline.world.settings, { treeDocuments: 1 });
    const why = `${SITE_URI} has more than the 1 document that a function restores: restore to a folder`;
    const { code, stderr } = await restore(SITE_URI, '--to', `s3://${TARGET}`, '--dry-run');
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    const job = await cli.pipeline.restore('by-message', { source: SITE_URI });
    expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining(why) });
    expect((await restore(SITE_URI, '--to', folder)).code).toBe(0);
  });

  it('has a plan also where the vault has not all of it', async () => {
    await site.document({ id: 'm1', parentId: 'g', name: 'missing' }, [
      { id: 'v', missing: 'access denied' },
    ]);
    // Something of that name is there already, of the same size.
    cli.pipeline.s3.put(TARGET, 'anna/empty/missing', '');
    const { code, json } = await restore(SITE_URI, '--to', `s3://${TARGET}`, '--dry-run', '--json');
    expect(code).toBe(0);
    expect(v.parse(RestoreJsonSchema, json()[0]).plan).toMatchObject({ selected: { objects: 3 } });
  });

  it('is restored into a bucket that is made for it, which nothing is the model of', async () => {
    const { code, stderr } = await restore(
      SITE_URI,
      '--to-new',
      's3://holdfast-restore-new',
      '--yes',
      '--wait',
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'made s3://holdfast-restore-new: encrypted by S3, without versions, not public\n',
    });
  });

  it('is restored by a message too, with all versions', async () => {
    const job = await cli.pipeline.restore('by-message', { source: `${SITE_URI}/anna`, allVersions: true });
    expect(job).toMatchObject({ state: 'done', source: SITE_URI, counts: { planned: 3, restored: 3 } });
    expect(cli.pipeline.s3.keys(TARGET)).toEqual([
      'anna/empty/',
      'anna/reports/plan (v1).txt',
      'anna/reports/plan.txt',
    ]);
  });

  it('says where it came from in its report', async () => {
    await cli.pipeline.restore('reported', { source: `${SITE_URI}/anna` });
    const { report = '' } = await cli.pipeline.job('reported');
    const text = cli.pipeline.s3.text(VAULT, report) ?? '';
    expect(JSON.parse(text)).toMatchObject({ source: SITE_URI, request: { prefix: 'anna' } });
  });

  it.each([
    [['--exact'], '"exact" is not for a WorkDocs site into a bucket'],
    [['--at', 'v1', '--all-versions'], '"versionId" names one version'],
  ])('refuses %j', async (options, why) => {
    const uri = `${SITE_URI}/anna/reports/plan.txt`;
    const { code, stderr } = await restore(uri, '--to', `s3://${TARGET}`, ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  it('takes no options of a site for a bucket', async () => {
    await cli.givenProtected('docs', { a: '1' });
    const { code, stderr } = await restore('s3://docs', '--to', `s3://${TARGET}`, '--sidecars');
    expect(code).toBe(2);
    expect(stderr).toContain('are for WorkDocs sites');
  });
});
