import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobResultSchema } from '../../../operations/json/job.ts';
import { JobsSchema } from '../../../operations/json/jobs.ts';
import { TARGET } from '../../../testing/pipeline.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one' });
  await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', 'friday', '--wait');
});

describe('jobs', () => {
  it('lists the newest first', async () => {
    const lines = (await cli.run('jobs')).stdout.split('\n');

    expect(lines[0]).toMatch(/^JOB +SOURCE +STATE +STARTED +TOOK +RESULT$/);
    expect(lines[1]).toMatch(/^friday +s3:\/\/docs +done .*1 restored \(3 B\), 0 already right$/);
    expect(lines[2]).toMatch(/^reconcile-\S+ +s3:\/\/docs +done .*1 object \(3 B\), 1 captured \(3 B\)$/);
  });

  it('takes a kind and a limit, and answers in JSON as documented', async () => {
    const one = v.parse(JobsSchema, (await cli.run('jobs', '--limit', '1', '--json')).json()[0]);
    expect(one).toMatchObject({ jobs: [{ id: 'friday', kind: 'restore' }], further: 1 });

    const reconciles = v.parse(
      JobsSchema,
      (await cli.run('jobs', '--kind', 'reconcile', '--json')).json()[0],
    );
    expect(reconciles).toMatchObject({ jobs: [{ kind: 'reconcile' }], further: 0 });
  });

  it('shows failed and running jobs by what is known of them', async () => {
    const job = await cli.pipeline.job('friday');
    const { finishedAt: _, ...running } = job;
    await cli.pipeline.catalog.createJob({ ...running, id: 'now', state: 'running', batchesQueued: 9 });
    await cli.pipeline.catalog.createJob({
      ...job,
      id: 'bad',
      state: 'failed',
      message: 'no such bucket',
      request: 'x',
    });

    const { stdout } = await cli.run('jobs');

    expect(stdout).toMatch(/now .*running .* - +1 of 1 objects, 3 B restored, 8 batches left/);
    expect(stdout).toMatch(/bad .*failed .*no such bucket/);
  });
});

describe('job', () => {
  it('shows one job and where its report is', async () => {
    const { code, stdout } = await cli.run('job', 'friday');

    expect(code).toBe(0);
    expect(stdout).toContain('friday: done in 0ms');
    expect(stdout).toContain(`s3://docs/ as of 2026-03-01T12:00:01.000Z to s3://${TARGET}`);
    expect(stdout).toContain('report: s3://vault/reports/restore/2026/03/01/friday.json');
  });

  it('answers in JSON as documented', async () => {
    const ran = await cli.run('job', 'friday', '--json');

    expect(v.parse(JobResultSchema, ran.json()[0])).toMatchObject({ job: { id: 'friday', state: 'done' } });
  });

  it('waits for a job, and ends as it ended', async () => {
    cli.pipeline.s3.put(TARGET, 'a', 'another');
    await cli.run('restore', 's3://docs', '--to', `s3://${TARGET}`, '--job-id', 'monday');

    expect((await cli.run('job', 'monday', '--wait')).code).toBe(3);
    expect((await cli.run('job', 'monday')).code).toBe(0);
  });

  it('refuses an id there is not; with --wait only after a while', async () => {
    expect(await cli.run('job', 'nope')).toMatchObject({
      code: 2,
      stderr: 'holdfast: there is no job "nope": holdfast jobs lists them\n',
    });
    expect(await cli.run('job', 'nope', '--wait')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has not begun after 1m'),
    });
  });
});
