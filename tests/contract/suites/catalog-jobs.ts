import { randomUUID } from 'node:crypto';
import { HoldfastError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { Catalog, StepRecord } from '@holdfast/core/ports/catalog.ts';
import { expect, it } from 'vitest';

const NOW = 1_772_366_400_000;

export function describeJobs(catalog: () => Catalog): void {
  async function begun(fields: Partial<Job> = {}): Promise<Job> {
    const job = { ...newJob(), ...fields };
    await catalog().createJob(job);
    return job;
  }

  it('gives back a job as it was created', async () => {
    const request = { source: 's3://b', include: [], at: null, nested: { '': '' } };
    const job = await begun({
      counts: { copied: 1, 'skipped-same': 0 },
      request,
      approved: true,
      message: '',
    });
    expect(await catalog().getJob(job.id)).toStrictEqual(job);
    expect(await catalog().getJob('never')).toBeUndefined();
  });

  it('creates a job of one id once', async () => {
    const job = newJob();
    expect(await catalog().createJob(job)).toBe(true);
    expect(await catalog().createJob({ ...job, trigger: 'second' })).toBe(false);
    expect((await catalog().getJob(job.id))?.trigger).toBe('test');
  });

  it('lists all jobs', async () => {
    const mine = await Promise.all([begun(), begun()]);
    const listed = await catalog().listJobs();
    for (const job of mine) expect(listed).toContainEqual(job);
  });

  it('counts a step once, however often it comes', async () => {
    const job = await begun({ openRanges: 1, counts: { seen: 1 } });
    const step: StepRecord = {
      jobId: job.id,
      step: 'range-1',
      progress: { openRanges: 2, batchesQueued: 3, counts: { seen: 10, new: 4 } },
      problems: [
        { key: 'k\u0001🦊', reason: 'archived', detail: '' },
        { key: 'l', reason: 'failed' },
      ],
      continuations: ['{"a":1}', '{"b":2}'],
    };
    const done = await Promise.all([1, 2, 3].map(() => catalog().completeStep(step)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await catalog().getJob(job.id)).toMatchObject({
      openRanges: 3,
      batchesQueued: 3,
      batchesDone: 0,
      counts: { seen: 11, new: 4 },
    });
    expect(await catalog().getStep(job.id, 'range-1')).toEqual(step);
    expect(await catalog().getStep(job.id, 'range-2')).toBeUndefined();
  });

  it('counts steps that end at the same time', async () => {
    const job = await begun({ openRanges: 20 });
    const steps = Array.from({ length: 20 }, (_, n) =>
      stepOf(job.id, `s${n}`, { openRanges: -1, counts: { n: 1 } }),
    );
    const done = await Promise.all(steps.map((step) => catalog().completeStep(step)));
    expect(done).not.toContain(false);
    expect(await catalog().getJob(job.id)).toMatchObject({ openRanges: 0, counts: { n: 20 } });
  });

  it('records no step of a job that does not exist', async () => {
    const jobId = `never-${randomUUID()}`;
    await expect(catalog().completeStep(stepOf(jobId, 's'))).rejects.toThrow(HoldfastError);
    expect(await catalog().getJob(jobId)).toBeUndefined();
    expect(await catalog().getStep(jobId, 's')).toBeUndefined();
  });

  it('collects the problems of all steps of one job', async () => {
    const [job, other] = await Promise.all([begun(), begun()]);
    const problem = (key: string) => ({ key, reason: 'failed' });
    await catalog().completeStep({ ...stepOf(job.id, 'a'), problems: [problem('1'), problem('2')] });
    await catalog().completeStep({ ...stepOf(job.id, 'b'), problems: [] });
    await catalog().completeStep({ ...stepOf(job.id, 'c'), problems: [problem('3')] });
    await catalog().completeStep({ ...stepOf(other.id, 'a'), problems: [problem('not mine')] });
    const problems = await Array.fromAsync(catalog().listProblems(job.id));
    expect(problems.map(({ key }) => key).sort()).toEqual(['1', '2', '3']);
  });

  it('goes over to deletions once', async () => {
    const job = await begun({ kind: 'reconcile', phase: 'compare', openRanges: 0 });
    const entered = await Promise.all([1, 2, 3].map(() => catalog().enterDeletions(job.id, 'm1', 'compare')));
    expect(entered.filter(Boolean)).toHaveLength(1);
    expect(await catalog().getJob(job.id)).toMatchObject({ phase: 'deletions', openRanges: 1 });
    const ended = await begun({ state: 'failed' });
    expect(await catalog().enterDeletions(ended.id, 'm1', 'compare')).toBe(false);
    expect(await catalog().enterDeletions('never', 'm1', 'compare')).toBe(false);
  });

  it('finishes a running job once', async () => {
    const job = await begun();
    const end = { state: 'partial', finishedAt: NOW + 1, report: 'reports/r.json' } as const;
    expect(await catalog().finishJob(job.id, end)).toBe(true);
    expect(await catalog().finishJob(job.id, { state: 'failed', finishedAt: NOW + 2, message: 'late' })).toBe(
      false,
    );
    expect(await catalog().getJob(job.id)).toStrictEqual({ ...job, ...end });
    expect(await catalog().finishJob('never', end)).toBe(false);
  });
}

function newJob(): Job {
  return {
    id: `job-${randomUUID()}`,
    kind: 'reconcile',
    source: 's3://bucket',
    state: 'running',
    phase: 'compare',
    trigger: 'test',
    startedAt: NOW,
    openRanges: 1,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
  };
}

function stepOf(jobId: string, step: string, progress: StepRecord['progress'] = {}): StepRecord {
  return { jobId, step, progress, problems: [], continuations: [] };
}
