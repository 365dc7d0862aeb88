import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { FailuresSchema, RedrivenSchema } from '../../../operations/json/failures.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(async () => {
  cli = new CliWorld();
  await cli.givenProtected('docs', { a: 'one' });
});

/** One dead letter of every kind, an hour old and younger. */
async function givenDeadLetters(): Promise<void> {
  const { pipeline, queues } = cli;
  const at = pipeline.now;
  pipeline.s3.put('docs', 'cold', 'x', { storageClass: 'GLACIER' });
  const [event] = pipeline.events;
  queues.bury('capture', event?.body ?? '', at);
  await pipeline.drain();
  const item = { key: 'k\u001b', etag: 'e', size: 1, lastModified: 1 };
  const batch = {
    kind: 'capture',
    source: 's3://docs',
    jobId: 'j1',
    batch: 'b',
    items: [item, { key: 'l' }],
  };
  queues.bury('backlog', JSON.stringify(batch), at + 1000);
  const large = {
    kind: 'large-copy',
    bucket: 'docs',
    key: 'big',
    etag: 'e',
    size: 2 ** 40,
    lastModified: 1_772_366_400_000,
    uploadId: 'u',
    partBytes: 5,
  };
  queues.bury('backlog', JSON.stringify(large), at + 2000);
  const step = { id: '1', phase: 'compare', after: 'm' };
  const reconcile = { kind: 'reconcile', source: 's3://docs', trigger: 'schedule', jobId: 'j2', step };
  queues.bury('reconcile', JSON.stringify(reconcile), at + 3000);
  queues.bury('restore', JSON.stringify({ source: 's3://docs/a', target: 's3://t-1' }), at + 4000);
  queues.bury(
    'restore',
    JSON.stringify({ kind: 'plan', jobId: 'j3', step: '2', part: 'plain', after: 'p' }),
    at + 5000,
  );
  const work = {
    kind: 'restore',
    jobId: 'j4',
    batch: '0',
    items: [{ key: 'a', vaultKey: 's3/docs/a', versionId: 'v' }],
  };
  queues.bury('restoreWork', JSON.stringify(work), at + 6000);
  queues.bury('capture', '{"poison":true}', at + 7000);
  pipeline.pass(3600);
}

describe('failures', () => {
  it('says so when there are none', async () => {
    expect(await cli.run('failures')).toMatchObject({ code: 0, stdout: 'nothing was given up\n' });
  });

  it('tells in words what was given up, the oldest first', async () => {
    await givenDeadLetters();

    const { code, stdout } = await cli.run('failures');

    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'capture, 1h ago: s3://docs/cold created 2026-03-01T12:00:01Z',
      '  cold: unprotected, archived',
      'backlog, 59m ago: capture of 2 objects of s3://docs (job j1)',
      '  k\\x1b: not in the catalog',
      '  l: not in the catalog',
      'backlog, 59m ago: large copy of s3://docs/big (1 TiB)',
      '  big: not in the catalog',
      'reconcile, 59m ago: reconcile of s3://docs, schedule, from "m" on (job j2)',
      'restore, 59m ago: restore of s3://docs/a to s3://t-1/',
      'restore, 59m ago: plan of the restore j3, from "p" on',
      'restoreWork, 59m ago: 1 object of the restore j4',
      'capture, 59m ago: not understood: not an S3 event: {"poison":true}',
      'send it all again with: holdfast failures --redrive',
    ]);
    expect((await cli.queues.depths()).reduce((sum, { dead }) => sum + dead, 0)).toBe(8);
  });

  it('tells what hourly checks had to do, and what they found', async () => {
    const { queues, pipeline } = cli;
    queues.bury('reconcile', JSON.stringify({ kind: 'pulse', source: 's3://docs' }), pipeline.now);
    const found = { kind: 'capture', source: 's3://docs', items: [{ key: 'k', etag: 'e' }] };
    queues.bury('backlog', JSON.stringify(found), pipeline.now);
    const { stdout } = await cli.run('failures');
    expect(stdout).toContain('reconcile, now: hourly check of s3://docs\n');
    expect(stdout).toContain('backlog, now: capture of 1 object of s3://docs\n');
  });

  it('answers in JSON as documented', async () => {
    await givenDeadLetters();

    const found = v.parse(FailuresSchema, (await cli.run('failures', '--limit', '2', '--json')).json()[0]);

    expect(found).toMatchObject({
      failures: [
        {
          queue: 'capture',
          readable: true,
          objects: [{ key: 'cold', state: 'unprotected', reason: 'archived' }],
        },
        { queue: 'backlog' },
      ],
      further: 6,
    });
    expect((await cli.run('failures', '--limit', '2')).stdout).toContain(
      'and about 6 more: --limit shows more',
    );
  });

  it('sends everything back and counts it', async () => {
    await givenDeadLetters();

    const { code, stdout } = await cli.run('failures', '--redrive');

    expect(code).toBe(0);
    expect(stdout).toContain('capture: 2 messages sent again');
    expect(stdout).toContain('reconcile: 1 message sent again');
    expect(cli.pipeline.queue.waiting('backlog')).toHaveLength(2);
    const again = await cli.run('failures', '--redrive', '--json');
    expect(v.parse(RedrivenSchema, again.json()[0])).toEqual({ redriven: [], total: 0 });
  });

  it('says how far it came when sending fails', async () => {
    await givenDeadLetters();
    cli.queues.failsAfter = 1;

    expect(await cli.run('failures', '--redrive')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        '1 message sent back, then capture failed: the queue is not there any more',
      ),
    });
  });
});
