import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET } from '../../../../testing/pipeline.ts';

const URI = sourceUri(SOURCE);
let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

async function put(key: string, body: string): Promise<void> {
  pipeline.s3.put(SOURCE, key, body);
  await pipeline.drain();
}

const total = (name: Parameters<typeof pipeline.telemetry.total>[0]) => pipeline.telemetry.total(name);
const changed = () => pipeline.telemetry.valuesOf('ChangedObjects', URI).length;

describe('what a capture is counted as', () => {
  it('new: captured, with its bytes, and no change of anything', async () => {
    await put('a', 'four');
    expect([total('CapturedObjects'), total('CapturedBytes')]).toEqual([1, 4]);
    expect([total('OverwrittenObjects'), changed()]).toEqual([0, 0]);
  });

  it('on top of a copy: overwritten, a change of its source', async () => {
    await put('a', 'one');
    pipeline.pass(60);
    await put('a', 'two');
    expect([total('CapturedObjects'), total('OverwrittenObjects'), changed()]).toEqual([2, 1, 1]);
  });

  it('a deletion: deleted, a change of its source', async () => {
    await put('a', 'one');
    pipeline.pass(60);
    pipeline.s3.delete(SOURCE, 'a');
    await pipeline.drain();
    expect([total('DeletedObjects'), total('OverwrittenObjects'), changed()]).toEqual([1, 0, 1]);
  });

  it('back after a deletion: new', async () => {
    await put('a', 'one');
    pipeline.s3.delete(SOURCE, 'a');
    await pipeline.drain();
    pipeline.pass(60);
    await put('a', 'two');
    expect([total('OverwrittenObjects'), changed()]).toEqual([0, 1]);
  });

  it('what a reconcile finds counts as well', async () => {
    await put('a', 'one');
    pipeline.pass(60);
    pipeline.s3.put(SOURCE, 'a', 'two');
    pipeline.events.splice(0);
    await pipeline.reconcile('r1');
    expect([total('OverwrittenObjects'), changed()]).toEqual([1, 1]);
  });

  it('what cannot be captured: unprotected', async () => {
    pipeline.s3.put(SOURCE, 'cold', 'x', { storageClass: 'GLACIER' });
    await pipeline.drain();
    expect(total('UnprotectedObjects')).toBe(1);
  });
});

describe('the age of the last reconcile', () => {
  const ages = () => pipeline.telemetry.valuesOf('ReconcileAge', URI);

  it('is told when one begins, from the protection at first, and is 0 when it finishes', async () => {
    pipeline.pass(3600);
    await pipeline.reconcile('r1');
    pipeline.pass(86_400);
    await pipeline.reconcile('r2');
    expect(ages()).toEqual([3600, 0, 86_400, 0]);
  });

  it('grows while reconciles fail', async () => {
    await pipeline.reconcile('r1');
    pipeline.s3.deny(SOURCE);
    pipeline.pass(200_000);
    await pipeline.reconcile('r2').catch(() => {});
    expect(Math.min(...ages().slice(2))).toBe(200_000);
  });
});

describe('restores', () => {
  it('count objects and bytes, once', async () => {
    await put('a', 'four');
    await pipeline.restore('j1');
    await pipeline.restore('j2');
    expect(pipeline.s3.text(TARGET, 'a')).toBe('four');
    expect([total('RestoredObjects'), total('RestoredBytes')]).toEqual([1, 4]);
  });
});

describe('errors', () => {
  it('are attempts that failed: of events, and of messages that are none', async () => {
    pipeline.events.push(pipeline.message('not an event'));
    await pipeline.deliverEvents();
    expect(total('Errors')).toBe(1);
  });

  it('of an object, each time', async () => {
    pipeline.s3.put(SOURCE, 'a', 'x');
    let failures = 1;
    pipeline.s3.requests.before = (op) => {
      if (op === 'copy' && failures-- > 0) throw new StoreError('unavailable', 'not now');
    };
    await pipeline.drain();
    expect([total('Errors'), total('CapturedObjects')]).toEqual([1, 1]);
  });
});
