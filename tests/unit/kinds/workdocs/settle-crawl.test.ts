import { settleCrawl } from '@holdfast/core/kinds/workdocs/crawl/settle-crawl.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SITE_SOURCE, SitePipeline } from './support/site-pipeline.ts';

let world: SitePipeline;
beforeEach(async () => {
  world = new SitePipeline();
  await world.protect();
});

/** A crawl that listed everything, and had all of it looked at. */
async function listed(job: Partial<Job> = {}): Promise<void> {
  await world.catalog.createJob({
    ...{ id: 'c1', kind: 'reconcile', source: SITE_SOURCE, state: 'running', phase: 'compare' },
    ...{ trigger: 'schedule', startedAt: 0, openRanges: 0, batchesQueued: 0, batchesDone: 0, counts: {} },
    ...job,
  });
}

async function settled(receiveCount = 1, messageId = 'm'): Promise<{ job: Job; steps: unknown[] }> {
  await settleCrawl('c1', world.world, { receiveCount, messageId });
  const steps = world.queue.take('site').map((body) => JSON.parse(body).step);
  return { job: await world.job('c1'), steps };
}

const FIRST_COUNT = { id: '0', phase: 'count' };
const DELETING = { phase: 'deletions', openRanges: 1, deletionsBy: 'a' } as const;

describe('a crawl', () => {
  it('that has listed everything goes on to what was not listed, once', async () => {
    await listed();
    expect(await settled()).toMatchObject({
      job: { state: 'running', phase: 'deletions' },
      steps: [FIRST_COUNT],
    });
    expect((await settled(1, 'another')).steps).toEqual([]);
  });

  it.each([{ openRanges: 1 }, { batchesQueued: 2, batchesDone: 1 }])(
    'that still lists (%j) stays where it is, also when a message comes again',
    async (left) => {
      await listed(left);
      for (const receives of [1, 2])
        expect(await settled(receives)).toMatchObject({ job: { phase: 'compare' }, steps: [] });
    },
  );

  it.each([
    ['another message', 1, 'm', []],
    ['a message that came again', 2, 'm', [FIRST_COUNT]],
    ['the message that went on', 1, 'a', [FIRST_COUNT]],
  ] as const)('whose count nobody has begun: %s', async (_, receives, messageId, steps) => {
    await listed(DELETING);
    expect((await settled(receives, messageId)).steps).toEqual(steps);
  });

  it('whose count was begun does not begin it again', async () => {
    await listed(DELETING);
    await world.catalog.completeStep({
      ...{ jobId: 'c1', step: 'count-0', progress: {}, problems: [], continuations: [] },
    });
    expect((await settled(2, 'a')).steps).toEqual([]);
  });

  it('that has asked for all that was not listed ends, with the totals that it counted', async () => {
    const counts = {
      users: 1,
      objects: 7,
      bytes: 70,
      withReason: 2,
      suspectsDeleted: 3,
      suspectsDeletedBytes: 30,
    };
    await listed({ ...DELETING, openRanges: 0, counts });
    await world.catalog.completeStep({
      ...{ jobId: 'c1', step: 'count-0', progress: {}, problems: [], continuations: [] },
    });
    expect((await settled()).job).toMatchObject({ state: 'done' });
    expect((await world.source()).totals).toMatchObject({ objects: 4, bytes: 40, unprotected: 2 });
  });

  it.each(['failed', 'unprotected'])('of which something %s ends partial', async (what) => {
    await listed({ ...DELETING, openRanges: 0, counts: { users: 1, [what]: 1 } });
    expect((await settled()).job).toMatchObject({ state: 'partial' });
  });

  it('that has ended stays as it is; one that was cancelled has its report written anew', async () => {
    await listed({ ...DELETING, openRanges: 0 });
    await world.catalog.finishJob('c1', { state: 'cancelled', finishedAt: 1 });
    expect((await settled()).job).toMatchObject({ state: 'cancelled', finishedAt: 1 });
    expect(world.queue.take('report').map((body) => JSON.parse(body))).toEqual([
      { kind: 'report', jobId: 'c1' },
    ]);
    expect(await world.source()).not.toHaveProperty('lastReconcileJob');
  });

  it('that nobody knows is nobody’s to settle', async () => {
    await settleCrawl('c9', world.world, { receiveCount: 1, messageId: 'm' });
    expect(world.queue.take('report')).toEqual([]);
  });
});
