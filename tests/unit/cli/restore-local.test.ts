import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { sameCommand } from '../../../cli/local/same-command.ts';
import { RestoreLocalSchema } from '../../../operations/json/restore-local.ts';
import { givenFolder, treeOf } from './local/support/given-vault.ts';
import { CliWorld, footprint } from './support/given-cli.ts';

const run = promisify(execFile);
const AT = '2026-03-01T12:00:01.000Z';
let cli: CliWorld;
let folder: string;

beforeEach(async () => {
  cli = new CliWorld();
  folder = await givenFolder();
  await cli.givenProtected('docs', { 'a.txt': 'one', 'b/c.txt': 'two', 'b/10:30': 'three' });
});

function restore(...argv: string[]) {
  return cli.run('restore', ...argv);
}

describe('restore to a folder', () => {
  it('writes the files, says what came of it, and nothing is left to do', async () => {
    const first = await restore('s3://docs', '--to', folder);

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      [
        `restoring s3://docs/ as of ${AT} to ${folder}`,
        '3 restored (11 B), 0 already right, 0 conflicts, 0 failed',
        '1 key cannot be a path as it is (docs/restore-names.md):',
        '  b/10:30 -> b/10%3A30',
        '  job restore-20260301-120001-r2',
        '',
      ].join('\n'),
    );
    expect(await treeOf(folder)).toMatchObject({ 'a.txt': 'one', 'b/c.txt': 'two', 'b/10%3A30': 'three' });
    expect((await restore('s3://docs', '--to', folder)).stdout).toContain(
      '0 restored (0 B), 3 already right',
    );
  });

  it('takes what else a restore can say', async () => {
    await restore(
      's3://docs/b/',
      '--to',
      folder,
      '--strip-prefix',
      'b/',
      '--include',
      '**/*.txt',
      '--transfers',
      '1',
    );
    expect(await treeOf(folder)).toEqual({ 'c.txt': 'two' });
  });

  it('answers in JSON as documented', async () => {
    const { json } = await restore('s3://docs', '--to', folder, '--json');
    expect(v.parse(RestoreLocalSchema, json()[0])).toMatchObject({
      source: 's3://docs',
      at: AT,
      target: { kind: 'folder', path: folder },
      plan: null,
      result: {
        ended: 'done',
        counts: { restored: 3 },
        mapped: [{ key: 'b/10:30', path: 'b/10%3A30' }],
        goOn: null,
      },
    });
  });

  it('ends with 3 for a conflict', async () => {
    await writeFile(join(folder, 'a.txt'), 'mine');
    const { code, stdout } = await restore('s3://docs', '--to', folder);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'conflict: a.txt ("a.txt" differs and was left alone; say --overwrite to replace it)',
    );
  });

  it('shows what it would overwrite, and asks', async () => {
    await writeFile(join(folder, 'a.txt'), 'mine');
    const argv = ['s3://docs', '--to', folder, '--overwrite'];
    expect(await restore(...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nobody is there'),
    });
    cli.answer = 'n';
    expect((await restore(...argv)).code).toBe(1);
    expect(cli.questions).toEqual(['This replaces 1 object (3 B). Go on? [y/N] ']);
    expect(await treeOf(folder)).toEqual({ 'a.txt': 'mine' });
    cli.answer = 'y';
    const { code, stdout } = await restore(...argv);
    expect(code).toBe(0);
    expect(stdout).toContain('1 object is replaced:\n  a.txt');
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('one');
  });

  it('plans, and writes nothing', async () => {
    folder = join(folder, 'new');
    const { code, json } = await restore('s3://docs', '--to', folder, '--dry-run', '--json');
    expect(code).toBe(0);
    expect(v.parse(RestoreLocalSchema, json()[0])).toMatchObject({
      plan: { selected: { objects: 3, bytes: 11 }, fresh: { objects: 3 }, requests: 5 },
      result: null,
    });
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  it('deletes with --exact what the folder has beyond that, links and empty folders too, and nothing else', async () => {
    const outside = await givenFolder();
    await writeFile(join(outside, 'precious'), 'x');
    await mkdir(join(folder, 'b/old'), { recursive: true });
    await writeFile(join(folder, 'b/old/x'), 'x');
    await writeFile(join(folder, 'other'), 'outside of the prefix');
    await symlink(outside, join(folder, 'b/link'));
    const argv = ['s3://docs/b/', '--to', folder, '--exact'];

    const planned = await restore(...argv, '--dry-run');
    expect(planned.stdout).toContain('2 objects are deleted at the target:');
    expect(Object.keys(await treeOf(folder))).toContain('b/old/x');

    const { code, stdout } = await restore(...argv, '--yes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('2 deleted') });
    expect(Object.keys(await treeOf(folder)).sort()).toEqual([
      '%~names.jsonl',
      'b/',
      'b/10%3A30',
      'b/c.txt',
      'other',
    ]);
    expect(await treeOf(outside)).toEqual({ precious: 'x' });
  });

  it('deletes nothing when something was not restored', async () => {
    await writeFile(join(folder, 'extra'), 'x');
    await writeFile(join(folder, 'a.txt'), 'mine');
    cli.answer = 'y';
    expect((await restore('s3://docs', '--to', folder, '--exact')).code).toBe(3);
    expect(Object.keys(await treeOf(folder))).toContain('extra');
  });

  it('at Ctrl+C takes away what is half-written, and says how to go on', async () => {
    const { requests } = cli.pipeline.s3;
    requests.after = (op) => {
      if (op === 'open') cli.interrupt.abort();
    };
    const { code, stdout, stderr } = await restore('s3://docs', '--to', folder, '--transfers', '1');
    expect(code).toBe(130);
    expect(stdout).toContain('0 restored (0 B)');
    expect(stderr).toBe(
      `holdfast: interrupted: what is finished stays, go on with: holdfast restore s3://docs --to ${folder} ` +
        `--transfers 1 --at ${AT}\n`,
    );
    expect(Object.keys(await treeOf(folder)).filter((path) => path.includes('part'))).toEqual([]);
  });
});

it('does not hang when a person presses Ctrl+C in place of an answer', async () => {
  await writeFile(join(folder, 'a.txt'), 'mine');
  cli.answering = () => {
    cli.interrupt.abort();
    return new Promise(() => {});
  };
  const { code } = await restore('s3://docs', '--to', folder, '--overwrite');
  expect(code).toBe(130);
  expect(await treeOf(folder)).toEqual({ 'a.txt': 'mine' });
});

describe('the record of a local restore', () => {
  it('is a job with a report in the vault, and in a file', async () => {
    await writeFile(join(folder, 'a.txt'), 'mine');
    const file = join(await givenFolder(), 'report.html');
    const { code, json } = await restore('s3://docs', '--to', folder, '--report', file, '--json');
    expect(code).toBe(3);
    const { jobId } = json()[0] as { jobId: string };
    await cli.pipeline.drain();
    const { stdout } = await cli.run('job', jobId);
    expect(stdout).toContain('2 restored (8 B), 0 already right, 1 conflicts');
    expect(stdout).toContain(`  s3://docs/ as of ${AT} to ${folder}\n`);
    expect(stdout).toContain('conflict: a.txt');
    expect(stdout).toContain('report: s3://vault/reports/restore/');
    const page = await readFile(file, 'utf8');
    expect(page).toContain('a.txt');
    // What goes on is the command itself, and no job of the functions.
    expect(page).toContain(`holdfast restore s3://docs --to ${folder}`);
    expect(await cli.run('job', jobId, '--resume')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the same command again does what is left'),
    });
  });

  it('names the same version again, and no report that is there', async () => {
    cli.pipeline.pass(60);
    cli.pipeline.s3.put('docs', 'a.txt', 'another');
    await cli.pipeline.drain();
    const [, older] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();
    const { vaultVersionId } = older as { vaultVersionId: string };
    await writeFile(join(folder, 'a.txt'), 'mine');
    const file = join(await givenFolder(), 'report.html');
    const argv = ['s3://docs/a.txt', '--to', folder, '--at', vaultVersionId, '--report', file];
    expect((await restore(...argv)).code).toBe(3);
    expect(await readFile(file, 'utf8')).toContain(
      `holdfast restore s3://docs/a.txt --to ${folder} --at ${vaultVersionId}<`,
    );
  });

  it('says of one that was interrupted how far it came', async () => {
    cli.pipeline.s3.requests.before = (op) => {
      if (op === 'open') cli.interrupt.abort();
    };
    await restore('s3://docs', '--to', folder, '--transfers', '1');
    const [job] = await cli.pipeline.catalog
      .listJobs()
      .then((jobs) => jobs.filter(({ kind }) => kind === 'restore'));
    expect(job).toMatchObject({ state: 'cancelled', message: 'interrupted', trigger: 'command' });
  });

  it('is left out, with a word, for who may not write it', async () => {
    cli.pipeline.catalog.requests.before = (op) => {
      if (op === 'createJob') throw new Error('denied');
    };
    const { code, stderr } = await restore('s3://docs', '--to', folder);
    expect(code).toBe(0);
    expect(stderr).toContain('could not be recorded');
    expect((await treeOf(folder))['a.txt']).toBe('one');
  });
});

describe('the command that goes on', () => {
  it('is the same one, as of the same moments, and one that a shell reads', () => {
    const argv = [
      'restore',
      "s3://a b/it's",
      '--at',
      '2h ago',
      '--to=./x',
      '--changed-since=3h ago',
      '--exclude',
      '*.tmp',
      '--report',
      'r.html',
      '--report=r.json',
    ];
    const moments = { at: AT, changedSince: '2026-03-01T09:00:00.000Z' };
    expect(sameCommand(argv, moments)).toBe(
      `holdfast restore 's3://a b/it'\\''s' --to=./x --exclude '*.tmp' --at ${AT} --changed-since 2026-03-01T09:00:00.000Z`,
    );
  });
});

describe('restore to an archive', () => {
  it.each(['tar', 'tar.gz', 'tgz', 'zip'])('writes a .%s', async (ending) => {
    const path = join(folder, `x.${ending}`);
    const { code, stdout } = await restore('s3://docs', '--to', path);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('3 restored (11 B)') });
    expect(await readdir(folder)).toEqual([`x.${ending}`]);
  });

  it('streams a tar to standard output, and says all else beside it', async () => {
    const { code, bytes, stderr } = await restore('s3://docs', '--to', '-');
    expect(code).toBe(0);
    expect(stderr).toContain('3 restored (11 B)');
    await writeFile(join(folder, 'x.tar'), bytes);
    const { stdout } = await run('tar', ['-tf', join(folder, 'x.tar')]);
    expect(stdout).toBe('a.txt\nb/10%3A30\nb/c.txt\n%~names.jsonl\n');
  });
});

describe('a restore that makes no sense', () => {
  it.each([
    ['a file as a folder', ['--to', '$/file'], 'is not a folder'],
    ['an archive that exists', ['--to', '$/there.zip'], 'exists: name another archive'],
    ['an archive in a folder that is not there', ['--to', '$/no/x.tar'], 'there is no folder'],
    ['a folder where none can be made', ['--to', '$/file/below'], 'cannot write into'],
    ['waiting', ['--to', '$/new', '--wait'], '--wait is not for this target'],
    ['a job id', ['--to', '$/new', '--job-id', 'x'], '--job-id is not for this target'],
    ['a storage class', ['--to', '$/new', '--storage-class', 'STANDARD'], '--storage-class is not for this'],
    ['an account', ['--to', '$/new', '--target-account', '111122223333'], '--target-account is not for this'],
    ['an exact archive', ['--to', '$/x.tar', '--exact'], '--exact is not for this target'],
    ['an archive that is read back', ['--to', '$/x.tar', '--verify'], '--verify is not for this target'],
    ['an archive that overwrites', ['--to', '$/x.tar', '--overwrite'], '--overwrite is not for this target'],
    ['JSON and a stream', ['--to', '-', '--json'], 'both want standard output'],
    ['another kind of URI', ['--to', 'ftp://x'], 'is no target'],
    ['nothing to restore', ['--to', '$/new', '--include', 'z*'], 'holds nothing under'],
  ])('is refused in one line, with nothing written: %s', async (_, argv, words) => {
    await writeFile(join(folder, 'file'), 'x');
    await writeFile(join(folder, 'there.zip'), 'precious');
    const before = [await footprint(cli), await treeOf(folder)];

    const { code, stderr } = await restore('s3://docs', ...argv.map((word) => word.replace('$', folder)));

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
    expect(stderr).toMatch(/^holdfast: [^\n]*\n$/);
    expect([await footprint(cli), await treeOf(folder)]).toEqual(before);
  });

  it('does not write a tar to a terminal', async () => {
    cli.isTerminal = true;
    const { code, bytes, stderr } = await restore('s3://docs', '--to', '-');
    expect({ code, bytes }).toEqual({ code: 2, bytes: Buffer.alloc(0) });
    expect(stderr).toContain('that is a terminal');
  });
});
