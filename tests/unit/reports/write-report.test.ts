import { recordFinishedJob } from '@holdfast/core/jobs/record-finished-job.ts';
import { HoldfastError } from '@holdfast/core/model/errors.ts';
import type { Problem } from '@holdfast/core/model/job.ts';
import { type Report, ReportSchema } from '@holdfast/core/model/report.ts';
import { collectProblems } from '@holdfast/core/report/collect-problems.ts';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryNotices } from '../../../testing/memory/memory-notices.ts';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../testing/pipeline.ts';

let p: Pipeline;

beforeEach(async () => {
  p = new Pipeline();
  await p.protect();
  for (const key of ['a', 'b', 'c']) p.s3.put(SOURCE, key, `of ${key}`);
  await p.drain();
});

async function reportOf(jobId: string): Promise<Report> {
  const { report = '' } = await p.job(jobId);
  return v.parse(ReportSchema, JSON.parse(p.s3.text(VAULT, report) ?? '{}'));
}

async function pageOf(jobId: string): Promise<string | undefined> {
  const { report = '' } = await p.job(jobId);
  return p.s3.text(VAULT, report.replace(/json$/, 'html'));
}

describe('the report of a job', () => {
  it('is written for programs and for people, with who asked, the moment, and how long it took', async () => {
    p.s3.put(TARGET, 'b', 'another');
    const body = JSON.stringify({
      source: `s3://${SOURCE}`,
      target: `s3://${TARGET}`,
      jobId: 'j',
      askedBy: 'arn:aws:iam::111122223333:user/anna',
    });
    const message = p.message(body);
    await p.handle('restore', message);
    p.pass(90);
    await p.drain();

    expect(await reportOf('j')).toMatchObject({
      kind: 'restore',
      state: 'partial',
      askedBy: { name: 'arn:aws:iam::111122223333:user/anna' },
      durationSeconds: 90,
      request: { at: Date.parse('2026-03-01T12:00:00Z') },
      counts: { planned: 3, restored: 2, conflicts: 1 },
      reasons: [{ reason: 'conflict', count: 1 }],
      problems: [{ key: 'b', reason: 'conflict' }],
      furtherProblems: 0,
    });
    expect(await pageOf('j')).toContain('2 of 3 objects are in place; 1 differed and were left alone');
  });

  it('has the sender that SQS attests, beside the name that the message gives itself', async () => {
    const body = JSON.stringify({
      source: `s3://${SOURCE}`,
      target: `s3://${TARGET}`,
      jobId: 'j',
      askedBy: 'root',
    });
    const { handleRestoreMessage } = await import('@holdfast/core/restore/handle-restore-message.ts');
    const delivery = { ...p.delivery(p.message(body)), receiveCount: 1, sender: 'AIDAEXAMPLE' };
    await handleRestoreMessage(body, delivery, p.world);
    expect((await p.job('j')).askedBy).toEqual({ name: 'root', sender: 'AIDAEXAMPLE' });
  });

  it('is part of no request: the same one, asked for by somebody else, is the same job', async () => {
    await p.restore('j', { askedBy: 'anna' });
    await p.restore('j', { askedBy: 'ben' });
    expect(await p.job('j')).toMatchObject({ state: 'done', askedBy: { name: 'anna' } });
    expect(await p.catalog.listJobs()).toHaveLength(1);
  });

  it('comes again with a message whose handler died after the job’s end, before it said so', async () => {
    await p.queue.send('restore', [
      JSON.stringify({ source: `s3://${SOURCE}`, target: `s3://${TARGET}`, jobId: 'j' }),
    ]);
    const request = p.message(p.queue.take('restore')[0] ?? '');
    await p.handle('restore', request);
    let last = p.message('');
    for (const queue of ['restore', 'restore', 'restoreWork'] as const)
      for (const body of p.queue.take(queue)) {
        last = p.message(body);
        await p.handle(queue, last);
      }
    expect(await p.job('j')).toMatchObject({ state: 'done' });
    expect(p.queue.take('report')).toHaveLength(1);
    expect(await pageOf('j')).toBeUndefined();

    await p.handle('restoreWork', last);
    await p.drain();
    expect(await reportOf('j')).toMatchObject({ state: 'done' });
  });

  it('is not written of a job that runs', async () => {
    await p.queue.send('restore', [
      JSON.stringify({ source: `s3://${SOURCE}`, target: `s3://${TARGET}`, jobId: 'j' }),
    ]);
    await p.handle('restore', p.message(p.queue.take('restore')[0] ?? ''));
    await p.handle('report', p.message(JSON.stringify({ kind: 'report', jobId: 'j', notify: true })));
    expect(p.s3.keys(VAULT).filter((key) => key.startsWith('reports/'))).toEqual([]);
  });

  it('tells the lag since the last reconcile', async () => {
    await p.reconcile('r');
    expect(await reportOf('r')).toMatchObject({ kind: 'reconcile', lagSeconds: { p50: 1, p99: 1 } });
    expect(await pageOf('r')).toContain('half within 1s, 99 % within 1s');
  });
});

describe('problems, of which there can be millions', () => {
  async function* problems(n: number, reason = (_: number) => 'failed'): AsyncGenerator<Problem> {
    for (let i = 0; i < n; i++) yield { key: `k${i}`, reason: reason(i) };
  }
  const never = () => false;

  it('are all counted by reason, the most frequent first, and the first 10,000 listed', async () => {
    const found = await collectProblems(
      problems(30_000, (i) => (i % 3 === 0 ? 'rare' : 'often')),
      never,
    );
    expect(found.reasons).toEqual([
      { reason: 'often', count: 20_000 },
      { reason: 'rare', count: 10_000 },
    ]);
    expect(found.listed).toHaveLength(10_000);
    expect(found).toMatchObject({ further: 20_000, complete: true });
  });

  it('take no more memory than their number may, however long they are', async () => {
    async function* long(): AsyncGenerator<Problem> {
      for (let i = 0; i < 5000; i++) yield { key: 'k'.repeat(1024), reason: 'x', detail: 'd'.repeat(9000) };
    }
    const found = await collectProblems(long(), never);
    expect(JSON.stringify(found.listed).length).toBeLessThan(8 * 1024 * 1024);
    expect(found.listed.length + found.further).toBe(5000);
  });

  it('have a hundred reasons at most', async () => {
    const found = await collectProblems(
      problems(1000, (i) => `reason ${i}`),
      never,
    );
    expect(found.reasons).toHaveLength(101);
    expect(found.reasons[0]).toEqual({ reason: 'other', count: 900 });
  });

  it('are apart from notes, of which there can be as many', async () => {
    async function* both(): AsyncGenerator<Problem> {
      for await (const problem of problems(20_000, () => 'lock')) yield { ...problem, note: true };
      yield* problems(1);
    }
    const found = await collectProblems(both(), never);
    expect(found).toMatchObject({ further: 0, reasons: [{ reason: 'failed', count: 1 }] });
    expect(found.notes).toMatchObject({ further: 10_000, reasons: [{ reason: 'lock', count: 20_000 }] });
    expect(found.notes.listed).toHaveLength(10_000);
  });

  it('are left when time runs short, and the report says so', async () => {
    const found = await collectProblems(problems(10_000), () => true);
    expect(found).toMatchObject({ complete: false });
    expect(found.listed.length + found.further).toBe(1000);
  });
});

describe('a notice', () => {
  beforeEach(() => {
    p.notices = new MemoryNotices();
  });
  const told = () => p.notices?.told ?? [];

  it('tells of every restore: a subject, some lines, and the same for programs', async () => {
    p.s3.put(TARGET, 'b', 'another');
    await p.restore('j');
    const page = `s3://${VAULT}/reports/restore/2026/03/01/j.html`;
    expect(told()).toEqual([
      {
        subject: 'Holdfast: Restore partly done: s3://photos (j)',
        text: expect.stringContaining('2 of 3 objects are in place; 1 differed and were left alone.'),
        labels: { kind: 'restore', state: 'partial', job: 'j', source: 's3://photos' },
        details: expect.objectContaining({ jobId: 'j', state: 'partial', report: page }),
      },
    ]);
    expect(told()[0]?.text).toContain(`Report: ${page}`);
    expect(told()[0]?.text).toContain('More: holdfast job j');
  });

  it('tells of a reconcile only when something is wrong', async () => {
    await p.reconcile('fine');
    expect(told()).toEqual([]);
    p.s3.put(SOURCE, 'sealed', 'x', { customerKey: true });
    await p.reconcile('wrong');
    expect(told()).toMatchObject([{ labels: { kind: 'reconcile', state: 'partial', job: 'wrong' } }]);
  });

  it('is not told twice by a message that comes twice', async () => {
    await p.restore('j');
    await p.handle('report', p.message(JSON.stringify({ kind: 'report', jobId: 'j', notify: true })));
    expect(told()).toHaveLength(1);
  });

  it('comes after the job’s end and its report, and a topic that refuses it changes neither', async () => {
    if (p.notices !== undefined) p.notices.refuse = 3;
    await p.restore('j');
    expect(await p.job('j')).toMatchObject({ state: 'done' });
    expect(await reportOf('j')).toMatchObject({ state: 'done' });
    expect(told()).toHaveLength(1);
  });

  it('has a subject that SNS takes, whatever is in names', async () => {
    const body = {
      source: 's3://photos',
      target: 's3://x',
      jobId: `j${'o'.repeat(120)}`,
      nothing: '\u202e\n',
    };
    await p.queue.send('restore', [JSON.stringify(body)]);
    await p.drain();
    const [{ subject = '', text = '' } = {}] = told();
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(text).not.toMatch(/\u202e/);
  });
});

describe('a job that the command line has done', () => {
  const job = {
    id: 'v1',
    kind: 'verify',
    source: 's3://photos',
    state: 'partial',
    trigger: 'command',
    startedAt: Date.parse('2026-03-01T11:00:00Z'),
    finishedAt: Date.parse('2026-03-01T11:05:00Z'),
    counts: { versions: 1200, sampled: 1200, right: 100, wrong: 1100 },
  } as const;
  const problems = Array.from({ length: 1100 }, (_, i) => ({ key: `k${i}`, reason: 'wrong' }));

  it('is recorded with all its problems, and has a report and a notice as any other', async () => {
    p.notices = new MemoryNotices();
    expect(await recordFinishedJob(job, problems, p.world)).toBeUndefined();
    await p.drain();
    expect(await p.job('v1')).toMatchObject({ ...job, report: 'reports/verify/2026/03/01/v1.json' });
    expect(await reportOf('v1')).toMatchObject({
      durationSeconds: 300,
      reasons: [{ reason: 'wrong', count: 1100 }],
    });
    expect(p.notices.told).toMatchObject([{ labels: { kind: 'verify', state: 'partial' } }]);
  });

  it('is recorded once', async () => {
    await recordFinishedJob(job, problems, p.world);
    await recordFinishedJob({ ...job, state: 'done' }, [], p.world);
    expect(await p.job('v1')).toMatchObject({ state: 'partial' });
  });

  it('is done although it cannot be recorded: that is a note', async () => {
    const catalog = Object.assign(Object.create(p.catalog), {
      createJob: () => Promise.reject(new HoldfastError('write: access denied', 'user')),
    });
    expect(await recordFinishedJob(job, problems, { ...p.world, catalog })).toBe(
      'job v1 could not be recorded, and has no report in the vault: write: access denied',
    );
  });
});
