import { checksums } from '@holdfast/core/aws/checksums.ts';
import { cancelJob } from '@holdfast/core/jobs/cancel-job.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { nextJobId } from '@holdfast/core/model/job.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

let p: Pipeline;

beforeEach(async () => {
  p = new Pipeline({ settings: { keysPerStep: 2 } });
  await p.protect();
  for (const key of ['a', 'b', 'c', 'd', 'e']) p.s3.put(SOURCE, key, `of ${key}`);
  await p.drain();
});

async function begin(jobId: string, extra: object = {}): Promise<void> {
  const body = { source: `s3://${SOURCE}`, target: `s3://${TARGET}`, jobId, ...extra };
  await p.queue.send('restore', [JSON.stringify(body)]);
}

/** Does what waits in one queue now. @returns the messages */
async function work(queue: QueueName) {
  const messages = p.queue.take(queue).map((body) => p.message(body));
  for (const message of messages) await p.handle(queue, message);
  return messages;
}

async function resume(jobId: string, extra: object = {}): Promise<Job[]> {
  await p.queue.send('restore', [JSON.stringify({ resume: jobId, ...extra })]);
  await p.drain();
  return p.catalog.listJobs();
}

async function reportText(jobId: string): Promise<string> {
  return p.s3.text(VAULT, (await p.job(jobId)).report ?? '') ?? '';
}

describe('a restore that is cancelled', () => {
  it('drops the batches that wait, and its report says what was done by then', async () => {
    await begin('j');
    await work('restore');
    await work('restore');
    await work('restore');
    const [first = '', ...others] = p.queue.take('restoreWork');
    await p.handle('restoreWork', p.message(first));
    await p.queue.send('restoreWork', others);

    const job = await cancelJob('j', 'anna', p.world, JOBS);
    expect(job).toMatchObject({
      state: 'cancelled',
      message: 'cancelled by anna: what was restored stays; what is left is done by: holdfast job j --resume',
    });
    await p.drain();

    expect(p.s3.keys(TARGET)).toEqual(['a', 'b']);
    expect(await p.job('j')).toMatchObject({ state: 'cancelled', counts: { restored: 2 } });
    expect(JSON.parse(await reportText('j'))).toMatchObject({ state: 'cancelled', counts: { restored: 2 } });
    expect(p.dead).toEqual([]);
  });

  it('is not planned on, also by a step that comes again', async () => {
    await begin('j');
    const [accepted] = await work('restore');
    await cancelJob('j', undefined, p.world, JOBS);
    if (accepted !== undefined) await p.handle('restore', accepted);
    await p.drain();
    expect(await p.job('j')).toMatchObject({ state: 'cancelled', counts: {} });
    expect(p.s3.keys(TARGET)).toEqual([]);
  });

  it('has in its report what a batch did that was under way', async () => {
    await begin('j');
    await work('restore');
    await work('restore');
    const batch = p.message(p.queue.take('restoreWork')[0] ?? '');
    const { copy } = p.store;
    let cancelled = false;
    p.store.copy = async (...args) => {
      if (!cancelled) {
        cancelled = true;
        await cancelJob('j', undefined, p.world, JOBS);
        for (const body of p.queue.take('report')) await p.handle('report', p.message(body));
        expect(JSON.parse(await reportText('j')).counts).not.toHaveProperty('restored');
      }
      return copy.apply(p.store, args);
    };
    await p.handle('restoreWork', batch);
    await p.drain();
    expect(JSON.parse(await reportText('j'))).toMatchObject({ state: 'cancelled', counts: { restored: 2 } });
  });

  it('leaves no upload half-way in the target', async () => {
    p = new Pipeline({ settings: { multipartThresholdBytes: 10, partBytes: 5 } });
    await p.protect();
    p.s3.put(SOURCE, 'big', 'x'.repeat(40));
    await p.drain();
    await begin('j');
    await work('restore');
    await work('restore');
    const [batch = ''] = p.queue.take('restoreWork');
    const { handleRestoreWork } = await import('@holdfast/core/restore/handle-restore-work.ts');
    await handleRestoreWork(
      batch,
      { ...p.delivery(p.message(batch)), receiveCount: 1, timeLeft: () => 0 },
      { ...p.world, checksums },
    );
    const [later = ''] = p.queue.take('restoreWork');
    const { uploadId } = JSON.parse(later).items[0];
    const upload = { bucket: TARGET, key: 'big', uploadId };
    await expect(p.store.listParts(upload)).resolves.toBeDefined();

    await cancelJob('j', undefined, p.world, JOBS);
    await p.handle('restoreWork', p.message(later));
    await expect(p.store.listParts(upload)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['nope', 'there is no job "nope": holdfast jobs lists them'],
    ['done', 'job done is not running: it is done; nothing was changed'],
    ['gone', 'job gone is not running: it was cancelled; nothing was changed'],
  ])('has to run: %s', async (id, message) => {
    await p.restore('done');
    await begin('gone');
    await work('restore');
    await cancelJob('gone', undefined, p.world, JOBS);
    await expect(cancelJob(id, undefined, p.world, JOBS)).rejects.toThrow(message);
  });

  it('was not cancelled if it ended first', async () => {
    await begin('j');
    await work('restore');
    const { finishJob } = p.catalog;
    p.catalog.finishJob = async (id, end) => {
      p.catalog.finishJob = finishJob;
      await p.catalog.finishJob(id, { state: 'done', finishedAt: p.now });
      return p.catalog.finishJob(id, end);
    };
    await expect(cancelJob('j', undefined, p.world, JOBS)).rejects.toThrow('it is done; nothing was changed');
    expect(await p.job('j')).toMatchObject({ state: 'done' });
  });
});

describe('a reconcile that is cancelled', () => {
  beforeEach(async () => {
    p = new Pipeline();
    await p.protect();
    for (const key of ['a', 'b', 'c']) p.s3.put(SOURCE, key, `of ${key}`);
    await p.drain();
    p.events.length = 0;
    p.s3.put(SOURCE, 'new', 'x');
    await p.store.hide({ bucket: SOURCE, key: 'a' });
    p.events.length = 0;
    const body = { kind: 'reconcile', source: `s3://${SOURCE}`, trigger: 'manual', jobId: 'r' };
    await p.queue.send('reconcile', [JSON.stringify(body)]);
    await work('reconcile');
  });

  it('captures nothing more and marks nothing deleted; the next one does', async () => {
    const before = await p.catalog.getSource(`s3://${SOURCE}`);
    const job = await cancelJob('r', 'anna', p.world, JOBS);
    expect(job.message).toMatch(
      /^cancelled by anna: what was captured stays, .*holdfast reconcile s3:\/\/photos compares/,
    );
    await p.drain();

    expect(await p.job('r')).toMatchObject({ state: 'cancelled' });
    expect((await p.entry('a')).state).toBe('current');
    expect(p.vaultText('new')).toBeUndefined();
    const { updatedAt: _, ...row } = { updatedAt: 0, ...(await p.catalog.getSource(`s3://${SOURCE}`)) };
    expect(row).toMatchObject({ ...before });
    expect(row).not.toHaveProperty('lastReconcileJob');
    expect(JSON.parse(await reportText('r'))).toMatchObject({ kind: 'reconcile', state: 'cancelled' });

    expect(await p.reconcile('r2')).toMatchObject({ state: 'done', counts: { captured: 1, deleted: 1 } });
    expect((await p.entry('a')).state).toBe('deleted');
  });

  it('marks nothing deleted either when it was about to', async () => {
    while ((await p.job('r')).phase === 'compare') await work('backlog');
    await work('reconcile');
    expect(p.queue.waiting('backlog')).not.toEqual([]);
    expect((await cancelJob('r', undefined, p.world, JOBS)).message).toContain(
      'only deletions proven by then',
    );
    await p.drain();
    expect((await p.entry('a')).state).toBe('current');
  });
});

describe('a restore that is resumed', () => {
  it('goes on with the same request and the moment it had, and finds what is right', async () => {
    await begin('j', { include: ['[abc]'] });
    await work('restore');
    await work('restore');
    await work('restoreWork');
    await cancelJob('j', undefined, p.world, JOBS);
    await p.drain();
    p.pass(60);
    p.s3.put(SOURCE, 'c', 'changed since');
    await p.drain();

    await resume('j', { askedBy: 'ben' });

    const [was, is] = [await p.job('j'), await p.job('j.2')];
    expect(is).toMatchObject({
      state: 'done',
      continues: 'j',
      askedBy: { name: 'ben' },
      counts: { planned: 3, right: 2, restored: 1 },
    });
    expect(is.request).toEqual(was.request);
    expect(p.s3.text(TARGET, 'c')).toBe('of c');
    expect(JSON.parse(await reportText('j.2'))).toMatchObject({ continues: 'j' });
  });

  it('is one job, however often it is asked for; that one’s resumption is the next', async () => {
    p.s3.put(TARGET, 'a', 'another');
    await p.restore('j');
    await resume('j');
    expect((await resume('j')).map(({ id }) => id).filter((id) => id.startsWith('j'))).toEqual(['j', 'j.2']);
    await resume('j.2');
    expect(await p.job('j.3')).toMatchObject({ continues: 'j.2', state: 'partial' });
  });

  it('goes on if it began and its first step was never sent', async () => {
    p.s3.put(TARGET, 'a', 'another');
    await p.restore('j');
    const body = JSON.stringify({ resume: 'j' });
    const message = p.message(body);
    await p.handle('restore', message);
    p.queue.take('restore');
    await p.handle('restore', message);
    await p.drain();
    expect(await p.job('j.2')).toMatchObject({ state: 'partial' });
  });

  it.each([
    ['nope', 'there is no job "nope"'],
    ['done', 'job done cannot be resumed: it is done, and nothing is left of it'],
    ['runs', 'job runs cannot be resumed: it is running'],
    ['rec', 'job rec cannot be resumed: holdfast reconcile s3://photos compares anew'],
    ['bad', 'job bad cannot be resumed: its request was refused'],
    ['taken', 'job taken cannot be resumed: there is another job "taken.2"'],
  ])('has to have something left: %s', async (id, message) => {
    await p.restore('done');
    await p.reconcile('rec');
    await p.restore('bad', { nonsense: true });
    p.s3.put(TARGET, 'a', 'another');
    await p.restore('taken');
    await p.restore('taken.2');
    await begin('runs');
    await work('restore');
    p.queue.take('restore');

    const jobs = await resume(id);

    expect(jobs.find((job) => job.state === 'failed' && job.message?.startsWith(message))).toBeDefined();
    expect(jobs.some(({ continues }) => continues !== undefined)).toBe(false);
  });

  it('is checked again: a target that is no longer allowed is refused', async () => {
    p.s3.put(TARGET, 'a', 'another');
    await p.restore('j');
    const world = { ...p.world, settings: { ...p.world.settings, restoreTargets: [] } };
    const { handleRestoreMessage } = await import('@holdfast/core/restore/handle-restore-message.ts');
    const message = p.message(JSON.stringify({ resume: 'j' }));
    await handleRestoreMessage(message.body, p.delivery(message), world);
    expect(await p.catalog.getJob('j.2')).toBeUndefined();
    expect((await p.job(`restore-${message.id}`)).message).toContain('restores may not write to');
  });

  it.each([
    [{ id: 'x' }, 'x.2'],
    [{ id: 'x.2', continues: 'x' }, 'x.3'],
    [{ id: 'x.9', continues: 'x.8' }, 'x.10'],
    [{ id: 'photos.2026' }, 'photos.2026.2'],
  ])('has the name of the first, and a number: %j', (job, next) => {
    expect(nextJobId(job)).toBe(next);
  });
});
