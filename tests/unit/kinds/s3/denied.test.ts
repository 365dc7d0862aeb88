import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET, VAULT } from '../../../../testing/pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

/** Rights that hold only after so many looks at a key; @returns how often it was looked at so far */
function deniedFor(looks: number, bucket: string, keys: readonly string[]): () => number {
  let seen = 0;
  for (const key of keys) pipeline.s3.deny(bucket, key);
  pipeline.s3.requests.before = (op, [ref]) => {
    const { bucket: asked, key } = ref as { bucket: string; key: string };
    if (op !== 'head' || asked !== bucket || key !== keys[0]) return;
    if (++seen > looks) for (const one of keys) pipeline.s3.allow(bucket, one);
  };
  return () => seen;
}

async function problems(id: string): Promise<Array<{ key: string; reason: string }>> {
  const { report = '' } = await pipeline.job(id);
  return JSON.parse(pipeline.s3.text(VAULT, report) ?? '{}').problems;
}

const four = { a: '1', b: '2', c: '3', d: '4' };

describe('rights that hold only after some seconds', () => {
  it.each([1, 2])('do not spoil the first backup: %i denied looks at all of a batch', async (looks) => {
    for (const [key, body] of Object.entries(four)) pipeline.s3.put(SOURCE, key, body);
    pipeline.events.splice(0);
    deniedFor(looks, SOURCE, Object.keys(four));
    const job = await pipeline.reconcile('r1', { trigger: 'protect' });
    expect(job).toMatchObject({ state: 'done', counts: { captured: 4, capturedBytes: 4 } });
    expect(Object.keys(four).map((key) => pipeline.vaultText(key))).toEqual(Object.values(four));
    expect(pipeline.telemetry.values('UnprotectedObjects')).toEqual([]);
  });

  it.each([1, 2])('do not spoil it by one of its objects: %i denied looks', async (looks) => {
    for (const [key, body] of Object.entries(four)) pipeline.s3.put(SOURCE, key, body);
    pipeline.events.splice(0);
    deniedFor(looks, SOURCE, ['b']);
    const job = await pipeline.reconcile('r1', { trigger: 'protect' });
    expect(job).toMatchObject({ state: 'done', counts: { captured: 4 } });
    expect(job.counts).not.toHaveProperty('alreadyCaptured');
  });

  it.each([1, 2])('do not spoil a restore: %i denied looks at the target', async (looks) => {
    await pipeline.capture(four);
    deniedFor(looks, TARGET, ['a', 'b', 'c', 'd']);
    expect(await pipeline.restore('j1')).toMatchObject({ state: 'done', counts: { restored: 4 } });
  });

  it.each([1, 2])('do not spoil it by one copy: %i denied looks at the vault', async (looks) => {
    await pipeline.capture(four);
    deniedFor(looks, VAULT, [vaultPlace(SOURCE, 'c').key]);
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'done', counts: { restored: 4, planned: 4 } });
    expect(job.counts).not.toHaveProperty('right');
  });

  it('do not spoil an exact restore', async () => {
    pipeline = new Pipeline({ settings: { exactRestores: true } });
    await pipeline.protect();
    await pipeline.capture(four);
    pipeline.s3.put(TARGET, 'extra', 'x');
    let looks = 0;
    pipeline.s3.requests.before = (op) => {
      if (op === 'hide' && ++looks < 3) throw new StoreError('access-denied', 'not yet');
    };
    const job = await pipeline.restore('j1', { exact: true });
    expect(job).toMatchObject({ state: 'done', counts: { deleted: 1 } });
    expect(looks).toBe(3);
  });
});

describe('rights that were never given', () => {
  it('are told of by the backup after three looks and more, and nothing else is spoilt', async () => {
    for (const [key, body] of Object.entries(four)) pipeline.s3.put(SOURCE, key, body);
    pipeline.events.splice(0);
    const looks = deniedFor(Number.POSITIVE_INFINITY, SOURCE, ['b']);
    const job = await pipeline.reconcile('r1', { trigger: 'protect' });
    expect(job).toMatchObject({ state: 'partial', counts: { captured: 3, unprotected: 1, leftOut: 1 } });
    expect(await problems('r1')).toEqual([{ key: 'b', reason: 'access-denied' }]);
    expect(looks()).toBeGreaterThanOrEqual(3);
    expect(pipeline.telemetry.values('UnprotectedObjects')).toEqual([1]);
  });

  it('are told of by a restore, which counts the rest as what it came to', async () => {
    await pipeline.capture(four);
    const looks = deniedFor(Number.POSITIVE_INFINITY, TARGET, ['b']);
    // Where it is not listed, it is looked at.
    pipeline.s3.put(TARGET, 'b', 'another');
    const job = await pipeline.restore('j1');
    expect(job).toMatchObject({ state: 'partial', counts: { restored: 3, failed: 1 } });
    expect(job.counts).not.toHaveProperty('right');
    expect((await problems('j1')).map(({ reason }) => reason)).toEqual(['access-denied']);
    expect(looks()).toBe(4);
  });

  it('end the job, however often a handler dies between counting and sending', async () => {
    for (const [key, body] of Object.entries(four)) pipeline.s3.put(SOURCE, key, body);
    pipeline.events.splice(0);
    deniedFor(Number.POSITIVE_INFINITY, SOURCE, ['b']);
    let counted = 0;
    pipeline.catalog.requests.after = (op) => {
      if (op === 'completeStep' && ++counted % 2 === 0) throw new Error('killed after it was counted');
    };
    expect(await pipeline.reconcile('r1')).toMatchObject({ state: 'partial', counts: { unprotected: 1 } });
  });

  it('leave no large copy begun', async () => {
    pipeline = new Pipeline({
      settings: { multipartThresholdBytes: 5 * 1024 * 1024, partBytes: 5 * 1024 * 1024 },
    });
    await pipeline.protect();
    let looks = 0;
    pipeline.s3.requests.before = (op) => {
      if (op === 'copyPart' && ++looks > 0) throw new StoreError('access-denied', 'no key for you');
    };
    pipeline.s3.put(SOURCE, 'big', Buffer.alloc(6 * 1024 * 1024));
    await pipeline.drain();
    expect(await pipeline.entry('big')).toMatchObject({ state: 'unprotected', reason: 'access-denied' });
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });
});
