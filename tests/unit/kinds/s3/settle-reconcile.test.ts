import { settleReconcile } from '@holdfast/core/kinds/s3/reconcile/settle-reconcile.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

/** A reconcile whose ranges were all compared. */
async function compared(job: Partial<Job>): Promise<void> {
  await pipeline.catalog.createJob({
    id: 'r1',
    kind: 'reconcile',
    source: sourceUri(SOURCE),
    state: 'running',
    phase: 'compare',
    trigger: 'schedule',
    startedAt: 0,
    openRanges: 0,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
    ...job,
  });
}

async function settled(redelivered = false): Promise<{ job: Job; steps: unknown[] }> {
  await settleReconcile('r1', pipeline.world, { receiveCount: redelivered ? 2 : 1, messageId: 'm' });
  const steps = pipeline.queue.take('reconcile').map((body) => JSON.parse(body).step);
  return { job: await pipeline.job('r1'), steps };
}

const FIRST_DELETIONS = { id: '0', phase: 'deletions' };

describe('a reconcile that has compared everything', () => {
  it.each([
    [1000, 1100],
    [2000, 20_000],
  ])('goes on to the deletions of %i of %i objects', async (gone, entries) => {
    await compared({ counts: { gone, entries } });
    expect(await settled()).toMatchObject({
      job: { state: 'running', phase: 'deletions' },
      steps: [FIRST_DELETIONS],
    });
  });

  it.each([
    [1001, 1100],
    [2001, 20_000],
  ])('holds the deletions of %i of %i objects', async (gone, entries) => {
    await compared({ counts: { gone, entries } });
    const { job, steps } = await settled();
    expect(job).toMatchObject({
      state: 'partial',
      message: expect.stringContaining(`${gone} of ${entries} `),
    });
    expect(steps).toEqual([]);
  });

  it('ends also when its source is no longer known', async () => {
    await compared({ source: 's3://forgotten' });
    expect((await settled()).job.state).toBe('done');
  });

  it('and has ended, or that nobody knows, stays as it is', async () => {
    await compared({ counts: { gone: 5 } });
    await pipeline.catalog.finishJob('r1', { state: 'failed', finishedAt: 1 });
    expect(await settled()).toMatchObject({ job: { state: 'failed', finishedAt: 1 }, steps: [] });
    await settleReconcile('r9', pipeline.world, { receiveCount: 1, messageId: 'm' });
    expect(pipeline.telemetry.values('MissedEvents')).toEqual([]);
  });
});

describe('a reconcile that deletes', () => {
  beforeEach(() => compared({ phase: 'deletions', openRanges: 1 }));

  it('sends its first step again when nobody has begun it, and a message came again', async () => {
    expect((await settled(false)).steps).toEqual([]);
    expect((await settled(true)).steps).toEqual([FIRST_DELETIONS]);
  });

  it.each([
    [1, []],
    [2, [FIRST_DELETIONS]],
  ])('sends it also from a batch that came again: delivery %i', async (receives, steps) => {
    const batch = {
      kind: 'capture',
      source: sourceUri(SOURCE),
      jobId: 'r1',
      batch: 'compare-0.0',
      items: [],
    };
    await pipeline.handle('backlog', { ...pipeline.message(JSON.stringify(batch)), receives: receives - 1 });
    expect(pipeline.queue.take('reconcile').map((body) => JSON.parse(body).step)).toEqual(steps);
  });

  it('does not when somebody has', async () => {
    const step = { jobId: 'r1', step: 'deletions-0', progress: {}, problems: [], continuations: [] };
    await pipeline.catalog.completeStep(step);
    expect((await settled(true)).steps).toEqual([]);
  });
});
