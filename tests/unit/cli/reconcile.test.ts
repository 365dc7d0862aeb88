import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApprovedSchema } from '../../../operations/json/approve.ts';
import { StartedSchema } from '../../../operations/json/job.ts';
import { CALLER, CliWorld, footprint } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one' });
});

describe('reconcile', () => {
  it('sends the message and says how to follow it', async () => {
    const { code, stdout } = await cli.run('reconcile', 's3://docs');

    expect(code).toBe(0);
    expect(stdout).toContain('holdfast job reconcile-20260301-120001-r2 --wait');
    expect(cli.pipeline.queue.waiting('reconcile').map((body) => JSON.parse(body))).toEqual([
      {
        kind: 'reconcile',
        source: 's3://docs',
        trigger: 'manual',
        askedBy: CALLER,
        jobId: 'reconcile-20260301-120001-r2',
      },
    ]);
  });

  it('waits, shows progress and tells what it found', async () => {
    cli.pipeline.s3.bucket('docs').rule = 'disabled';
    cli.pipeline.s3.put('docs', 'b', 'two');

    const { code, stdout } = await cli.run('reconcile', 's3://docs', '--wait');

    expect(code).toBe(0);
    expect(stdout).toContain('2 objects (6 B), 1 captured (3 B)');
    expect(stdout).toContain('report: s3://vault/reports/reconcile/2026/03/01/');
  });

  it('compares all of the vault when told to, and tells what differed there', async () => {
    cli.pipeline.s3.delete('vault', 's3/docs/a');
    const plain = await cli.run('reconcile', 's3://docs', '--wait');
    expect(plain.stdout).not.toContain('in the vault');
    const { code, stdout } = await cli.run('reconcile', 's3://docs', '--vault', '--wait');
    expect(code).toBe(0);
    expect(stdout).toContain('1 copy compared in the vault, 1 mended that differed there');
    expect((await cli.run('sources', '--json')).json()).toMatchObject([
      { sources: [{ source: 's3://docs', vaultComparedAt: expect.stringContaining('2026-03-01T12:') }] },
    ]);
  });

  it('looks for tags that no event told of when told to look deep', async () => {
    cli.pipeline.s3.tag('docs', 'a', { stage: 'done' });
    cli.pipeline.events.splice(0);
    const { code, stdout } = await cli.run('reconcile', 's3://docs', '--deep', '--wait');
    expect(code).toBe(0);
    expect(stdout).toContain('1 looked into for their tags, 1 given other tags than were captured');
  });

  it('refuses to look deep where no changes of tags or ACLs are captured', async () => {
    await cli.run('protect', 's3://docs', '--tags-changed', 'off', '--no-initial');
    const ran = await cli.run('reconcile', 's3://docs', '--deep');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('of s3://docs no changes of either are captured: holdfast protect it again');
    expect(cli.pipeline.queue.idle).toBe(true);
  });

  it('shows a running job by what it has done', async () => {
    cli.meanwhile = async () => {
      const [body] = cli.pipeline.queue.take('reconcile');
      if (body !== undefined) await cli.pipeline.handle('reconcile', cli.pipeline.message(body));
      else await cli.pipeline.drain();
    };
    cli.pipeline.s3.put('docs', 'b', 'two');
    cli.pipeline.events.length = 0;

    await cli.run('reconcile', 's3://docs', '--wait');

    expect(cli.progress.at(-1)).toMatch(/2 objects listed, 0 captured \(0 B\), 1 batch left$/);
  });

  it('answers in JSON as documented, without and with the result', async () => {
    const sent = await cli.run('reconcile', 's3://docs', '--json');
    expect(v.parse(StartedSchema, sent.json()[0])).toMatchObject({ source: 's3://docs', result: null });

    const done = await cli.run('reconcile', 's3://docs', '--wait', '--json');
    expect(v.parse(StartedSchema, done.json()[0])).toMatchObject({
      result: { job: { kind: 'reconcile', state: 'done', counts: { unchanged: 1 } }, furtherProblems: 0 },
    });
  });

  it('ends with 1 when the source cannot be read', async () => {
    cli.pipeline.s3.deny('docs');

    const { code, stdout } = await cli.run('reconcile', 's3://docs', '--wait');

    expect(code).toBe(1);
    expect(stdout).toContain('nothing was marked deleted');
  });

  it('gives up on a job that never begins, and says so', async () => {
    cli.meanwhile = async () => {};

    const { code, stderr } = await cli.run('reconcile', 's3://docs', '--wait');

    expect(code).toBe(1);
    expect(stderr).toMatch(/job \S+ has not begun after 10m: see holdfast status and holdfast failures/);
  });

  it('gives up on a job of which nothing is left in any queue', async () => {
    cli.meanwhile = async () => {
      const [body] = cli.pipeline.queue.take('reconcile');
      if (body !== undefined) await cli.pipeline.handle('reconcile', cli.pipeline.message(body));
      cli.pipeline.queue.take('backlog');
    };
    cli.pipeline.s3.put('docs', 'b', 'two');

    const { code, stderr } = await cli.run('reconcile', 's3://docs', '--wait');

    expect(code).toBe(1);
    expect(stderr).toContain('nothing of it is in any queue: see holdfast failures --redrive');
  });

  it.each([
    ['what is not protected', ['s3://photos'], 's3://photos is not protected'],
    ['a part of a bucket', ['s3://docs/a'], 'this is about the whole: s3://docs'],
  ])('refuses %s', async (_, argv, words) => {
    const before = await footprint(cli);
    expect(await cli.run('reconcile', ...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
    expect(await footprint(cli)).toEqual(before);
  });
});

describe('approve', () => {
  async function givenHeldDeletions(): Promise<void> {
    const { s3 } = cli.pipeline;
    for (let i = 0; i < 1100; i++) s3.put('docs', `k${i}`, 'x');
    await cli.pipeline.drain();
    s3.bucket('docs').eventBridge = false;
    for (let i = 0; i < 1050; i++) s3.delete('docs', `k${i}`);
    expect((await cli.run('reconcile', 's3://docs', '--wait')).code).toBe(3);
  }

  it('lets held deletions through once a person has said so', async () => {
    await givenHeldDeletions();
    expect((await cli.run('sources')).stdout).toContain('1,050 deletions are held');
    cli.answer = 'yes';

    const { code, stdout } = await cli.run('approve', 's3://docs', '--wait');

    expect(code).toBe(0);
    expect(cli.questions).toEqual([
      '1,050 objects are missing at s3://docs since the reconcile of 2026-03-01T12:00:02Z. Mark them deleted? [y/N] ',
    ]);
    expect(stdout).toContain('1,050 deleted');
    expect(await cli.pipeline.catalog.getEntry('s3://docs', 'k0')).toMatchObject({ state: 'deleted' });
  });

  it('sends what the reconcile needs to know, and answers in JSON', async () => {
    await givenHeldDeletions();

    const ran = await cli.run('approve', 's3://docs', '--yes', '--json');

    expect(v.parse(ApprovedSchema, ran.json()[0])).toMatchObject({
      source: 's3://docs',
      held: 1050,
      result: null,
    });
    expect(JSON.parse(cli.pipeline.queue.waiting('reconcile')[0] ?? '')).toMatchObject({
      trigger: 'approve',
      approved: true,
    });
  });

  it('refuses without --yes where nobody can answer, and when nothing is held', async () => {
    expect(await cli.run('approve', 's3://docs', '--yes')).toMatchObject({
      code: 2,
      stderr: 'holdfast: no deletions are held for s3://docs; there is nothing to approve\n',
    });
    await givenHeldDeletions();
    expect(await cli.run('approve', 's3://docs')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say --yes'),
    });
    expect(cli.pipeline.queue.idle).toBe(true);
  });
});
