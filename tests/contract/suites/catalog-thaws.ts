import { randomUUID } from 'node:crypto';
import type { ThawWait } from '@holdfast/core/model/thaw-wait.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import { expect, it } from 'vitest';

const NOW = 1_772_366_400_000;

export function describeThaws(catalog: () => Catalog): void {
  const waitOf = (jobId: string, id: string): ThawWait => ({
    jobId,
    id,
    item: { key: 'k\u0001🦊', vaultKey: 's3/b/k\u0001🦊', versionId: 'v' },
    archive: 'DEEP_ARCHIVE_ACCESS',
    tier: 'bulk',
    askedAt: NOW,
    readyBy: NOW + 1,
    done: false,
  });

  it('adds what a job waits for once, and gives it back', async () => {
    const wait = waitOf(randomUUID(), 'a');
    expect(await catalog().addThaw(wait)).toBe(true);
    expect(await catalog().addThaw({ ...wait, readyBy: NOW + 9 })).toBe(false);
    expect(await catalog().getThaw(wait.jobId, 'a')).toStrictEqual(wait);
    expect(await catalog().getThaw(wait.jobId, 'b')).toBeUndefined();
    expect(await catalog().getThaw('another', 'a')).toBeUndefined();
  });

  it('changes a row that is there, and makes none', async () => {
    const wait = waitOf(randomUUID(), 'a');
    await catalog().addThaw(wait);
    await catalog().patchThaw(wait.jobId, 'a', { readyBy: NOW + 5 });
    await catalog().patchThaw(wait.jobId, 'a', { done: true });
    expect(await catalog().getThaw(wait.jobId, 'a')).toStrictEqual({ ...wait, readyBy: NOW + 5, done: true });
    await catalog().patchThaw(wait.jobId, 'b', { done: true });
    expect(await catalog().getThaw(wait.jobId, 'b')).toBeUndefined();
  });

  it('lists by page what a job waits for', async () => {
    const jobId = randomUUID();
    for (const id of ['c', 'a', 'b']) await catalog().addThaw(waitOf(jobId, id));
    await catalog().addThaw(waitOf(randomUUID(), 'd'));
    const first = await catalog().listThaws(jobId, { limit: 2 });
    expect([first.waits.map(({ id }) => id), first.more]).toEqual([['a', 'b'], true]);
    const rest = await catalog().listThaws(jobId, { after: 'b', limit: 2 });
    expect([rest.waits.map(({ id }) => id), rest.more]).toEqual([['c'], false]);
  });

  it('lists the jobs that wait', async () => {
    const jobId = randomUUID();
    await catalog().putThawingJob({ jobId, readyBy: NOW, ended: false });
    await catalog().putThawingJob({ jobId, readyBy: NOW + 1, ended: true });
    const job = { jobId, readyBy: NOW + 1, ended: true };
    expect(await catalog().getThawingJob(jobId)).toStrictEqual(job);
    expect(await catalog().listThawingJobs()).toContainEqual(job);
    expect(await catalog().getThawingJob('another')).toBeUndefined();
  });
}
