import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { StatusSchema } from '../../../operations/json/status.ts';
import { SITE_URI } from '../../support/site-vault.ts';
import { CliWorld } from './support/given-cli.ts';
import { givenSite } from './support/given-site.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one' });
});

async function status(...argv: string[]) {
  const ran = await cli.run('status', '--json', ...argv);
  return { code: ran.code, ...v.parse(StatusSchema, ran.json()[0]) };
}

describe('status', () => {
  it('is 0 when all is well', async () => {
    const { code, stdout } = await cli.run('status');

    expect(code).toBe(0);
    expect(stdout).toContain('all is well, and nothing is in flight');
  });

  it('gives the lag of captured changes', async () => {
    cli.pipeline.s3.put('docs', 'b', 'two');
    cli.pipeline.pass(4);
    await cli.pipeline.drain();

    expect((await cli.run('status')).stdout).toMatch(/s3:\/\/docs\s+ok\s+within 5 s\s+within 5 s\s+0/);
    expect((await status()).sources[0]?.lag).toEqual({ captures: 1, p50Seconds: 5, p99Seconds: 5 });
  });

  it('is 3 and gives the reasons when objects could not be captured', async () => {
    for (let i = 0; i < 25; i++) cli.pipeline.s3.put('docs', `cold-${i}`, 'x', { storageClass: 'GLACIER' });
    cli.pipeline.s3.put('docs', 'secret\u001b[2J', 'x', { customerKey: true });
    await cli.pipeline.drain();

    const { code, stdout } = await cli.run('status', 's3://docs');

    expect(code).toBe(3);
    expect(stdout).toContain('25 archived: in an archive storage class');
    expect(stdout).toContain('and 6 more: --json lists all');
    expect(stdout).toContain('! s3://docs: 26 objects not protected in the present state');
    expect(stdout).not.toContain('\u001b');
    const { sources, attention } = await status('s3://docs');
    expect(sources[0]?.unprotectedObjects).toMatchObject({
      total: 26,
      byReason: { archived: 25, 'customer-key': 1 },
    });
    expect(sources[0]?.unprotectedObjects.objects).toHaveLength(26);
    expect(attention).toHaveLength(1);
  });

  it.each([
    [{}, 'failed', 'see the detail, then holdfast reconcile'],
    [{}, 'access-denied', 'check the rights of the role that reads it'],
    [{ importedFrom: 's3://exports/x' }, 'failed', 'could not be imported: see the detail'],
  ] as const)('of a site %j names the way out of %s', async (site, reason, words) => {
    const { catalog } = cli.pipeline;
    await givenSite(cli);
    await catalog.patchSource(SITE_URI, { site });
    const entry = { source: SITE_URI, key: 'document/d', rev: 1, updatedAt: cli.pipeline.now, reason };
    await catalog.putEntry({ ...entry, state: 'unprotected' }, undefined);
    const { stdout } = await cli.run('status', SITE_URI);
    expect(stdout).toContain(`1 ${reason}: `);
    expect(stdout).toContain(words);
    expect(stdout).not.toContain('--redrive');
  });

  it('leaves out what the source no longer covers', async () => {
    cli.pipeline.s3.put('docs', 'cold', 'x', { storageClass: 'GLACIER' });
    await cli.pipeline.drain();
    await cli.run('unprotect', 's3://docs', '--yes');
    await cli.run('protect', 's3://docs', '--exclude', 'cold', '--wait');

    expect(await status()).toMatchObject({ code: 0, attention: [] });
  });

  it('is 3 for dead letters, held deletions and an unreachable source', async () => {
    cli.queues.bury('capture', '{}', cli.pipeline.now);
    await cli.pipeline.catalog.patchSource('s3://docs', {
      unreachable: 'access denied',
      heldDeletions: { job: 'j', count: 5000, at: cli.pipeline.now },
    });

    const { code, attention } = await status();

    expect(code).toBe(3);
    expect(attention).toEqual([
      's3://docs could not be read: access denied',
      's3://docs: 5,000 deletions are held; look at it, then run: holdfast approve s3://docs',
      '1 message given up after all retries: see holdfast failures',
    ]);
  });

  const DAY = 24 * 3600;
  /** The columns of a source's row in the table. */
  const columns = (stdout: string, source = 's3://docs') =>
    stdout
      .split('\n')
      .flatMap((line) => (line.startsWith(`${source} `) ? [line.trim().split(/ {2,}/)] : []))[0];

  it('says when the vault was last compared whole', async () => {
    expect(columns((await cli.run('status')).stdout)?.[5]).toBe('not yet');
    await cli.run('reconcile', 's3://docs', '--vault', '--wait');
    cli.pipeline.pass(3 * DAY);
    const { stdout } = await cli.run('status');
    expect(stdout).toContain('VAULT COMPARED');
    expect(columns(stdout)?.[5]).toBe('3d ago');
    expect((await status()).sources[0]).toMatchObject({ vaultOverdue: false });
  });

  it('is 3, and names the command, when the vault was not compared for two weeks', async () => {
    const seen = async () => {
      const { stdout } = await cli.run('status');
      const { sources, attention } = await status();
      const lines = attention.filter((line) => line.includes('compared'));
      return { column: columns(stdout)?.[5], overdue: sources[0]?.vaultOverdue, lines };
    };
    cli.pipeline.pass(15 * DAY - 60);
    expect(await seen()).toEqual({ column: 'not yet', overdue: false, lines: [] });
    cli.pipeline.pass(60);
    const way = 'run holdfast reconcile s3://docs --vault --wait';
    const never = `s3://docs: its vault was never compared whole, which should take a week: ${way}`;
    expect(await seen()).toEqual({ column: 'overdue: not yet', overdue: true, lines: [never] });
    expect((await cli.run('sources')).stdout).toContain(never);

    expect((await cli.run(...way.split(' ').slice(2))).code).toBe(0);
    expect(await seen()).toMatchObject({ overdue: false, lines: [] });
    cli.pipeline.pass(16 * DAY);
    expect(await seen()).toMatchObject({
      column: 'overdue: 16d ago',
      lines: [expect.stringContaining('last at 2026-')],
    });
  });

  it('calls nothing overdue that is not compared, or is told of otherwise', async () => {
    await givenSite(cli);
    await cli.pipeline.catalog.patchSource(SITE_URI, { site: { importedFrom: 's3://exports/x' } });
    const row = await cli.pipeline.catalog.getSource('s3://docs');
    if (row === undefined) throw new Error('no row');
    const { watchedSince: _, ...earlier } = row;
    await cli.pipeline.catalog.putSource(earlier);
    cli.pipeline.pass(30 * DAY);
    const { sources, attention } = await status();
    expect(sources.map(({ source, vaultOverdue }) => [source, vaultOverdue])).toEqual([
      ['s3://docs', true],
      [SITE_URI, null],
    ]);
    expect(attention.filter((line) => line.includes('compared'))).toEqual([]);
    // Brought up to date, it is compared from then on.
    await cli.run('protect', 's3://docs', '--wait');
    expect((await status('s3://docs')).sources[0]).toMatchObject({ vaultOverdue: false });
  });

  it('waits until nothing is in flight, twice in a row', async () => {
    await cli.run('reconcile', 's3://docs');
    const depths: number[] = [];
    cli.meanwhile = async () => {
      depths.push(cli.pipeline.queue.waiting('reconcile').length);
      await cli.pipeline.drain();
    };

    const { code, settled } = await status('--wait');

    expect({ code, settled }).toEqual({ code: 0, settled: true });
    expect(depths).toEqual([1, 0]);
    expect(cli.progress).toContain('1 message in flight, 0 jobs running');
  });

  it('does not wait for ever for a job of which nothing is left', async () => {
    await cli.run('reconcile', 's3://docs', '--wait');
    const job = await cli.pipeline.catalog.getJob('reconcile-20260301-120001-r2');
    if (job === undefined) throw new Error('no job');
    await cli.pipeline.catalog.createJob({ ...job, id: 'stuck', state: 'running' });

    const ran = await cli.run('status', '--wait');

    expect(ran.stderr).toBe('1 job not finished, but nothing of it is in any queue\n');
    expect(ran.stdout).toContain('running: stuck (s3://docs)');
  });

  it('refuses a source it does not know', async () => {
    expect(await cli.run('status', 's3://nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('s3://nowhere is not known to the stack "holdfast"'),
    });
    expect(await cli.run('status', 'nowhere')).toMatchObject({ code: 2 });
  });

  it('still tells of a source that is no longer protected', async () => {
    await cli.run('unprotect', 's3://docs', '--yes');

    const { code, stdout } = await cli.run('status', 's3://docs', '--wait');

    expect(code).toBe(0);
    expect(stdout).toContain('s3://docs is no longer backed up');
  });
});
