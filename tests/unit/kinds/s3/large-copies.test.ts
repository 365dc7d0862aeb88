import { capture } from '@holdfast/core/kinds/s3/capture/capture.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const KIB = 1024;
const SETTINGS = { multipartThresholdBytes: 10 * KIB, partBytes: 4 * KIB };
const BODY = Buffer.alloc(25 * KIB + 7, 'abcdefgh');
const PARTS = 7;
const OTHER = Buffer.alloc(22 * KIB, 'z');

let pipeline: Pipeline;
beforeEach(() => given({}));

async function given(options: ConstructorParameters<typeof Pipeline>[0]): Promise<void> {
  pipeline = new Pipeline({ settings: SETTINGS, ...options });
  await pipeline.protect();
}

type Message = ReturnType<Pipeline['message']>;

/** Begins the copy of a large object. @returns the message that goes on with it */
async function begun(body: Buffer = BODY): Promise<Message> {
  pipeline.s3.put(SOURCE, 'big', body);
  await pipeline.deliverEvents();
  return next();
}

function next(): Message {
  const [body = ''] = pipeline.queue.take('backlog');
  return pipeline.message(body);
}

/** The function that copies has this much time left. */
function timeLeft(ms: number): void {
  pipeline.delivery = ({ id, receives }) => ({ messageId: id, receiveCount: receives, timeLeft: () => ms });
}

/** Runs once, before a request of a kind to the store. */
function beforeStore(op: string, happen: () => unknown, skip = 0): void {
  let left = skip;
  pipeline.s3.requests.before = async (asked) => {
    if (asked !== op || left-- > 0) return;
    pipeline.s3.requests.before = undefined;
    await happen();
  };
}

/** Runs once, before the next entry is written. */
function beforeRecord(happen: () => unknown): void {
  pipeline.catalog.requests.before = async (op) => {
    if (op !== 'putEntry') return;
    pipeline.catalog.requests.before = undefined;
    await happen();
  };
}

/** Somebody else records the object, whatever they found. */
async function recordedByAnother(state: Partial<Entry> = {}): Promise<Entry> {
  const prior = await pipeline.entry('big');
  const entry = { ...prior, rev: prior.rev + 1, ...state };
  await pipeline.catalog.putEntry(entry, prior.rev);
  return entry;
}

async function uploadIsOver(message: Message): Promise<boolean> {
  const { uploadId } = JSON.parse(message.body);
  const parts = pipeline.store.listParts({ bucket: VAULT, key: 's3/photos/big', uploadId });
  return parts.then(
    () => false,
    () => true,
  );
}

function loseCatalogRow(): void {
  const get = pipeline.catalog.getEntry.bind(pipeline.catalog);
  pipeline.catalog.getEntry = async (source, key) => {
    pipeline.catalog.getEntry = get;
    await get(source, key);
    return undefined;
  };
}

describe('a large copy that is done', () => {
  it('is recorded with its lag, its order and its version, and counted', async () => {
    await given({ versioned: true });
    const { versionId } = pipeline.s3.put(SOURCE, 'big', BODY);
    const { sequencer } = JSON.parse(pipeline.events[0]?.body ?? '').detail.object;
    pipeline.pass(5);
    await pipeline.deliverEvents();
    pipeline.pass(5);
    await pipeline.drain();
    const entry = await pipeline.entry('big');
    expect(entry).toMatchObject({ state: 'current', lagMs: 10_000, sequencer, sourceVersionId: versionId });
    expect(entry.uploadId).toBeUndefined();
    const source = await pipeline.catalog.getSource(sourceUri(SOURCE));
    expect(source?.totals).toMatchObject({ objects: 1, bytes: BODY.length, unprotected: 0, captured: 1 });
    expect(source?.lag.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(pipeline.telemetry.values('Lag')).toEqual([10_000]);
    expect(pipeline.telemetry.values('CapturedBytes')).toEqual([BODY.length]);
  });

  it('is as good when it was begun before entries said with what attributes', async () => {
    const message = await begun();
    await recordedByAnother({ uploadAttributes: undefined });
    await pipeline.handle('backlog', message);
    expect((await pipeline.entry('big')).state).toBe('current');
    expect(await pipeline.vaultHistory('big')).toHaveLength(1);
  });

  it('that no event told of has no lag', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    pipeline.events.splice(0);
    await pipeline.reconcile('r1');
    const entry = await pipeline.entry('big');
    expect(entry.state).toBe('current');
    expect(entry.lagMs).toBeUndefined();
    expect(pipeline.telemetry.values('Lag')).toEqual([]);
  });
});

it('an entry says nothing more of an upload when its object is gone', async () => {
  await begun();
  expect((await pipeline.entry('big')).uploadAttributes).toMatch(/^[0-9a-f]{64}$/);
  pipeline.s3.delete(SOURCE, 'big');
  await pipeline.drain();
  const entry = await pipeline.entry('big');
  expect(entry.state).toBe('deleted');
  expect(entry).not.toHaveProperty('uploadId');
  expect(entry).not.toHaveProperty('uploadAttributes');
});

describe('a large copy that hands over', () => {
  it('leaves a sign of life, and one message', async () => {
    const message = await begun();
    const before = await pipeline.entry('big');
    pipeline.pass(600);
    timeLeft(59_999);
    await pipeline.handle('backlog', message);
    expect(await pipeline.entry('big')).toEqual({ ...before, rev: before.rev + 1, updatedAt: pipeline.now });
    expect(pipeline.queue.waiting('backlog')).toEqual([message.body]);
    expect(pipeline.s3.requests.count('copyPart')).toBe(0);
    expect(await pipeline.catalog.getSource(sourceUri(SOURCE))).toMatchObject({ totals: { captured: 0 } });
  });

  it('copies on as long as there is a minute left', async () => {
    const message = await begun();
    timeLeft(60_000);
    await pipeline.handle('backlog', message);
    expect((await pipeline.entry('big')).state).toBe('current');
  });

  it('ends when the entry is about another upload by then', async () => {
    const message = await begun();
    const entry = await recordedByAnother({ uploadId: 'another' });
    timeLeft(0);
    await pipeline.handle('backlog', message);
    expect(await pipeline.entry('big')).toEqual(entry);
    expect(await uploadIsOver(message)).toBe(true);
    expect(pipeline.queue.waiting('backlog')).toEqual([]);
  });

  it('begins anew when the catalog has lost the entry', async () => {
    const message = await begun();
    loseCatalogRow();
    timeLeft(0);
    await pipeline.handle('backlog', message);
    expect(await uploadIsOver(message)).toBe(true);
    timeLeft(900_000);
    await pipeline.drain();
    expect((await pipeline.entry('big')).state).toBe('current');
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.body.equals(BODY)).toBe(true);
  });
});

describe('a large copy whose parts are all there', () => {
  it.each<[string, boolean, () => unknown]>([
    ['other bytes', false, () => pipeline.s3.put(SOURCE, 'big', OTHER)],
    [
      'the same bytes, later',
      false,
      () => {
        pipeline.pass(1);
        pipeline.s3.put(SOURCE, 'big', BODY, { metadata: { v: '2' } });
      },
    ],
    [
      'the same bytes as another version',
      true,
      () => pipeline.s3.put(SOURCE, 'big', BODY, { metadata: { v: '2' } }),
    ],
  ])('is not ended when the source has %s by then', async (_what, versioned, happen) => {
    await given({ versioned });
    const message = await begun();
    beforeStore('head', happen);
    await pipeline.handle('backlog', message);
    expect(pipeline.s3.requests.count('completeMultipart')).toBe(0);
    expect(await uploadIsOver(message)).toBe(true);
    await pipeline.drain();
    const { content } = pipeline.s3.object(VAULT, 's3/photos/big');
    expect(content.metadata).toEqual(pipeline.s3.object(SOURCE, 'big').content.metadata);
    expect(content.body.equals(pipeline.s3.object(SOURCE, 'big').content.body)).toBe(true);
  });

  it('is not ended when the object is gone by then', async () => {
    const message = await begun();
    beforeStore('head', () => pipeline.s3.delete(SOURCE, 'big'));
    await pipeline.handle('backlog', message);
    expect(pipeline.s3.requests.count('completeMultipart')).toBe(0);
    expect((await pipeline.entry('big')).state).toBe('deleted');
  });

  it('is not ended when the entry is about another upload, nor is a third one begun', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY);
    const { etag } = pipeline.s3.object(SOURCE, 'big').content;
    const listed = { etag, size: BODY.length, lastModified: pipeline.now };
    await capture({ bucket: SOURCE, key: 'big', kind: 'seen', ...listed }, pipeline.world, {
      recheck: false,
    });
    const first = next();
    await pipeline.deliverEvents();
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(2);
    await pipeline.handle('backlog', first);
    expect(await uploadIsOver(first)).toBe(true);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(2);
    await pipeline.drain();
    expect(pipeline.s3.requests.count('completeMultipart')).toBe(1);
  });

  it('begins anew when the catalog has lost the entry', async () => {
    const message = await begun();
    loseCatalogRow();
    await pipeline.handle('backlog', message);
    await pipeline.drain();
    expect((await pipeline.entry('big')).state).toBe('current');
  });

  it('looks again when somebody recorded between its end and its record', async () => {
    const message = await begun();
    beforeRecord(() => recordedByAnother({ state: 'deleted' }));
    await pipeline.handle('backlog', message);
    await pipeline.drain();
    const top = pipeline.s3.object(VAULT, 's3/photos/big');
    expect(await pipeline.entry('big')).toMatchObject({ state: 'current', vaultVersionId: top.versionId });
  });
});

describe('a large copy that cannot go on', () => {
  /** Its message was delivered twice before: access that is denied is tried again until then. */
  async function begunAndDenied(): Promise<Message> {
    const message = await begun();
    message.receives = 2;
    return message;
  }

  it.each(['access-denied', 'archived', 'customer-key'] as const)('is told of as %s', async (code) => {
    const message = await begunAndDenied();
    beforeStore('copyPart', () => {
      throw new StoreError(code, 'no key for you');
    });
    await pipeline.handle('backlog', message);
    expect(await pipeline.entry('big')).toMatchObject({
      state: 'unprotected',
      reason: code,
      detail: 'no key for you',
    });
    expect(await uploadIsOver(message)).toBe(true);
    expect(pipeline.queue.idle).toBe(true);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
    expect(pipeline.telemetry.values('UnprotectedObjects')).toEqual([1]);
  });

  it('leaves nothing behind when the catalog has lost the entry', async () => {
    const message = await begunAndDenied();
    loseCatalogRow();
    beforeStore('copyPart', () => {
      throw new StoreError('access-denied', 'no');
    });
    await pipeline.handle('backlog', message);
    expect(await uploadIsOver(message)).toBe(true);
  });

  it('leaves alone what somebody else recorded meanwhile', async () => {
    const message = await begunAndDenied();
    const theirs = { state: 'deleted', deletedAt: 1 } as const;
    beforeStore('copyPart', () => {
      beforeRecord(() => recordedByAnother(theirs));
      throw new StoreError('access-denied', 'no');
    });
    pipeline.catalog.requests.resetCounts();
    await pipeline.handle('backlog', message);
    expect(await pipeline.entry('big')).toMatchObject(theirs);
    expect(pipeline.catalog.requests.count('addActivity')).toBe(0);
  });

  it('leaves alone an entry about another upload', async () => {
    const message = await begunAndDenied();
    const entry = await recordedByAnother({ uploadId: 'another' });
    beforeStore('copyPart', () => {
      throw new StoreError('access-denied', 'no');
    });
    await pipeline.handle('backlog', message);
    expect(await pipeline.entry('big')).toEqual(entry);
    expect(await uploadIsOver(message)).toBe(true);
  });

  it('goes back to the queue until its last delivery, and then says why it failed', async () => {
    const message = await begun();
    pipeline.s3.requests.before = (op) => {
      if (op === 'copyPart') throw new StoreError('unavailable', 'outage');
    };
    for (let delivery = 1; delivery < 5; delivery++) {
      await expect(pipeline.handle('backlog', message)).rejects.toThrow('outage');
      expect((await pipeline.entry('big')).reason).toBe('copying');
    }
    await expect(pipeline.handle('backlog', message)).rejects.toThrow('outage');
    expect(await pipeline.entry('big')).toMatchObject({ reason: 'failed', detail: 'outage' });
    pipeline.s3.requests.before = undefined;
    expect(await uploadIsOver(message)).toBe(true);
  });
});

describe('the parts of a large copy', () => {
  it('are put together in order, whatever the order they were copied in', async () => {
    const message = await begun();
    beforeStore(
      'copyPart',
      () => {
        throw new StoreError('unavailable', 'timed out');
      },
      1,
    );
    await expect(pipeline.handle('backlog', message)).rejects.toThrow('timed out');
    await pipeline.handle('backlog', message);
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.body.equals(BODY)).toBe(true);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });

  it('are copied as many at the same time as may be', async () => {
    await given({ settings: { ...SETTINGS, concurrency: 2 } });
    const message = await begun();
    let now = 0;
    let most = 0;
    pipeline.s3.requests.before = async (op) => {
      if (op !== 'copyPart') return;
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
    };
    pipeline.s3.requests.after = (op) => {
      if (op === 'copyPart') now--;
    };
    await pipeline.handle('backlog', message);
    expect(most).toBe(2);
  });

  it('become one object with the redirect of its source', async () => {
    pipeline.s3.put(SOURCE, 'big', BODY, { websiteRedirect: '/elsewhere' });
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/big').content.websiteRedirect).toBe('/elsewhere');
  });

  it('are copied once each, also when a step comes again after all of them', async () => {
    const message = await begun();
    beforeRecord(() => {
      throw new Error('killed');
    });
    beforeStore('completeMultipart', () => {
      throw new Error('killed');
    });
    await expect(pipeline.handle('backlog', message)).rejects.toThrow('killed');
    pipeline.catalog.requests.before = undefined;
    await pipeline.handle('backlog', message);
    expect(pipeline.s3.requests.count('copyPart')).toBe(PARTS);
    expect((await pipeline.entry('big')).state).toBe('current');
  });
});
