import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { HoldfastError } from '@holdfast/core/model/errors.ts';
import { verifiedJob } from '@holdfast/core/verify/verified-job.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordJob } from '../../../cli/jobs/record-job.ts';
import { Output } from '../../../cli/output.ts';
import { CALLER, CliWorld, silent } from '../cli/support/given-cli.ts';

let cli: CliWorld;
let folder: string;
let told: string[];

beforeEach(() => {
  cli = new CliWorld();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-record-'));
  told = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function context() {
  const stream = { write: (text: string) => told.push(text), ...silent() };
  const output = new Output({ stdout: stream, stderr: stream }, { update: () => {}, clear: () => {} }, false);
  return { output, random: () => 'r1', jobKinds: JOBS };
}

const { job, problems } = verifiedJob(
  'v1',
  { sample: 300 },
  {
    ...{ source: 's3://docs', prefix: 'a/', seed: 7, state: 'partial', provenBelow: 0.01 },
    startedAt: Date.parse('2026-03-01T11:00:00Z'),
    finishedAt: Date.parse('2026-03-01T11:00:09Z'),
    counts: { versions: 12, sampled: 3, right: 1, wrong: 1, archived: 1 },
    problems: [{ key: 'a/x', reason: 'wrong', versionId: 'v', detail: 'version v: other bytes' }],
    unproven: [{ key: 'a/y', reason: 'archived', versionId: 'w' }],
    furtherProblems: 0,
    furtherUnproven: 0,
  },
);

it('shows a verify among the jobs, with a report in the vault and in a file', async () => {
  await recordJob(job, problems, { report: join(folder, 'v.html') }, cli.connection, context());
  await cli.pipeline.drain();

  expect(told).toEqual([`report saved as ${join(folder, 'v.html')}\n`]);
  const page = readFileSync(join(folder, 'v.html'), 'utf8');
  expect(page).toContain('Damage found');
  expect(page).toContain('3 of 12 versions in the vault read: 1 are as recorded.');
  const { stdout } = await cli.run('job', 'v1');
  expect(stdout).toContain('v1: partial in 9s');
  expect(stdout).toContain(`asked for by ${CALLER}`);
  expect(stdout).toContain('wrong: a/x (version v: other bytes)');
  expect(stdout).toContain('page:   s3://vault/reports/verify/2026/03/01/v1.html');
  expect((await cli.run('jobs', '--kind', 'verify')).stdout).toContain(
    '12 versions, 3 sampled, 1 right, 1 wrong',
  );
});

it('is done all the same where it may not be recorded, and says so', async () => {
  cli.pipeline.catalog.createJob = () => Promise.reject(new HoldfastError('no right to write', 'user'));
  await recordJob(job, problems, {}, cli.connection, context());
  expect(told.join('')).toBe(
    'job v1 could not be recorded, and has no report in the vault: no right to write\n',
  );
});
