import { cancelJob } from '@holdfast/core/jobs/cancel-job.ts';
import { endJob } from '@holdfast/core/jobs/end-job.ts';
import { barOf, countOf } from '@holdfast/core/jobs/job-counts.ts';
import { type JobKind, JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import { recordFinishedJob } from '@holdfast/core/jobs/record-finished-job.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { RESUMED_JOBS } from '@holdfast/core/kinds/resumed-jobs.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { reportKey, reportPageKey } from '@holdfast/core/model/report.ts';
import { writeReport } from '@holdfast/core/report/write-report.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryNotices } from '../../../testing/memory/memory-notices.ts';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld } from '../cli/support/given-cli.ts';

// The core and the command line know of no drill. It is one more in the list of kinds of jobs that they are given.

const SOURCE = 's3://photos';
let ended: string[];

const DRILL: JobKind = {
  id: 'toy-drill',
  title: 'Drill',
  verdicts: {
    running: 'Drilling',
    done: 'Ready',
    partial: 'Half ready',
    failed: 'Unready',
    cancelled: 'Called off',
  },
  isDamaged: (counts) => countOf(counts, 'burnt') > 0,
  isAlwaysTold: true,
  took: 'Out of the house in',
  sentence: ({ counts }) => `${countOf(counts, 'out')} people are out.`,
  advice: ({ source }) => [{ words: 'Run again:', command: `holdfast toy-drill ${source}` }],
  bars: (counts) => [
    barOf('People', counts, [['ok', 'out', 'out of the house']], countOf(counts, 'people'), [
      'bad',
      'inside',
    ]),
  ],
  remarks: () => ['It was only a drill.'],
  progress: ({ counts }) => `${countOf(counts, 'out')} of ${countOf(counts, 'people')} people out`,
  parts: (counts) => [`${countOf(counts, 'out')} out`],
  whatStays: ({ source }) => `who is out stays out; holdfast toy-drill ${source} goes on`,
  whyNotResumed: ({ source }) => `holdfast toy-drill ${source} begins anew`,
  end: (job, ...rest) => {
    ended.push(job.id);
    return endJob(job, ...rest);
  },
};

let cli: CliWorld;
let notices: MemoryNotices;
const jobKinds = new JobKinds([...JOBS.all, DRILL]);

beforeEach(() => {
  ended = [];
  cli = new CliWorld();
  cli.jobKinds = jobKinds;
  notices = new MemoryNotices();
});

async function given(more: Partial<Job>): Promise<Job> {
  const { pipeline } = cli;
  const row: Job = {
    ...{ id: 'd1', kind: DRILL.id, source: SOURCE, state: 'running', phase: 'work', trigger: 'message' },
    ...{ startedAt: pipeline.now - 5000, openRanges: 0, batchesQueued: 0, batchesDone: 0 },
    counts: { people: 5, out: 3 },
    ...more,
  };
  await pipeline.catalog.createJob(row);
  return row;
}

async function writtenReports(): Promise<void> {
  const { pipeline } = cli;
  for (const body of pipeline.queue.take('report'))
    await writeReport(body, pipeline.delivery(pipeline.message(body)), {
      ...pipeline.handledWorld,
      jobKinds,
      notices,
    });
}

function page(): string {
  const key = reportKey(DRILL.id, 'd1', cli.pipeline.now - 5000);
  return cli.pipeline.s3.text(VAULT, reportPageKey(key)) ?? '';
}

async function recorded(state: 'done' | 'partial', counts: Job['counts']): Promise<void> {
  const { pipeline } = cli;
  const times = { startedAt: pipeline.now - 5000, finishedAt: pipeline.now };
  const job = { id: 'd1', kind: DRILL.id, source: SOURCE, trigger: 'message', state, counts, ...times };
  expect(await recordFinishedJob(job, [], pipeline.world)).toBeUndefined();
  await writtenReports();
}

describe('a further kind of job', () => {
  it('has its own page: verdict, sentence, what to do, bars, remarks', async () => {
    await recorded('partial', { people: 5, out: 3 });
    const text = page();
    for (const words of ['Half ready', '3 people are out.', 'holdfast toy-drill s3://photos', 'Drill of'])
      expect(text).toContain(words);
    for (const words of ['out of the house', 'inside', 'Out of the house in', 'It was only a drill.'])
      expect(text).toContain(words);
  });

  it('is told of as it wants, also when it found damage', async () => {
    await recorded('done', { people: 5, out: 5, burnt: 1 });
    expect(notices.told).toMatchObject([
      { subject: 'Holdfast: Drill damage found: s3://photos (d1)', labels: { kind: 'toy-drill' } },
    ]);
    expect(page()).not.toContain('What to do');
  });

  it('is cancelled in its own way, and resumed by nobody', async () => {
    await given({});
    const job = await cancelJob('d1', 'anna', cli.pipeline.world, jobKinds);
    expect(ended).toEqual(['d1']);
    expect(job.message).toBe(
      'cancelled by anna: who is out stays out; holdfast toy-drill s3://photos goes on',
    );
    const { code, stderr } = await cli.run('job', 'd1', '--resume');
    expect(code).not.toBe(0);
    expect(stderr).toContain('job d1 cannot be resumed: holdfast toy-drill s3://photos begins anew');
  });

  it('is shown by the command line, while it runs and when it is over', async () => {
    await given({ batchesQueued: 1 });
    expect((await cli.run('jobs')).stdout).toContain('3 of 5 people out, 1 batch left');
    await cancelJob('d1', undefined, cli.pipeline.world, jobKinds);
    expect((await cli.run('jobs')).stdout).toMatch(/cancelled.*3 out/);
    expect((await cli.run('job', 'd1')).stdout).toContain('  3 out\n');
  });
});

describe('the list of kinds of jobs', () => {
  it('has each name once, and finds the kind by name and source', () => {
    expect(jobKinds.ids).toEqual(['reconcile', 'restore', 'verify', 'import', 'toy-drill']);
    const sentenceFor = (source: string) =>
      jobKinds.of({ kind: 'reconcile', source }).sentence({
        ...{ kind: 'reconcile', source, state: 'done', counts: {} },
      });
    expect(sentenceFor('s3://photos')).toBe('0 objects compared, 0 captured.');
    expect(sentenceFor('workdocs://d-1234567890')).toBe('0 users, folders and documents listed, 0 captured.');
  });

  it('names the kind that a newer release may have', () => {
    expect(() => JOBS.of({ kind: 'toy-drill', source: SOURCE })).toThrow(
      'a job of the kind "toy-drill" for s3://photos is not known to this release of Holdfast: update it',
    );
  });
});

it.each(JOBS.all)(
  'why a $id is not resumed, who accepts restores says as everybody else',
  async ({ id, scheme }) => {
    const job = await given({ kind: id, source: `${scheme ?? 's3://'}d-1234567890` });
    expect(RESUMED_JOBS.of(job).whyNotResumed(job)).toBe(JOBS.of(job).whyNotResumed(job));
  },
);
