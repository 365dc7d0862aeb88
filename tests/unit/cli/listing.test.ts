import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { LsLineSchema } from '../../../operations/json/ls.ts';
import { VersionLineSchema } from '../../../operations/json/versions.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../support/awkward-keys.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { 'a.txt': 'one', 'b/c.txt': 'x'.repeat(2048) });
});

/** Changes the source, a minute after what was before. */
async function change(key: string, body: string | undefined): Promise<void> {
  cli.pipeline.pass(60);
  if (body === undefined) cli.pipeline.s3.delete('docs', key);
  else cli.pipeline.s3.put('docs', key, body);
  await cli.pipeline.drain();
}

describe('ls', () => {
  it('lists size, time of capture and key', async () => {
    expect(await cli.run('ls', 's3://docs')).toEqual(
      expect.objectContaining({
        code: 0,
        stderr: '',
        stdout: '       3 B  2026-03-01T12:00:01Z  a.txt\n     2 KiB  2026-03-01T12:00:01Z  b/c.txt\n',
      }),
    );
    expect((await cli.run('ls', 's3://docs/b/')).stdout).toContain('b/c.txt');
    expect((await cli.run('ls', 's3://docs/b/')).stdout).not.toContain('a.txt');
  });

  it('lists a moment, and says in UTC which one', async () => {
    await change('a.txt', 'overwritten');
    await change('later', 'x');

    const { stdout, stderr } = await cli.run('ls', 's3://docs', '--at', '2026-03-01T13:00:30+01:00');

    expect(stderr).toBe('as of 2026-03-01T12:00:30.000Z\n');
    expect(stdout).toContain('       3 B  2026-03-01T12:00:01Z  a.txt');
    expect(stdout).not.toContain('later');
  });

  it('reads words where the person is', async () => {
    cli.zone = 'Asia/Tokyo';
    await change('a.txt', 'overwritten');

    for (const words of ['today 21:00:30', '21:00:30 today', '2026-03-01 21:00:30', '31s ago']) {
      const { stdout, stderr } = await cli.run('ls', 's3://docs/a.txt', '--at', words);
      expect(stderr).toBe('as of 2026-03-01T12:00:30.000Z\n');
      expect(stdout).toContain('       3 B  2026-03-01T12:00:01Z  a.txt');
    }
  });

  it('lists what was deleted, when and how large it was', async () => {
    await change('a.txt', undefined);

    expect((await cli.run('ls', 's3://docs')).stdout).not.toContain('a.txt');
    expect((await cli.run('ls', 's3://docs', '--deleted')).stdout).toBe(
      '       3 B  2026-03-01T12:01:01Z  a.txt\n',
    );
    const ran = await cli.run('ls', 's3://docs', '--deleted', '--at', '30s ago');
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(ran.stderr).toContain('nothing deleted under s3://docs/');
  });

  it('warns of a moment that is older than the retention', async () => {
    cli.pipeline.pass(200 * 24 * 3600);
    const { stderr } = await cli.run('ls', 's3://docs', '--at', '2026-03-01T12:00:30Z');

    expect(stderr).toContain('the vault keeps what was overwritten or deleted for 90 days');
  });

  it('answers in JSON as documented, one object a line, with keys as they are', async () => {
    await cli.givenProtected('awkward', Object.fromEntries(AWKWARD_KEYS.map((key) => [key, 'x'])));

    const ran = await cli.run('ls', 's3://awkward', '--json');

    const lines = ran.json().map((line) => v.parse(LsLineSchema, line));
    expect(lines.map(({ key }) => key).sort()).toEqual(AWKWARD_KEYS.toSorted());
    expect(lines[0]).toMatchObject({ source: 's3://awkward', deletedAt: null, storageClass: 'STANDARD' });
  });

  it('never lets a key drive the terminal', async () => {
    const key = 'evil\u001b[31m\nname\u009b\u202e\\n';
    await change(key, 'x');

    for (const argv of [
      ['ls', 's3://docs'],
      ['ls', 's3://docs', '--json'],
      ['versions', `s3://docs/${key}`],
    ]) {
      const { stdout } = await cli.run(...argv);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
    expect((await cli.run('ls', 's3://docs/evil')).stdout).toContain(
      'evil\\x1b[31m\\nname\\x9b\\u202e\\\\n\n',
    );
  });

  it.each([
    ['what is no moment', ['s3://docs', '--at', 'someday'], '"someday" is not a moment'],
    [
      'a moment before the first backup',
      ['s3://docs', '--at', '2026-02-01T00:00:00Z'],
      "2026-02-01T00:00:00Z is before the first backup: the vault's oldest copy under s3://docs/ is of 2026-03-01T12:00:01Z",
    ],
    ['a time that has not come yet', ['s3://docs', '--at', '2027-01-01T00:00:00Z'], 'lies in the future'],
    ['no URI', ['docs'], 'is not an S3 URI'],
    ['nearly a site', ['workdoc://d-1234567890'], 'or workdocs://site[/user/folder]'],
    ['a source the vault knows nothing of', ['s3://nowhere'], 'holds nothing of s3://nowhere'],
  ])('refuses %s', async (_, argv, words) => {
    expect(await cli.run('ls', ...argv)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(words),
    });
  });
});

describe('versions', () => {
  it('shows the history of one object, the newest first', async () => {
    await change('a.txt', 'second');
    await change('a.txt', undefined);
    await change('a.txt', 'third!!');
    await change('a.txt.bak', 'another');

    const { code, stdout } = await cli.run('versions', 's3://docs/a.txt');

    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/\s+/g, ' ')),
    ).toEqual([
      expect.stringMatching(/^2026-03-01T12:03:01Z 7 B \S+ current$/),
      expect.stringMatching(/^2026-03-01T12:01:01Z 6 B \S+ deleted 2026-03-01T12:02:01Z$/),
      expect.stringMatching(/^2026-03-01T12:00:01Z 3 B \S+ replaced 2026-03-01T12:01:01Z$/),
    ]);
  });

  it('answers in JSON as documented', async () => {
    await change('a.txt', undefined);

    const [line] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();

    expect(v.parse(VersionLineSchema, line)).toMatchObject({
      key: 'a.txt',
      state: 'deleted',
      capturedAt: '2026-03-01T12:00:01.000Z',
      endedAt: '2026-03-01T12:01:01.000Z',
      size: 3,
    });
  });

  it('finds an object whose key is too long to be a vault key', async () => {
    const key = 'k'.repeat(1024);
    await change(key, 'long');

    const [line] = (await cli.run('versions', `s3://docs/${key}`, '--json')).json();

    expect(v.parse(VersionLineSchema, line)).toMatchObject({ key, state: 'current', size: 4 });
  });

  it('tells of a deletion whose versions have expired', async () => {
    await change('a.txt', undefined);
    const version = cli.pipeline.s3.bucket(VAULT).versions('s3/docs/a.txt')[1];
    cli.pipeline.s3.expireVersion(VAULT, 's3/docs/a.txt', version?.versionId ?? '');

    const { code, stdout } = await cli.run('versions', 's3://docs/a.txt');

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'deleted 2026-03-01T12:01:01Z; its versions have expired\n',
    });
    expect((await cli.run('ls', 's3://docs', '--deleted')).stdout).toBe(
      '         -  2026-03-01T12:01:01Z  a.txt\n',
    );
  });

  it('says when the present state at the source is not in the vault', async () => {
    cli.pipeline.s3.put('docs', 'a.txt', 'frozen', { storageClass: 'GLACIER' });
    await cli.pipeline.drain();

    const { stderr } = await cli.run('versions', 's3://docs/a.txt');

    expect(stderr).toContain(
      'its present state at the source is not in the vault: in an archive storage class',
    );
  });

  it.each([
    ['a bucket', ['s3://docs'], 'names no object'],
    ['an object the vault has no version of', ['s3://docs/nope'], 'holds no version of s3://docs/nope'],
  ])('refuses %s', async (_, argv, words) => {
    expect(await cli.run('versions', ...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
  });
});
