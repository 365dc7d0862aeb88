import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { canaryText } from '@holdfast/core/kinds/s3/model/canary.ts';
import { settingsKey } from '@holdfast/core/model/settings-key.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProtectedSchema } from '../../../operations/json/protect.ts';
import { StatusSchema } from '../../../operations/json/status.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { SITE_URI } from '../../support/site-vault.ts';
import { CliWorld, footprint } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

const HOUR = 3600;
const URI = 's3://docs';
let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one' });
});

/** What the schedule sends, and what follows from it; what is looked at later, too. */
async function check() {
  const { queue } = cli.pipeline;
  await queue.send('reconcile', [JSON.stringify({ kind: 'pulse', source: URI })]);
  await cli.pipeline.drain();
  await queue.send(
    'reconcile',
    queue.delayed.splice(0).map(({ body }) => body),
  );
  await cli.pipeline.drain();
}

async function status() {
  const ran = await cli.run('status', '--json');
  const { sources, attention } = v.parse(StatusSchema, ran.json()[0]);
  const text = (await cli.run('status')).stdout.split('\n').find((line) => line.startsWith(URI)) ?? '';
  return { code: ran.code, attention, one: sources.find(({ source }) => source === URI), text };
}

const parameters = () => cli.stacks.requests.get(sourceStackName('holdfast', URI, ADDRESSES))?.parameters;
const settings = () => JSON.parse(cli.pipeline.s3.text(VAULT, settingsKey(URI)) ?? '{}');

describe('how far a bucket is known to be in the vault', () => {
  it('is not known before its first check, and then by it', async () => {
    expect(await status()).toMatchObject({ code: 0, text: expect.stringMatching(/not checked yet$/) });
    await check();
    const at = new Date(cli.pipeline.now).toISOString();
    cli.pipeline.pass(20 * 60);
    const { code, one, text } = await status();
    expect([code, text]).toEqual([0, expect.stringMatching(/ checked, all well 20m ago$/)]);
    expect(one?.rpo).toEqual({
      by: 'check',
      at,
      lagSeconds: null,
      everySeconds: 3600,
      checkedAt: at,
      missed: 0,
      trouble: null,
      overdue: false,
    });
  });

  it('is told of when the last check found trouble', async () => {
    await check();
    cli.pipeline.pass(HOUR);
    cli.pipeline.s3.bucket('docs').rule = 'elsewhere';
    cli.pipeline.s3.put('docs', 'b', 'x');
    cli.pipeline.pass(HOUR);
    await check();
    const { code, attention, one, text } = await status();
    expect([code, text]).toEqual([3, expect.stringMatching(/broken .* last checked, all well 2h ago$/)]);
    expect(one?.rpo).toMatchObject({ missed: 1, overdue: false });
    expect(attention).toContain(
      `${URI}: the last hourly check found trouble: its events cannot arrive; 1 changed object of which no event came`,
    );
    expect((await cli.run('sources')).stdout).toContain('found trouble: its events cannot arrive');
  });

  it('is told of when two intervals have passed without a check', async () => {
    await check();
    const since = new Date(cli.pipeline.now).toISOString().replace('.000', '');
    cli.pipeline.pass(2.6 * HOUR);
    const { code, attention, one } = await status();
    expect([code, one?.rpo?.overdue]).toEqual([3, true]);
    expect(attention).toEqual([`${URI}: nothing since ${since} shows that its changes arrive`]);
  });

  it('is not known of one that is no longer protected', async () => {
    await cli.run('unprotect', URI, '--yes');
    const ran = await cli.run('sources', '--all', '--json');
    expect(ran.json()[0]).toMatchObject({ sources: [{ rpo: null, renewWith: null }] });
  });

  it('is told of a site by its polls', async () => {
    const { catalog } = cli.pipeline;
    await givenSite(cli);
    const now = cli.pipeline.now;
    await catalog.patchSource(SITE_URI, { lastPollAt: now - 120_000 });
    const of = async () => {
      const ran = await cli.run('status', SITE_URI, '--json');
      return v.parse(StatusSchema, ran.json()[0]);
    };
    expect((await of()).sources[0]?.rpo).toMatchObject({ by: 'poll', everySeconds: 300, overdue: false });
    expect((await cli.run('status', SITE_URI)).stdout).toMatch(/ polled 2m ago\n/);
    await catalog.patchSource(SITE_URI, { protectedAt: now - 9e6, lastPollAt: now - 26 * 60_000 });
    expect((await of()).attention.join()).toMatch(/nothing since .* shows that its changes arrive/);
  });
});

describe('a bucket that an earlier version protected', () => {
  beforeEach(async () => {
    cli = new CliWorld();
    cli.givenBucket('docs', { 'a/1': 'one' });
    await cli.run('protect', `${URI}/a/`, '--exclude', '**/* 1', '--no-initial');
    const row = await cli.pipeline.catalog.getSource(URI);
    if (row === undefined) throw new Error('no row');
    const { watchedSince: _, ...before } = row;
    await cli.pipeline.catalog.putSource({ ...before, lastReconcileJob: 'r0', lastEventAt: 7 });
    cli.pipeline.pass(10 * HOUR);
  });

  it('is said to need protecting again, by a command that renews it and loses nothing', async () => {
    const { code, attention, one, text } = await status();
    const again = "holdfast protect s3://docs/a/ --exclude '**/* 1'";
    expect([code, text]).toEqual([3, expect.stringMatching(/not checked$/)]);
    expect(attention).toEqual([
      `${URI}: an earlier version protected it: nothing checks it each hour, and tags that change are not captured; run again: ${again}`,
    ]);
    expect(one).toMatchObject({ rpo: null, renewWith: again });
    expect((await cli.run('sources')).stdout).toContain(again);

    const before = await cli.pipeline.catalog.getSource(URI);
    const ran = await cli.run('protect', 's3://docs/a/', '--exclude', '**/* 1', '--no-initial');
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('stays protected; its stack is up to date'),
    });
    const watchedSince = cli.pipeline.now;
    expect(await cli.pipeline.catalog.getSource(URI)).toEqual({ ...before, watchedSince });
    expect(settings()).toMatchObject({ protectedAt: before?.protectedAt, watchedSince });
    expect(await status()).toMatchObject({ code: 0, attention: [] });
  });
});

describe('protect again', () => {
  it('updates the stack, begins one more reconcile, and keeps since when', async () => {
    await check();
    const before = await cli.pipeline.catalog.getSource(URI);
    cli.pipeline.pass(HOUR);
    const ran = await cli.run('protect', URI, '--wait', '--json');
    expect(ran.code).toBe(0);
    expect(v.parse(ProtectedSchema, ran.json()[0])).toMatchObject({
      renewed: true,
      canary: null,
      result: { job: { state: 'done', counts: { unchanged: 1 } } },
    });
    const { protectedAt, watchedSince, pulse } = before ?? {};
    expect(await cli.pipeline.catalog.getSource(URI)).toMatchObject({ protectedAt, watchedSince, pulse });
  });

  it('finishes what a first one left half done', async () => {
    cli.pipeline.catalog.requests.before = (op) => {
      if (op === 'patchSource') throw new Error('the table is not there');
    };
    expect((await cli.run('protect', URI, '--canary', URI)).code).toBe(1);
    cli.pipeline.catalog.requests.before = undefined;
    expect((await cli.run('protect', URI, '--canary', URI)).code).toBe(0);
    expect((await status()).one?.canary).toBe(`${URI}/holdfast-canary`);
  });
});

describe('protect --canary', () => {
  it('asks for a right to one object, writes it each hour, and shows the lag', async () => {
    const ran = await cli.run('protect', URI, '--canary', `${URI}/a/`, '--no-initial', '--json');
    expect(v.parse(ProtectedSchema, ran.json()[0])).toMatchObject({ canary: `${URI}/a/holdfast-canary` });
    expect(parameters()).toMatchObject({
      CanaryKey: 'a/holdfast-canary',
      CanaryVaultKey: 's3/docs/a/holdfast-canary',
      VaultBucket: VAULT,
      VaultKmsKeyArn: '',
    });
    const since = cli.pipeline.now;
    expect(settings()).toMatchObject({ canary: { key: 'a/holdfast-canary', since } });
    expect((await status()).text).toMatch(/not checked yet$/);
    await check();
    cli.pipeline.pass(60);
    const { code, one, text } = await status();
    expect([code, text]).toEqual([0, expect.stringMatching(/ proven 1m ago, lag 0ms$/)]);
    expect(one).toMatchObject({
      canary: `${URI}/a/holdfast-canary`,
      rpo: { by: 'canary', at: new Date(since).toISOString(), lagSeconds: 0 },
    });
    // An ordinary object, in everything else.
    expect((await cli.run('ls', URI)).stdout).toContain('a/holdfast-canary');
  });

  it('says when nothing was proven for two intervals, though the checks come', async () => {
    await cli.run('protect', URI, '--canary', URI, '--no-initial');
    cli.pipeline.s3.bucket('docs').deniedKeys.add('holdfast-canary');
    for (let hours = 0; hours < 3; hours++) {
      cli.pipeline.pass(HOUR);
      await check();
    }
    const { code, attention, one } = await status();
    expect([code, one?.rpo]).toMatchObject([3, { by: 'canary', at: null, overdue: true }]);
    expect(attention.join()).toMatch(/nothing so far shows that its changes arrive: .*its canary: .*denied/);
  });

  it('goes with the next protect that does not name it, and begins anew with another', async () => {
    await cli.run('protect', URI, '--canary', URI, '--no-initial');
    await check();
    const first = await cli.pipeline.catalog.getSource(URI);
    expect(first?.proven).toBeDefined();
    cli.pipeline.pass(60);
    await cli.run('protect', URI, '--canary', URI, '--no-initial');
    expect(await cli.pipeline.catalog.getSource(URI)).toEqual(first);
    expect(settings().canary).toEqual(first?.canary);
    await cli.run('protect', URI, '--canary', `${URI}/b/`, '--no-initial');
    const other = await cli.pipeline.catalog.getSource(URI);
    expect(other?.canary).toEqual({ key: 'b/holdfast-canary', since: cli.pipeline.now });
    expect([other?.proven, other?.canaryAt]).toEqual([undefined, undefined]);
    await cli.run('protect', URI, '--no-initial');
    expect(parameters()).toMatchObject({ CanaryKey: '', CanaryVaultKey: '' });
    expect((await cli.pipeline.catalog.getSource(URI))?.canary).toBeUndefined();
    expect(settings()).not.toHaveProperty('canary');
  });

  it.each([
    ['in another bucket', [URI, '--canary', 's3://other/'], 'in another bucket than s3://docs'],
    ['that is no URI', [URI, '--canary', 'a/'], '"a/" is not an S3 URI'],
    [
      'outside the prefix',
      ['s3://new/a/', '--canary', 's3://new/b/'],
      's3://new/b/holdfast-canary would not be backed up',
    ],
    [
      'that a glob excludes',
      ['s3://new', '--exclude', '*canary', '--canary', 's3://new'],
      'would not be backed up',
    ],
    [
      'that no glob includes',
      ['s3://new', '--include', '*.jpg', '--canary', 's3://new'],
      'would not be backed up',
    ],
    ['with a wildcard', [URI, '--canary', `${URI}/a*/`], 'a right for one object cannot be given'],
    [
      'with a variable',
      [URI, '--canary', `${URI}/\${aws:userid}/`],
      'a right for one object cannot be given',
    ],
    ['that is too long', [URI, '--canary', `${URI}/${'x'.repeat(1015)}`], "longer than S3's 1,024 bytes"],
    ['on an object of somebody', ['s3://new', '--canary', 's3://new/taken/'], 'is no canary of Holdfast'],
    ['on a larger object', ['s3://new', '--canary', 's3://new/large/'], 'is no canary of Holdfast'],
    ['on a canary of another', ['s3://new', '--canary', 's3://new/copied/'], 'is no canary of Holdfast'],
    ['that may not be seen', ['s3://new', '--canary', 's3://new/denied/'], 'cannot be seen'],
    ['of a site', ['workdocs://d-1234567890', '--canary', 's3://new/'], '--canary is for buckets'],
  ])('refuses one %s, and changes nothing', async (_, argv, words) => {
    const name = 'holdfast-canary';
    cli.givenBucket('new', {
      [`taken/${name}`]: 'mine',
      [`large/${name}`]: 'x'.repeat(2000),
      [`copied/${name}`]: canaryText(URI, 5),
    });
    cli.pipeline.s3.bucket('new').deniedKeys.add(`denied/${name}`);
    const before = await footprint(cli);
    const { code, stderr } = await cli.run('protect', ...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(await footprint(cli)).toEqual(before);
  });

  it('takes the place of its own one from before', async () => {
    cli.pipeline.s3.put('docs', 'holdfast-canary', canaryText(URI, 5));
    expect((await cli.run('protect', URI, '--canary', URI, '--no-initial')).code).toBe(0);
  });
});
