import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET } from '../../../../testing/pipeline.ts';

// A bucket was deleted, and somebody else has made one of the same name, which everybody may read and write.

const STRANGER = '999988887777';
const URI = sourceUri(SOURCE);
const KEYS = ['a', 'b', 'c'];

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
  await pipeline.capture(Object.fromEntries(KEYS.map((key) => [key, `bytes of ${key}`])));
});

function take(bucket: string): void {
  pipeline.s3.deleteBucket(bucket);
  pipeline.s3.createBucket(bucket, { account: STRANGER, wired: true });
}

async function states() {
  const entries = await Promise.all(KEYS.map((key) => pipeline.catalog.getEntry(URI, key)));
  return entries.map((entry) => [entry?.state, entry?.reason, entry?.vaultVersionId !== undefined]);
}

describe('a source that somebody else has made again', () => {
  it('has nothing deleted by events that come', async () => {
    const late = [...KEYS].map((key) => {
      pipeline.s3.delete(SOURCE, key);
      return key;
    });
    take(SOURCE);
    expect(pipeline.events).toHaveLength(late.length);
    await pipeline.drain();
    expect(await states()).toEqual(KEYS.map(() => ['unprotected', 'access-denied', true]));
  });

  it('has nothing copied from it', async () => {
    take(SOURCE);
    pipeline.s3.put(SOURCE, 'a', 'what a stranger wrote');
    await pipeline.drain();
    expect((await states())[0]).toEqual(['unprotected', 'access-denied', true]);
  });

  it('has nothing deleted when it is in another region, where S3 does not look at whose it is', async () => {
    pipeline.s3.delete(SOURCE, 'a');
    // Asked for the object before, and for the bucket after it was made again.
    pipeline.s3.requests.after = (op) => {
      if (op !== 'head') return;
      pipeline.s3.requests.after = undefined;
      pipeline.s3.deleteBucket(SOURCE);
      pipeline.s3.createBucket(SOURCE, { region: 'eu-west-3' });
    };
    await pipeline.drain();
    expect((await states())[0]).toEqual(['unprotected', 'access-denied', true]);
  });

  it('ends a reconcile as failed, which marks nothing', async () => {
    take(SOURCE);
    await pipeline.reconcile('j1');
    expect(await pipeline.catalog.getJob('j1')).toMatchObject({ state: 'failed' });
    expect(await states()).toEqual(KEYS.map(() => ['current', undefined, true]));
    expect((await pipeline.catalog.getSource(URI))?.unreachable).toMatch(/denied/);
  });

  it('is given no restore', async () => {
    take(SOURCE);
    const job = await pipeline.restore('r1', { target: URI, overwrite: 'always', exact: true });
    expect(job.counts).toMatchObject({ failed: KEYS.length });
    expect(pipeline.s3.keys(SOURCE)).toEqual([]);
  });
});

describe('a target', () => {
  it('that somebody else has made again is given no restore, and nothing of it is deleted', async () => {
    take(TARGET);
    pipeline.s3.put(TARGET, 'theirs', 'x');
    const job = await pipeline.restore('r1', { target: sourceUri(TARGET), exact: true });
    expect(job.counts).toMatchObject({ failed: KEYS.length });
    expect(pipeline.s3.keys(TARGET)).toEqual(['theirs']);
  });

  it('of another account takes a restore that names that account, with all that it writes and deletes', async () => {
    take(TARGET);
    pipeline.s3.put(TARGET, 'extra', 'x');
    const wish = { target: sourceUri(TARGET), targetAccount: STRANGER, exact: true, verify: true };
    const job = await pipeline.restore('r1', wish);
    expect(job).toMatchObject({ state: 'done', counts: { restored: KEYS.length, deleted: 1 } });
    expect(pipeline.s3.keys(TARGET)).toEqual(KEYS);
  });

  it('of another account than is named is given nothing', async () => {
    const job = await pipeline.restore('r1', { target: sourceUri(TARGET), targetAccount: STRANGER });
    expect(job.counts).toMatchObject({ failed: KEYS.length });
    expect(pipeline.s3.keys(TARGET)).toEqual([]);
  });

  it('is refused with an account that is none', async () => {
    const job = await pipeline.restore('r1', { target: sourceUri(TARGET), targetAccount: '1234' });
    expect(job).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/targetAccount.*12 digits/),
    });
  });
});
