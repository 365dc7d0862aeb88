import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiffLineSchema, DiffSummarySchema } from '../../../operations/json/diff.ts';
import { HistoryLineSchema } from '../../../operations/json/history.ts';
import { LsLineSchema } from '../../../operations/json/ls.ts';
import { SitePlaceLineSchema, SiteVersionLineSchema } from '../../../operations/json/site-versions.ts';
import { VerifySchema } from '../../../operations/json/verify.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { SITE, SITE_URI, type SiteVault } from '../../support/site-vault.ts';
import { CliWorld } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

const PLAN = `${SITE_URI}/anna/reports/plan.txt`;
let cli: CliWorld;
let site: SiteVault;

beforeEach(async () => {
  cli = new CliWorld();
  site = await givenSite(cli);
  await site.user('anna');
  await site.folder({ id: 'f', parentId: 'anna-root', name: 'reports' });
  await site.document({ id: 'd', parentId: 'f', name: 'plan.txt' }, [
    { id: 'v1', text: 'one', creatorId: 'anna' },
  ]);
});

/** A minute later. @returns the moment before */
function pass(): string {
  const before = new Date(cli.pipeline.now).toISOString();
  cli.pipeline.pass(60);
  return before;
}

async function secondVersion(given: Parameters<SiteVault['document']>[0]): Promise<void> {
  await site.document(given, [
    { id: 'v1', text: 'one', creatorId: 'anna', createdAt: cli.pipeline.now - 60_000 },
    { id: 'v2', text: 'second', creatorId: 'arn:aws:iam::111122223333:user/bob' },
  ]);
}

/** Entries of documents say how many bytes the vault has of them, as those that captures write do. */
async function withSizes(): Promise<void> {
  const { catalog } = cli.pipeline;
  const entry = await catalog.getEntry(SITE_URI, 'document/d');
  if (entry !== undefined) await catalog.putEntry({ ...entry, size: 3, rev: entry.rev + 1 }, entry.rev);
}

describe('ls and find of a site', () => {
  it('list documents and empty folders, now and at a moment', async () => {
    const before = pass();
    await site.document({ id: 'd', parentId: 'anna-root', name: 'moved.txt' }, [{ id: 'v1', text: 'one' }]);
    expect((await cli.run('ls', SITE_URI)).stdout).toBe(
      [
        '       3 B  2026-03-01T12:00:00Z  anna/moved.txt',
        '       0 B  2026-03-01T12:00:00Z  anna/reports/',
        '',
      ].join('\n'),
    );
    const then = await cli.run('ls', `${SITE_URI}/anna`, '--at', before, '--json');
    expect(v.parse(LsLineSchema, then.json()[0])).toMatchObject({
      source: SITE_URI,
      key: 'anna/reports/plan.txt',
      size: 3,
      vaultKey: `workdocs/${SITE}/versions/d/v1`,
      lacking: null,
    });
    expect((await cli.run('find', SITE_URI, '**/mov*')).stdout).toContain('anna/moved.txt');
  });

  it('show what was deleted', async () => {
    pass();
    await site.delete({ kind: 'document', id: 'd' });
    expect((await cli.run('ls', SITE_URI, '--deleted')).stdout).toBe(
      '       3 B  2026-03-01T12:01:00Z  anna/reports/plan.txt\n',
    );
  });

  it('say what the vault has not', async () => {
    await site.document({ id: 'm', parentId: 'f', name: 'x' }, [{ id: 'v', missing: 'access denied' }]);
    expect((await cli.run('ls', `${SITE_URI}/anna/reports/x`)).stdout).toBe(
      '         -  -                     anna/reports/x  (not in the vault: its version v is not in the vault (access denied))\n',
    );
  });

  it.each([
    ['ls', `${SITE_URI}/nobody`, 'nor had it'],
    ['ls', 'workdocs://d-0000000000', 'holds nothing of workdocs://d-0000000000'],
  ])('%s refuses %s', async (command, uri, why) => {
    const { code, stderr } = await cli.run(command, uri);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  it('refuse a moment of which nothing is known', async () => {
    const { code, stderr } = await cli.run('ls', `${SITE_URI}/anna`, '--at', '2001-01-01');
    expect(code).toBe(2);
    expect(stderr).toContain('before the first backup');
  });
});

describe('cat of a document', () => {
  it('writes its bytes now, at a moment, and of a version', async () => {
    const before = pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'plan.txt' });
    expect((await cli.run('cat', PLAN)).stdout).toBe('second');
    expect((await cli.run('cat', PLAN, '--at', before)).stdout).toBe('one');
    expect((await cli.run('cat', PLAN, '--at', 'v1')).stdout).toBe('one');
    const { versions } = await cli.pipeline.store.listVersions({
      bucket: VAULT,
      prefix: `workdocs/${SITE}/versions/d/v1`,
    });
    expect((await cli.run('cat', PLAN, '--at', versions[0]?.versionId ?? '')).stdout).toBe('one');
  });

  it('says what it is instead', async () => {
    pass();
    await site.delete({ kind: 'document', id: 'd' });
    const gone = await cli.run('cat', PLAN);
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain(
      `was deleted at 2026-03-01T12:01:00Z: holdfast versions ${PLAN} shows its history, --at v1`,
    );
    expect((await cli.run('cat', PLAN, '--at', 'v1')).stdout).toBe('one');
    expect((await cli.run('cat', `${SITE_URI}/anna/none`)).stderr).toContain(
      `the vault has no document ${SITE_URI}/anna/none: holdfast ls`,
    );
    expect((await cli.run('cat', PLAN, '--at', 'v9')).stderr).toContain('neither a moment nor a version');
  });

  it('says when an older version stands in, or none does', async () => {
    await site.document({ id: 'd', parentId: 'f', name: 'plan.txt' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', missing: 'access denied' },
    ]);
    await site.document({ id: 'e', parentId: 'f', name: 'x' }, [{ id: 'v', missing: 'access denied' }]);
    expect(await cli.run('cat', PLAN)).toMatchObject({
      code: 0,
      stdout: 'one',
      stderr: expect.stringContaining(
        'its version v2 is not in the vault (access denied); the version before it',
      ),
    });
    const none = await cli.run('cat', `${SITE_URI}/anna/reports/x`);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('the vault has not the bytes of');
  });

  it('refuses a folder', async () => {
    expect((await cli.run('cat', `${SITE_URI}/anna/reports`)).code).toBe(2);
  });
});

describe('versions of a document', () => {
  beforeEach(async () => {
    pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'plan.txt' });
    pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'final.txt' });
    pass();
    await secondVersion({ id: 'd', parentId: 'anna-root', name: 'final.txt' });
    pass();
    await site.delete({ kind: 'document', id: 'd' });
  });

  it('are told with who made them, and where the document was', async () => {
    expect((await cli.run('versions', `${SITE_URI}/anna/final.txt`)).stdout).toBe(
      [
        `v2    2026-03-01T12:03:00Z         6 B  ${'v2'.padEnd(32)}  by arn:aws:iam::111122223333:user/bob  deleted`,
        `v1    2026-03-01T12:02:00Z         3 B  ${'v1'.padEnd(32)}  by anna  deleted`,
        '',
        '2026-03-01T12:04:00Z  deleted   anna/final.txt',
        '2026-03-01T12:03:00Z  moved     anna/final.txt',
        '2026-03-01T12:02:00Z  renamed   anna/reports/final.txt',
        '2026-03-01T12:00:00Z  captured  anna/reports/plan.txt',
        '',
      ].join('\n'),
    );
  });

  it('come back with it', async () => {
    pass();
    await site.document({ id: 'd', parentId: 'anna-root', name: 'final.txt' }, [
      { id: 'v1', text: 'one' },
      { id: 'v2', missing: 'copying' },
    ]);
    const { json } = await cli.run('versions', `${SITE_URI}/anna/final.txt`, '--json');
    const lines = json();
    const [second, first] = lines.slice(0, 2).map((line) => v.parse(SiteVersionLineSchema, line));
    expect(first).toMatchObject({ number: 1, state: 'older', documentId: 'd', lacking: null });
    // Its bytes came with an earlier record.
    expect(second).toMatchObject({ number: 2, state: 'current', size: 6, lacking: null });
    expect(v.parse(SitePlaceLineSchema, lines[2])).toMatchObject({
      event: 'restored',
      path: 'anna/final.txt',
    });
  });

  it('say which of them the vault has not', async () => {
    await site.document({ id: 'm', parentId: 'f', name: 'x' }, [
      { id: 'v', size: 7, missing: 'access denied' },
    ]);
    expect((await cli.run('versions', `${SITE_URI}/anna/reports/x`)).stdout).toContain(
      'current, not in the vault (its version v is not in the vault (access denied))',
    );
  });

  it('are refused for what is no document', async () => {
    const { code, stderr } = await cli.run('versions', `${SITE_URI}/anna/none`);
    expect(code).toBe(2);
    expect(stderr).toContain('the vault holds no document');
  });
});

describe('diff of a site', () => {
  it('follows documents by their ids', async () => {
    await site.file('gone', 'f', 'gone', 'gone');
    await site.file('same', 'f', 'same', 'same');
    await site.file('swap', 'anna-root', 'was here', 'swapped');
    const before = pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'plan.txt' });
    await site.delete({ kind: 'document', id: 'gone' });
    await site.file('swap', 'f', 'is there', 'swapped');
    await site.file('other', 'anna-root', 'was here', 'another document');
    await site.file('same', 'f', 'same', 'same', { labels: ['of no account'] });

    const { stdout } = await cli.run('diff', SITE_URI, before);
    expect(stdout.split('\n')).toEqual([
      '-         4 B           -  anna/reports/gone',
      '>         7 B         7 B  anna/was here -> anna/reports/is there',
      '~         3 B         6 B  anna/reports/plan.txt',
      '+           -        16 B  anna/was here',
      '1 added (16 B), 1 changed (3 B to 6 B), 1 deleted (4 B), 1 moved, net +15 B',
      '',
    ]);
    const lines = (await cli.run('diff', SITE_URI, before, '--json')).json();
    expect(v.parse(DiffLineSchema, lines[1])).toMatchObject({ change: 'moved', movedFrom: 'anna/was here' });
    expect(v.parse(DiffSummarySchema, lines.at(-1))).toMatchObject({ summary: { moved: 1, netBytes: 15 } });
  });

  it('shows what was renamed and changed as changed, with where it was', async () => {
    const before = pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'final.txt' });
    expect((await cli.run('diff', SITE_URI, before)).stdout).toContain(
      '~         3 B         6 B  anna/reports/plan.txt -> anna/reports/final.txt',
    );
  });

  it('looks at a part alone, where what moved away is deleted', async () => {
    const before = pass();
    await site.file('d', 'anna-root', 'plan.txt', 'one');
    const { stdout } = await cli.run('diff', `${SITE_URI}/anna/reports`, before);
    expect(stdout).toContain('-         3 B           -  anna/reports/plan.txt');
  });
});

describe('history of a site', () => {
  it('tells when versions were made, however late they were captured', async () => {
    await site.document({ id: 'd', parentId: 'f', name: 'plan.txt' }, [
      { id: 'v1', text: 'one', createdAt: Date.parse('2026-02-27T10:00:00Z') },
      { id: 'v2', text: 'second', createdAt: Date.parse('2026-02-28T10:00:00Z') },
    ]);
    await site.file('e', 'f', 'x', 'deleted', { createdAt: 1 });
    await site.delete({ kind: 'document', id: 'e' });
    const lines = (await cli.run('history', SITE_URI, '--json'))
      .json()
      .map((line) => v.parse(HistoryLineSchema, line));
    expect(
      lines.map(({ from, added, overwritten, deleted }) => [from.slice(0, 10), added, overwritten, deleted]),
    ).toEqual([
      ['2026-02-27', 1, 0, 0],
      ['2026-02-28', 0, 1, 0],
      ['2026-03-01', 1, 0, 1],
    ]);
    expect(lines[2]).toMatchObject({ writtenBytes: 7, deletedBytes: 7, source: SITE_URI });
  });
});

describe('verify of a site', () => {
  it('reads every version, and compares it with its record', async () => {
    await secondVersion({ id: 'd', parentId: 'f', name: 'plan.txt' });
    const { code, json } = await cli.run('verify', SITE_URI, '--all', '--json');
    expect(code).toBe(0);
    expect(v.parse(VerifySchema, json()[0])).toMatchObject({
      source: SITE_URI,
      counts: { versions: 2, sampled: 2, right: 2, bytes: 9 },
      provenBelow: 0,
    });
  });

  it('finds other bytes than the record remembers, and those that are gone', async () => {
    const kept = (id: string) => ({ key: `workdocs/${SITE}/versions/d/${id}`, etag: 'e', size: 3 });
    const { versions } = await cli.pipeline.store.listVersions({ bucket: VAULT, prefix: kept('v1').key });
    const checksum = { algorithm: 'CRC32', value: 'AAAAAA==' };
    await site.document({ id: 'd', parentId: 'f', name: 'plan.txt', latest: 'v2' }, [
      { id: 'v1', kept: { ...kept('v1'), versionId: versions[0]?.versionId ?? '', checksum } },
      { id: 'v2', kept: { ...kept('v2'), versionId: 'gone' } },
    ]);
    const { code, stdout } = await cli.run('verify', SITE_URI, '--all');
    expect(code).toBe(3);
    expect(stdout).toContain('expected CRC32 AAAAAA==, found CRC32');
    expect(stdout).toContain('the bytes of its version v2 are no longer in the vault');
  });

  it('does not miss what was deleted and has expired', async () => {
    await site.document({ id: 'd', parentId: 'f', name: 'plan.txt' }, [
      { id: 'v2', kept: { key: `workdocs/${SITE}/versions/d/v2`, versionId: 'gone', etag: 'e', size: 3 } },
    ]);
    await site.delete({ kind: 'document', id: 'd' });
    expect((await cli.run('verify', SITE_URI, '--all')).code).toBe(0);
  });

  it.each([
    ['a record that somebody hid', 'documents/d.json', undefined, `hidden  document/d  version `],
    ['a record that somebody wrote over it', 'documents/d.json', '{}', 'foreign  document/d  version '],
    ['one that nobody recorded', 'folders/of nobody.json', '{}', 'foreign  folder/of nobody  version '],
    ['bytes that somebody hid', 'versions/d/v1', undefined, 'hidden  document/d  version '],
  ])('tells of %s', async (_, place, text, words) => {
    await withSizes();
    pass();
    expect((await cli.run('verify', SITE_URI)).code).toBe(0);
    const key = `workdocs/${SITE}/${place}`;
    if (text === undefined) cli.pipeline.s3.delete(VAULT, key);
    else cli.pipeline.s3.put(VAULT, key, text);
    const { code, stdout } = await cli.run('verify', SITE_URI);
    expect(code).toBe(3);
    expect(stdout).toContain(words);
    expect(stdout).toContain(`holdfast reconcile ${SITE_URI} --vault --wait`);
  });

  it('tells of a record whose versions are all gone', async () => {
    const { key, versionId } = cli.pipeline.s3.object(VAULT, `workdocs/${SITE}/folders/f.json`);
    cli.pipeline.s3.deleteVersion(VAULT, key, versionId);
    expect((await cli.run('verify', SITE_URI)).stdout).toContain(`missing  folder/f  version ${versionId}:`);
  });

  it('looks at a moment alone', async () => {
    const before = pass();
    await secondVersion({ id: 'd', parentId: 'f', name: 'plan.txt' });
    const { json } = await cli.run('verify', SITE_URI, '--at', before, '--json');
    expect(v.parse(VerifySchema, json()[0])).toMatchObject({ counts: { versions: 1, right: 1 } });
  });
});
