import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReportSchema } from '@holdfast/core/model/report.ts';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobResultSchema, ResumedSchema } from '../../../operations/json/job.ts';
import { TARGET, VAULT } from '../../../testing/pipeline.ts';
import { CALLER, CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;
let folder: string;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one', b: 'two' });
  folder = mkdtempSync(join(tmpdir(), 'holdfast-reports-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);

/** A restore of which nothing was done yet. */
async function running(jobId: string): Promise<void> {
  await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', jobId, '--yes');
  const [body = ''] = cli.pipeline.queue.take('restore');
  await cli.pipeline.handle('restore', cli.pipeline.message(body));
}

/** A restore that left a conflict. */
async function partial(jobId: string): Promise<void> {
  cli.pipeline.s3.put(TARGET, 'a', 'another');
  await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', jobId, '--wait');
}

describe('job --cancel', () => {
  it('asks, says what is at stake, and ends the job', async () => {
    await running('j');
    cli.answer = 'y';

    const { code, stdout } = await cli.run('job', 'j', '--cancel');

    expect(code).toBe(0);
    expect(cli.questions).toEqual([
      'j: 0 of 0+ objects, 0 B restored. Cancel it? What was done by then stays. [y/N] ',
    ]);
    expect(stdout).toContain('j: cancelled in ');
    expect(stdout).toContain(`cancelled by ${CALLER}: what was restored stays`);
    await cli.pipeline.drain();
    expect(cli.pipeline.s3.keys(TARGET)).toEqual([]);
    expect(cli.pipeline.s3.keys(VAULT)).toContain('reports/restore/2026/03/01/j.html');
  });

  it('leaves it alone when the answer is no, or nobody is there to give one', async () => {
    await running('j');
    cli.answer = 'n';
    expect((await cli.run('job', 'j', '--cancel')).code).toBe(1);
    cli.answer = undefined;
    expect(await cli.run('job', 'j', '--cancel')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say --yes'),
    });
    expect((await cli.pipeline.job('j')).state).toBe('running');
  });

  it('answers in JSON as documented, and can save the report at once', async () => {
    await running('j');
    const ran = await cli.run('job', 'j', '--cancel', '--yes', '--json', '--report', file('j.json'));
    expect(v.parse(JobResultSchema, ran.json()[0])).toMatchObject({ job: { state: 'cancelled' } });
    expect(v.parse(ReportSchema, JSON.parse(readFileSync(file('j.json'), 'utf8')))).toMatchObject({
      state: 'cancelled',
      askedBy: { name: CALLER },
    });
  });

  it.each([
    ['nope', 'there is no job "nope": holdfast jobs lists them'],
    ['over', 'job over is not running: it is done; nothing was changed'],
  ])('needs a job that runs: %s', async (id, words) => {
    await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', 'over', '--wait');
    const before = await footprint(cli);
    expect(await cli.run('job', id, '--cancel', '--yes')).toMatchObject({
      code: 2,
      stderr: `holdfast: ${words}\n`,
    });
    expect(await footprint(cli)).toEqual(before);
  });

  it('ends a wait with 3', async () => {
    await running('j');
    cli.meanwhile = async () => {
      await cli.run('job', 'j', '--cancel', '--yes');
    };
    expect((await cli.run('job', 'j', '--wait')).code).toBe(3);
  });

  it('goes with neither --wait nor --resume', async () => {
    expect((await cli.run('job', 'j', '--cancel', '--wait')).code).toBe(2);
    expect((await cli.run('job', 'j', '--cancel', '--resume')).code).toBe(2);
  });
});

describe('job --resume', () => {
  it('goes on as a job of its own, and ends as that one does', async () => {
    await partial('j');
    await cli.pipeline.store.hide({ bucket: TARGET, key: 'a' });

    const { code, stdout } = await cli.run('job', 'j', '--resume', '--wait');

    expect(code).toBe(0);
    expect(stdout).toContain('j is gone on with, as j.2');
    expect(stdout).toContain('goes on with j');
    expect(stdout).toContain(`asked for by ${CALLER}`);
    expect(stdout).toContain('1 restored (3 B), 1 already right');
  });

  it('is the same job when it is asked for again', async () => {
    await partial('j');
    await cli.run('job', 'j', '--resume', '--wait');
    const before = await footprint(cli);

    const ran = await cli.run('job', 'j', '--resume', '--json');

    expect(v.parse(ResumedSchema, ran.json()[0])).toEqual({
      source: 's3://docs',
      continues: 'j',
      jobId: 'j.2',
      result: null,
    });
    expect(await footprint(cli)).toEqual(before);
  });

  it.each([
    ['nope', 'there is no job "nope"'],
    ['over', 'job over cannot be resumed: it is done, and nothing is left of it'],
    ['runs', 'job runs cannot be resumed: it is running; holdfast job runs --wait follows it'],
  ])('needs a restore that something is left of: %s', async (id, words) => {
    await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', 'over', '--wait');
    await running('runs');
    expect(await cli.run('job', id, '--resume')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
  });
});

describe('--report', () => {
  it('saves a page for people or JSON, by the name, and says so beside the answer', async () => {
    await partial('j');
    const { code, stderr } = await cli.run('job', 'j', '--report', file('j.html'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: `report saved as ${file('j.html')}\n` });
    expect(readFileSync(file('j.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*Partly done/);

    await cli.run('job', 'j', '--report', file('j.JSON'));
    expect(v.parse(ReportSchema, JSON.parse(readFileSync(file('j.JSON'), 'utf8')))).toMatchObject({
      problems: [{ key: 'a', reason: 'conflict' }],
      reasons: [{ reason: 'conflict', count: 1 }],
    });
    expect(readdirSync(folder).sort()).toEqual(['j.JSON', 'j.html']);
  });

  it('is there for reconciles and restores that are waited for, also where the vault may not be read', async () => {
    const { store } = cli.pipeline;
    store.get = () => store.head({ bucket: 'no-such', key: 'x' }) as never;
    expect((await cli.run('reconcile', 's3://docs', '--wait', '--report', file('r.html'))).code).toBe(0);
    expect(readFileSync(file('r.html'), 'utf8')).toContain('2 objects compared');
    const restore = ['restore', 's3://docs', '--to', `s3://${TARGET}`, '--wait'];
    await cli.run(...restore, '--report', file('s.html'));
    expect(readFileSync(file('s.html'), 'utf8')).toContain('All 2 objects are in place');
    await cli.run('job', 'nope', '--report', file('t.html'));
    expect(existsSync(file('t.html'))).toBe(false);
  });

  it.each([
    ['x.txt', ['--wait'], 'let the name end in .html or .json'],
    ['x.html', [], '--report needs --wait'],
    ['there.html', ['--wait'], 'exists already: name another file, or remove it'],
    ['no/folder/x.html', ['--wait'], 'there is no folder'],
  ])('is refused before anything is sent: %s %j', async (name, more, words) => {
    writeFileSync(file('there.html'), 'mine');
    const before = await footprint(cli);
    for (const command of [
      ['reconcile', 's3://docs'],
      ['restore', 's3://docs', '--to', `s3://${TARGET}`],
    ]) {
      const ran = await cli.run(...command, ...more, '--report', file(name));
      expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    }
    expect(await footprint(cli)).toEqual(before);
    expect(readFileSync(file('there.html'), 'utf8')).toBe('mine');
  });

  it('needs a job that has ended', async () => {
    await running('j');
    expect(await cli.run('job', 'j', '--report', file('j.html'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is running, and has no report yet'),
    });
  });

  it('has what the vault kept when the catalog has forgotten it', async () => {
    await partial('j');
    cli.pipeline.catalog.listProblems = async function* () {};
    await cli.run('job', 'j', '--report', file('j.json'));
    expect(JSON.parse(readFileSync(file('j.json'), 'utf8')).problems).toHaveLength(1);
  });
});

describe('jobs', () => {
  it('shows who asked, what it goes on with, and both places of the report', async () => {
    await partial('j');
    await cli.run('job', 'j', '--resume', '--wait');
    const { stdout } = await cli.run('job', 'j.2');
    expect(stdout).toContain('report: s3://vault/reports/restore/2026/03/01/j.2.json');
    expect(stdout).toContain('page:   s3://vault/reports/restore/2026/03/01/j.2.html');
    const jobs = (await cli.run('jobs', '--json')).json()[0] as { jobs: object[] };
    expect(jobs.jobs).toContainEqual(
      expect.objectContaining({ id: 'j.2', continues: 'j', askedBy: { sender: null, name: CALLER } }),
    );
  });
});
