import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiffLineSchema, DiffSummarySchema } from '../../../operations/json/diff.ts';
import { HistoryLineSchema } from '../../../operations/json/history.ts';
import { LsLineSchema } from '../../../operations/json/ls.ts';
import { VerifySchema } from '../../../operations/json/verify.ts';
import { VersionLineSchema } from '../../../operations/json/versions.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld } from './support/given-cli.ts';

const FIRST = '2026-03-01T12:00:30Z';
let cli: CliWorld;

/** At 12:00:01 three objects; at 12:01:01 one is overwritten, one deleted, one new. */
beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { 'a.txt': 'one', 'b/c.txt': 'x'.repeat(2048), 'b/d.jpg': 'pic' });
  await change('a.txt', 'three');
  await change('b/d.jpg', undefined, 0);
  await change('new.txt', 'n', 0);
});

/** Changes the source, a minute after what was before. */
async function change(key: string, body: string | Buffer | undefined, seconds = 60): Promise<void> {
  cli.pipeline.pass(seconds);
  if (body === undefined) cli.pipeline.s3.delete('docs', key);
  else cli.pipeline.s3.put('docs', key, body);
  await cli.pipeline.drain();
}

const vaultKey = (key: string) => vaultPlace('docs', key).key;

describe('diff', () => {
  it('shows what was added, changed and deleted since a moment, with sizes and totals', async () => {
    const { code, stdout, stderr } = await cli.run('diff', 's3://docs', FIRST);

    expect(code).toBe(0);
    expect(stderr).toBe('from 2026-03-01T12:00:30.000Z to 2026-03-01T12:01:01.000Z\n');
    expect(stdout.split('\n')).toEqual([
      '~         3 B         5 B  a.txt',
      '-         3 B           -  b/d.jpg',
      '+           -         1 B  new.txt',
      '1 added (1 B), 1 changed (3 B to 5 B), 1 deleted (3 B), net +0 B',
      '',
    ]);
  });

  it('compares any two moments, and only under a prefix', async () => {
    const { stdout } = await cli.run('diff', 's3://docs/b/', '2026-03-01 11:00', '31s ago');

    expect(stdout).toMatch(/^\+ .* b\/c\.txt\n\+ .* b\/d\.jpg\n2 added \(2 KiB\)/);
    expect((await cli.run('diff', 's3://docs', FIRST, FIRST)).stdout).toBe(
      '0 added (0 B), 0 changed (0 B to 0 B), 0 deleted (0 B), net +0 B\n',
    );
  });

  it('answers in JSON as documented: a line for each object, and one with the totals', async () => {
    const lines = (await cli.run('diff', 's3://docs', FIRST, '--json')).json();

    const summary = v.parse(DiffSummarySchema, lines.pop());
    expect(summary.summary).toMatchObject({ added: 1, changed: 1, deleted: 1, netBytes: 0 });
    const differences = lines.map((line) => v.parse(DiffLineSchema, line));
    expect(differences.map(({ key, change: kind }) => [key, kind])).toEqual([
      ['a.txt', 'changed'],
      ['b/d.jpg', 'deleted'],
      ['new.txt', 'added'],
    ]);
    expect(differences[2]).toMatchObject({ source: 's3://docs', before: null, after: { size: 1 } });
    expect((await cli.run('diff', 's3://docs', FIRST, '--json', '--summary')).json()).toEqual([summary]);
  });

  it.each([
    ['moments the wrong way round', ['s3://docs', 'now', FIRST], 'the earlier moment goes first'],
    ['what is no moment', ['s3://docs', 'someday'], '"someday" is not a moment'],
    ['a moment to come', ['s3://docs', FIRST, '2027-01-01'], 'lies in the future'],
    ['a source the vault knows nothing of', ['s3://nowhere', FIRST], 'holds nothing of s3://nowhere'],
  ])('refuses %s', async (_, argv, words) => {
    const ran = await cli.run('diff', ...argv);
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
  });
});

/** Larger than what is copied again for its tags. */
const LARGE = 'x'.repeat(1024 * 1024 + 1);

describe('changes of tags', () => {
  beforeEach(async () => {
    await change('large', LARGE);
    cli.pipeline.pass(60);
    cli.pipeline.s3.tag('docs', 'a.txt', { stage: 'done', 'esc\u001b': '1' });
    cli.pipeline.s3.tag('docs', 'large', { stage: 'done' });
    await cli.pipeline.drain();
  });

  it('are counted by diff as what was written again, and told with --tags', async () => {
    const plain = await cli.run('diff', 's3://docs', '59s ago');
    expect(plain.stdout).toBe(
      '0 added (0 B), 0 changed (0 B to 0 B), 0 deleted (0 B), ' +
        '1 written again with tags or metadata that may be others: --tags tells, net +0 B\n',
    );
    const tagged = await cli.run('diff', 's3://docs', '59s ago', '--tags');
    expect(tagged.stdout.split('\n')).toEqual([
      '#         5 B         5 B  a.txt  +esc\\x1b=1, +stage=done',
      '#       1 MiB       1 MiB  large  +stage=done',
      '0 added (0 B), 0 changed (0 B to 0 B), 0 deleted (0 B), 2 tagged, net +0 B',
      '',
    ]);
  });

  it('are in the JSON of diff, with the tags before and after', async () => {
    const lines = (await cli.run('diff', 's3://docs', '59s ago', '--tags', '--json')).json();
    const { summary } = v.parse(DiffSummarySchema, lines.pop());
    expect(summary).toMatchObject({ tagged: 2, rewritten: 0, changed: 0 });
    expect(lines.map((line) => v.parse(DiffLineSchema, line))).toMatchObject([
      { key: 'a.txt', change: 'tagged', tags: { before: {}, after: { stage: 'done' } } },
      { key: 'large', change: 'tagged', tags: { before: {}, after: { stage: 'done' } } },
    ]);
    const [line] = (await cli.run('diff', 's3://docs', '59s ago', '--json')).json();
    expect(v.parse(DiffSummarySchema, line).summary).toMatchObject({ tagged: null, rewritten: 1 });
  });

  it('are a column of history with --tags, and null in its JSON without', async () => {
    const { stdout } = await cli.run('history', 's3://docs', '--tags');
    expect(stdout.split('\n')[0]).toMatch(/^from +added +overwritten +deleted +tagged +written +gone/);
    expect(stdout.split('\n')[1]).toMatch(/ 5 +1 +1 +2 .* \++~+-+#+$/);
    const told = async (...argv: string[]) =>
      (await cli.run('history', 's3://docs', '--json', ...argv))
        .json()
        .map((line) => v.parse(HistoryLineSchema, line).tagged);
    expect(await told('--tags')).toEqual([2]);
    expect(await told()).toEqual([null]);
    expect((await cli.run('history', 's3://docs')).stdout).not.toContain('tagged');
  });

  it('are told by versions of one object, by a copy or a record', async () => {
    const now = new Date(cli.pipeline.now).toISOString();
    const lines = async (key: string) =>
      (await cli.run('versions', `s3://docs/${key}`, '--json'))
        .json()
        .map((line) => v.parse(VersionLineSchema, line))
        .map(({ differsBy, taggedAt }) => [differsBy, taggedAt]);
    expect(await lines('a.txt')).toEqual([
      ['tags', []],
      ['content', []],
      [null, []],
    ]);
    expect(await lines('large')).toEqual([[null, [now]]]);
    expect((await cli.run('versions', 's3://docs/a.txt')).stdout).toMatch(
      /^.* current {2}same bytes, other tags\n/,
    );
    expect((await cli.run('versions', 's3://docs/large')).stdout).toMatch(
      /^2026-03-01T12:03:01Z +tags changed\n2026-03-01T12:02:01Z .* current\n$/,
    );
  });

  it('are told apart from other metadata by versions', async () => {
    cli.pipeline.s3.put('docs', 'a.txt', 'three', {
      metadata: { author: 'anna' },
      tags: { stage: 'done', 'esc\u001b': '1' },
    });
    await cli.pipeline.drain();
    const [line] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();
    expect(v.parse(VersionLineSchema, line)).toMatchObject({ differsBy: 'metadata' });
    expect((await cli.run('versions', 's3://docs/a.txt')).stdout).toContain('current  same bytes and tags\n');
  });

  it.each([['diff', FIRST], ['history']])('are not asked for of a site: %s', async (command, ...more) => {
    expect(await cli.run(command, 'workdocs://d-1234567890', ...more, '--tags')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--tags is for buckets'),
    });
  });
});

describe('find', () => {
  it('finds by a glob on whole keys, now, at a moment, or among the deleted', async () => {
    expect((await cli.run('find', 's3://docs', '**/*.txt')).stdout).toBe(
      '       5 B  2026-03-01T12:01:01Z  a.txt\n' +
        '     2 KiB  2026-03-01T12:00:01Z  b/c.txt\n' +
        '       1 B  2026-03-01T12:01:01Z  new.txt\n',
    );
    expect((await cli.run('find', 's3://docs', '*.txt', '--at', FIRST)).stdout).toBe(
      '       3 B  2026-03-01T12:00:01Z  a.txt\n',
    );
    expect((await cli.run('find', 's3://docs/b/', '**', '--deleted')).stdout).toBe(
      '       3 B  2026-03-01T12:01:01Z  b/d.jpg\n',
    );
    const ran = await cli.run('find', 's3://docs', '**/*.txt', '--json');
    expect(ran.json().map((line) => v.parse(LsLineSchema, line).key)).toEqual([
      'a.txt',
      'b/c.txt',
      'new.txt',
    ]);
  });

  it('says when nothing matches', async () => {
    expect(await cli.run('find', 's3://docs', '*.gif')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'nothing under s3://docs/ matches "*.gif"\n',
    });
  });

  it.each([
    ['a glob that is none', ['s3://docs', '[x'], '"[x" is not a valid glob'],
    ['no glob', ['s3://docs'], "missing required argument 'glob'"],
    ['a source the vault knows nothing of', ['s3://nowhere', '*'], 'holds nothing of s3://nowhere'],
    ['a moment before the first backup', ['s3://docs', '*', '--at', '2026-01-01'], 'before the first backup'],
  ])('refuses %s', async (_, argv, words) => {
    const ran = await cli.run('find', ...argv);
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
  });
});

describe('cat', () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7) % 256));

  it('writes the bytes as they are, and nothing else', async () => {
    await change('blob', bytes);

    const ran = await cli.run('cat', 's3://docs/blob');

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.bytes.equals(bytes)).toBe(true);
  });

  it('reads no further than whoever reads it has come', async () => {
    await change('blob', bytes);
    const waits: number[] = [];
    cli.isSlow = true;
    cli.onDrain = async (written) => void waits.push(written);

    expect((await cli.run('cat', 's3://docs/blob')).bytes.equals(bytes)).toBe(true);
    expect(waits).toEqual([65_536, 131_072, 196_608, 200_000]);
  });

  it('reads a moment, or one version', async () => {
    expect(await cli.run('cat', 's3://docs/a.txt')).toMatchObject({ stdout: 'three' });
    expect(await cli.run('cat', 's3://docs/a.txt', '--at', FIRST)).toMatchObject({
      stdout: 'one',
      stderr: 'as of 2026-03-01T12:00:30.000Z\n',
    });
    const [, first] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json();
    const { vaultVersionId } = first as { vaultVersionId: string };
    expect(await cli.run('cat', 's3://docs/a.txt', '--at', vaultVersionId)).toMatchObject({
      code: 0,
      stdout: 'one',
      stderr: '',
    });
  });

  it('says when an object was deleted, and which version is there to read', async () => {
    const { code, stdout, stderr } = await cli.run('cat', 's3://docs/b/d.jpg');

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^holdfast: s3:\/\/docs\/b\/d\.jpg was deleted at 2026-03-01T12:01:01Z: holdfast versions s3:\/\/docs\/b\/d\.jpg shows its history, --at \S+ is what there was last\n$/,
    );
    const version = /--at (\S+)/.exec(stderr)?.[1] ?? '';
    expect((await cli.run('cat', 's3://docs/b/d.jpg', '--at', version)).stdout).toBe('pic');
  });

  it.each([
    [
      'a key the vault never had',
      ['s3://docs/a.tx'],
      'the vault has nothing of s3://docs/a.tx: holdfast ls s3://docs',
    ],
    [
      'a moment before the object was there',
      ['s3://docs/new.txt', '--at', FIRST],
      's3://docs/new.txt was not there yet at 2026-03-01T12:00:30Z, its oldest version is of 2026-03-01T12:01:01Z',
    ],
    [
      'a version that is not there',
      ['s3://docs/a.txt', '--at', 'x'.repeat(22)],
      'neither a moment nor a version',
    ],
    ['what is no moment', ['s3://docs/a.txt', '--at', 'someday'], '"someday" is not a moment'],
    ['a whole bucket', ['s3://docs'], 'names no object'],
    ['JSON', ['s3://docs/a.txt', '--json'], 'leave --json out'],
  ])('refuses %s', async (_, argv, words) => {
    const ran = await cli.run('cat', ...argv);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    expect(ran.stdout).not.toContain('three');
  });

  it('ends with 1 when the copy is damaged, and behind what it could read', async () => {
    cli.pipeline.s3.rot(VAULT, vaultKey('a.txt'), 'threw');

    const { code, stdout, stderr } = await cli.run('cat', 's3://docs/a.txt');

    expect({ code, stdout }).toEqual({ code: 1, stdout: 'threw' });
    expect(stderr).toMatch(/^holdfast: s3:\/\/docs\/a\.txt is damaged: it should have CRC32 /);
  });

  it('believes the catalog more than what S3 says of the same bytes', async () => {
    const entry = await cli.pipeline.catalog.getEntry('s3://docs', 'a.txt');
    if (entry === undefined) throw new Error('there is no entry');
    const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' };
    await cli.pipeline.catalog.putEntry({ ...entry, checksum, rev: entry.rev + 1 }, entry.rev);

    expect((await cli.run('cat', 's3://docs/a.txt')).stderr).toContain('it should have CRC32 AAAAAA==');
    expect((await cli.run('cat', 's3://docs/a.txt', '--at', FIRST)).code).toBe(0);
  });

  it('takes a delete marker for no version', async () => {
    const page = await cli.pipeline.store.listVersions({ bucket: VAULT, prefix: vaultKey('b/d.jpg') });
    const marker = page.versions.find(({ deleteMarker }) => deleteMarker)?.versionId ?? '';

    expect(await cli.run('cat', 's3://docs/b/d.jpg', '--at', marker)).toMatchObject({ code: 2, stdout: '' });
  });

  it('says that an archived copy has to be thawed', async () => {
    cli.pipeline.s3.transition(VAULT, vaultKey('a.txt'), 'GLACIER');

    expect(await cli.run('cat', 's3://docs/a.txt')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('s3://docs/a.txt is archived (GLACIER): it has to be thawed'),
    });
  });

  it('does not write what is no text to a terminal', async () => {
    await change('blob', bytes);
    cli.isTerminal = true;

    expect(await cli.run('cat', 's3://docs/blob')).toMatchObject({ code: 2, stdout: '' });
    expect(await cli.run('cat', 's3://docs/a.txt')).toMatchObject({ code: 0, stdout: 'three' });
  });

  it('says when the source has something newer that the vault has not', async () => {
    cli.pipeline.s3.deny('docs', 'a.txt');
    await change('a.txt', 'secret');

    const { stdout, stderr } = await cli.run('cat', 's3://docs/a.txt');
    expect(stdout).toBe('three');
    expect(stderr).toContain('its present state at the source is not in the vault: access denied');
  });
});

describe('history', () => {
  it('shows how much changed on each day, gaps too', async () => {
    await change('b/c.txt', undefined, 2 * 24 * 3600);

    const { code, stdout } = await cli.run('history', 's3://docs');

    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'from        added  overwritten  deleted   written   gone',
      '2026-03-01      4            1        1  2.01 KiB    3 B  ++++++++++++++++++++~~~~~-----',
      '2026-03-02      0            0        0       0 B    0 B',
      '2026-03-03      0            0        1       0 B  2 KiB  -----',
      '',
    ]);
  });

  it('shows hours, in the zone of the person', async () => {
    cli.zone = 'Asia/Kathmandu';
    await change('b/c.txt', undefined, 3600);

    const { stdout } = await cli.run('history', 's3://docs', '--by', 'hour');
    expect(stdout).toMatch(/\n2026-03-01 17:00 {2}.*\n2026-03-01 18:00 {2}.* {2}-----\n$/);
  });

  it('answers in JSON as documented, a line for each span', async () => {
    cli.zone = 'Europe/Berlin';
    const lines = (await cli.run('history', 's3://docs/b/', '--json')).json();

    expect(lines.map((line) => v.parse(HistoryLineSchema, line))).toEqual([
      {
        source: 's3://docs',
        prefix: 'b/',
        from: '2026-02-28T23:00:00.000Z',
        to: '2026-03-01T23:00:00.000Z',
        added: 2,
        overwritten: 0,
        deleted: 1,
        tagged: null,
        writtenBytes: 2051,
        deletedBytes: 3,
      },
    ]);
  });

  it('counts no change of the day before twice when the clock is put forward', async () => {
    cli.zone = 'America/New_York';
    await change('march', 'x', 7 * 24 * 3600);
    await change('march', 'y', 24 * 3600);

    const lines = (await cli.run('history', 's3://docs', '--days', '2', '--json')).json();
    expect(lines).toEqual([
      expect.objectContaining({ from: '2026-03-08T05:00:00.000Z', to: '2026-03-09T04:00:00.000Z', added: 1 }),
      expect.objectContaining({ from: '2026-03-09T04:00:00.000Z', to: '2026-03-10T04:00:00.000Z', added: 0 }),
    ]);
    expect((await cli.run('history', 's3://docs', '--days', '1', '--json')).json()).toEqual(lines.slice(1));
  });

  it('says when nothing changed, and when the source is unknown', async () => {
    cli.pipeline.pass(40 * 24 * 3600);
    expect(await cli.run('history', 's3://docs/b/')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'nothing changed under s3://docs/b/ in the last 30 days\n',
    });
    expect(await cli.run('history', 's3://nowhere')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('verify', () => {
  it('reads current and older versions, and says what is proven', async () => {
    const { code, stdout } = await cli.run('verify', 's3://docs');

    expect(code).toBe(0);
    expect(stdout).toBe(
      '5 of 5 versions read: 5 right, 0 wrong; 2.01 KiB in 0ms\nall are proven\n  job verify-20260301-120101-r3\n',
    );
    expect((await cli.run('jobs', '--kind', 'verify')).stdout).toMatch(
      /^verify-20260301-120101-r3 .* done /m,
    );
  });

  it('says how sure a sample makes, and draws the same one again', async () => {
    const objects = Array.from({ length: 500 }, (_, n) => [`k${n}`, `${n}`]);
    await cli.givenProtected('many', Object.fromEntries(objects));

    const { stdout } = await cli.run('verify', 's3://many', '--seed', '5');
    expect(stdout).toContain('300 of 500 versions read (seed 5): 300 right, 0 wrong;');
    expect(stdout).toContain(
      'had 0.80 % of them (4) or more been damaged, this would have shown one, with 95 % certainty',
    );
    expect((await cli.run('verify', 's3://many', '--all')).stdout).toContain('500 of 500 versions read:');
  });

  it('ends with 3 and names what is wrong or missing', async () => {
    const [older] = (await cli.run('versions', 's3://docs/a.txt', '--json')).json().slice(1);
    const { vaultVersionId } = older as { vaultVersionId: string };
    cli.pipeline.s3.rot(VAULT, vaultKey('a.txt'), 'oen', vaultVersionId);
    const gone = cli.pipeline.s3.object(VAULT, vaultKey('new.txt'));
    cli.pipeline.s3.deleteVersion(VAULT, gone.key, gone.versionId);

    const ran = await cli.run('verify', 's3://docs', '--all');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain(`wrong  a.txt  version ${vaultVersionId}: expected CRC32 `);
    expect(ran.stdout).toContain(`missing  new.txt  version ${gone.versionId}: the catalog names it`);
    expect(ran.stdout).toContain('the vault is not as it was recorded');

    const json = v.parse(VerifySchema, (await cli.run('verify', 's3://docs', '--all', '--json')).json()[0]);
    expect(json).toMatchObject({ state: 'partial', provenBelow: null, counts: { wrong: 1, missing: 1 } });
    expect(json.problems.map(({ key, reason }) => [key, reason]).sort()).toEqual([
      ['a.txt', 'wrong'],
      ['new.txt', 'missing'],
    ]);
    expect((await cli.run('verify', 's3://docs', '--at', 'now')).stdout).not.toContain('wrong  ');
  });

  it('ends with 3 and says what to do about what was written or hidden behind its back', async () => {
    cli.pipeline.pass(3600);
    cli.pipeline.s3.put(VAULT, vaultKey('a.txt'), 'theirs');
    cli.pipeline.s3.delete(VAULT, vaultKey('new.txt'));

    const ran = await cli.run('verify', 's3://docs');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(
      /^foreign {2}a\.txt {2}version \S+: it is on top, and the catalog names version /m,
    );
    expect(ran.stdout).toMatch(/^hidden {2}new\.txt {2}version \S+: it is a delete marker on version /m);
    expect(ran.stdout).toMatch(/, 1 foreign, 1 hidden; .*\nthe vault is not as it was recorded.*\n/);
    const json = v.parse(VerifySchema, (await cli.run('verify', 's3://docs', '--json')).json()[0]);
    expect(json).toMatchObject({ state: 'partial', counts: { foreign: 1, hidden: 1 } });

    const [way = ''] = ran.stdout.match(/holdfast reconcile .*$/m) ?? [];
    expect(await cli.run(...way.split(' ').slice(1))).toMatchObject({ code: 0 });
    expect((await cli.run('verify', 's3://docs')).code).toBe(0);
  });

  it('does not take a vault that lost everything for one that never had anything', async () => {
    const { s3 } = cli.pipeline;
    for (const { versionId } of s3.bucket(VAULT).versions(vaultKey('new.txt'))) {
      s3.deleteVersion(VAULT, vaultKey('new.txt'), versionId);
    }

    const { code, stdout } = await cli.run('verify', 's3://docs/new');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^missing {2}new\.txt /);
  });

  it('counts what is archived, and names the first of it', async () => {
    const objects = Array.from({ length: 30 }, (_, n) => [`k${n}`, 'x']);
    await cli.givenProtected('cold', Object.fromEntries(objects));
    for (const [key = ''] of objects)
      cli.pipeline.s3.transition(VAULT, vaultPlace('cold', key).key, 'GLACIER');

    const { code, stdout } = await cli.run('verify', 's3://cold');
    expect(code).toBe(0);
    expect(stdout.match(/^archived {2}k\d+ /gm)).toHaveLength(20);
    expect(stdout).toContain('30 of 30 versions read: 0 right, 0 wrong, 30 archived; 0 B in 0ms');
    expect(stdout).toContain('nothing is proven: none could be compared');
  });

  it.each([
    ['a sample and all', ['s3://docs', '--all', '--sample', '3'], 'cannot be used with'],
    ['a sample of none', ['s3://docs', '--sample', '0'], 'is not a whole number above 0'],
    ['a source the vault knows nothing of', ['s3://nowhere'], 'holds nothing of s3://nowhere'],
    ['a moment before the first backup', ['s3://docs', '--at', '2026-01-01'], 'before the first backup'],
  ])('refuses %s', async (_, argv, words) => {
    const ran = await cli.run('verify', ...argv);
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
  });
});

describe('a prefix that the vault never had', () => {
  it.each([
    ['ls', []],
    ['ls', ['--deleted']],
    ['ls', ['--at', FIRST]],
    ['find', ['*']],
    ['diff', [FIRST]],
    ['history', []],
    ['verify', []],
  ])('is told by %s %s', async (command, more) => {
    expect(await cli.run(command, 's3://docs/zzz', ...more)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'the vault has nothing under s3://docs/zzz, nor had it: holdfast ls s3://docs',
      ),
    });
  });

  it('is another thing than one of which everything was deleted', async () => {
    await change('b/c.txt', undefined);
    expect(await cli.run('ls', 's3://docs/b/')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'nothing under s3://docs/b/\n',
    });
  });
});
