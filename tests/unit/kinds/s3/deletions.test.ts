import { type CaptureOptions, capture } from '@holdfast/core/kinds/s3/capture/capture.ts';
import { markFailed } from '@holdfast/core/kinds/s3/capture/mark-failed.ts';
import type { Change } from '@holdfast/core/kinds/s3/model/change.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const PLACE = 's3/photos/a';
let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

function captureOf(change: Partial<Change>, options: CaptureOptions = { recheck: false }) {
  return capture({ bucket: SOURCE, key: 'a', kind: 'deleted', ...change }, pipeline.world, options);
}

/** An object that was captured, and is gone at its source. */
async function goneAtSource(): Promise<void> {
  pipeline.s3.put(SOURCE, 'a', 'one', { tags: { team: 'x' } });
  await pipeline.drain();
  pipeline.pass(60);
  pipeline.s3.delete(SOURCE, 'a');
  pipeline.events.splice(0);
}

function beforeNext(op: string, happen: () => unknown): void {
  pipeline.s3.requests.before = async (asked) => {
    if (asked !== op) return;
    pipeline.s3.requests.before = undefined;
    await happen();
  };
}

describe('a deletion', () => {
  beforeEach(goneAtSource);

  it('asks the source twice, and the vault for no more than the tags', async () => {
    pipeline.s3.requests.resetCounts();
    expect(await captureOf({})).toMatchObject({ kind: 'deleted' });
    expect(pipeline.s3.requests.counts()).toEqual({ head: 1, bucket: 1, getTags: 1, putTags: 1, hide: 1 });
  });

  it.each<[string, Partial<Change>, number]>([
    ['when its event says', { kind: 'deleted', at: 0 }, -60_000],
    ['when it was found, by an event of something else', { kind: 'created', at: 0 }, 60_000],
    ['when it was found, by a listing', { kind: 'missing' }, 60_000],
    ['when it was found, by an event without a time', { kind: 'deleted' }, 60_000],
  ])('was at the time %s', async (_what, change, later) => {
    const at = pipeline.now - 60_000;
    pipeline.pass(60);
    const expected = later < 0 ? at : pipeline.now;
    const timed = change.at === undefined ? change : { ...change, at };
    expect(await captureOf(timed)).toMatchObject({ kind: 'deleted', after: { deletedAt: expected } });
    const { vaultVersionId } = await pipeline.entry('a');
    const { tags } = pipeline.s3.object(VAULT, PLACE, vaultVersionId).content;
    expect(tags).toEqual({ team: 'x', Deleted: 'True', DeletedAt: new Date(expected).toISOString() });
  });

  it('hides what is on top in the vault, also when nobody recorded it', async () => {
    pipeline.s3.put(VAULT, PLACE, 'unrecorded');
    expect(await captureOf({})).toMatchObject({ kind: 'deleted' });
    expect(await pipeline.vaultHistory('a')).toEqual(['marker', 'unrecorded', 'one']);
  });

  it('hides what is on top in the vault by its own look, when its message comes again', async () => {
    pipeline.s3.put(VAULT, PLACE, 'unrecorded');
    const { tags } = pipeline.s3.object(VAULT, PLACE).content;
    await captureOf({}, { recheck: true });
    expect(await pipeline.vaultHistory('a')).toEqual(['marker', 'unrecorded', 'one']);
    expect(pipeline.s3.requests.count('hide')).toBe(1);
    expect(tags).toEqual({});
  });

  it('is recorded also when the vault has lost the copy', async () => {
    const { vaultVersionId = '' } = await pipeline.entry('a');
    pipeline.s3.deleteVersion(VAULT, PLACE, vaultVersionId);
    expect(await captureOf({})).toMatchObject({ kind: 'vanished', after: { state: 'deleted' } });
    expect(await pipeline.vaultHistory('a')).toEqual([]);
  });

  it('whose marker S3 does not take is left to the queue, and not recorded', async () => {
    beforeNext('hide', () => {
      throw new StoreError('unavailable', 'timed out');
    });
    await expect(captureOf({})).rejects.toThrow('timed out');
    expect((await pipeline.entry('a')).state).toBe('current');
  });

  it('leaves alone what another handler captured between its look and its marker', async () => {
    beforeNext('hide', async () => {
      pipeline.s3.put(SOURCE, 'a', 'two');
      await pipeline.deliverEvents();
    });
    expect(await captureOf({})).toMatchObject({ kind: 'unchanged' });
    expect(await pipeline.vaultHistory('a')).toEqual(['two', 'one']);
    expect((await pipeline.entry('a')).state).toBe('current');
  });

  it('keeps what the entry says of the copy, and nothing of an earlier reason', async () => {
    const before = await pipeline.entry('a');
    await captureOf({});
    const { lagMs: _, ...kept } = before;
    const { now } = pipeline;
    const change = { state: 'deleted', rev: before.rev + 1, updatedAt: now, deletedAt: now };
    expect(await pipeline.entry('a')).toEqual({ ...kept, ...change });
  });
});

describe('what is not there and never was', () => {
  it.each(['missing', 'seen'] as const)('leaves no entry when it is found %s', async (kind) => {
    expect(await captureOf({ kind })).toEqual({ kind: 'unchanged', before: undefined, after: undefined });
    expect(await pipeline.catalog.getEntry(sourceUri(SOURCE), 'a')).toBeUndefined();
  });

  it.each(['created', 'deleted'] as const)('leaves one when an event says that it was %s', async (kind) => {
    expect(await captureOf({ kind })).toMatchObject({
      kind: 'vanished',
      after: { state: 'deleted' },
    });
  });

  it('changes nothing when an event says a second time that it was created', async () => {
    const { after } = await captureOf({ kind: 'created' });
    expect(await captureOf({ kind: 'created' })).toEqual({ kind: 'unchanged', before: after, after });
  });

  it.each([false, true])(
    'is recorded anew by a double: it may have been there in between (delivered before: %s)',
    async (recheck) => {
      const change = { kind: 'deleted', at: 5, sequencer: '01' } as const;
      const { after } = await captureOf(change);
      const again = await captureOf(change, { recheck });
      expect(again).toEqual({ kind: 'vanished', before: after, after: { ...after, rev: 2 } });
    },
  );

  it('costs one write, and no more looks than before', async () => {
    pipeline.s3.requests.resetCounts();
    pipeline.catalog.requests.resetCounts();
    await captureOf({ kind: 'deleted', at: 5, sequencer: '01' });
    expect(pipeline.s3.requests.counts()).toEqual({ head: 2, bucket: 1 });
    expect(pipeline.catalog.requests.counts()).toEqual({ getEntry: 1, putEntry: 1 });
  });

  it('takes away the reason it could not be captured for', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one', { storageClass: 'GLACIER' });
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a');
    await pipeline.drain();
    const entry = await pipeline.entry('a');
    expect(entry).toMatchObject({ state: 'deleted', size: 3 });
    expect(entry).not.toHaveProperty('reason');
  });
});

describe('a capture that failed for good', () => {
  const change: Change = { bucket: SOURCE, key: 'a', kind: 'created' };

  it('is recorded with its reason, over what was known', async () => {
    await goneAtSource();
    const before = await pipeline.entry('a');
    const outcome = await markFailed(change, new Error('outage'), pipeline.world);
    expect(outcome).toMatchObject({
      kind: 'unprotected',
      before,
      after: { reason: 'failed', detail: 'outage', vaultVersionId: before.vaultVersionId },
    });
  });

  it('leaves alone what somebody recorded meanwhile', async () => {
    await goneAtSource();
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'putEntry') return;
      pipeline.catalog.requests.before = undefined;
      await captureOf({});
    };
    expect(await markFailed(change, new Error('outage'), pipeline.world)).toBeUndefined();
    expect((await pipeline.entry('a')).state).toBe('deleted');
  });

  it('is no failure of its own when the catalog does not answer either', async () => {
    pipeline.catalog.requests.before = () => {
      throw new Error('throttled');
    };
    expect(await markFailed(change, new Error('outage'), pipeline.world)).toBeUndefined();
  });
});
