import { type CaptureOptions, capture } from '@holdfast/core/kinds/s3/capture/capture.ts';
import type { Change } from '@holdfast/core/kinds/s3/model/change.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { CaptureOutcome } from '@holdfast/core/model/capture-outcome.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { ContentionError, StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';

const KIB = 1024;
const LARGE = Buffer.alloc(25 * KIB, 'abcdefgh');
const SETTINGS = { multipartThresholdBytes: 10 * KIB, partBytes: 4 * KIB };

let pipeline: Pipeline;
beforeEach(async () => {
  await given({});
});

async function given(options: ConstructorParameters<typeof Pipeline>[0]): Promise<void> {
  pipeline = new Pipeline({ settings: SETTINGS, ...options });
  await pipeline.protect();
}

function captureOf(change: Partial<Change>, options: CaptureOptions = { recheck: false }) {
  return capture({ bucket: SOURCE, key: 'a', kind: 'seen', ...change }, pipeline.world, options);
}

/** The change of `a` as a listing shows it. */
function listed(): Partial<Change> {
  const { content, lastModified } = pipeline.s3.object(SOURCE, 'a');
  return { kind: 'seen', etag: content.etag, size: content.body.length, lastModified };
}

function captured(body: string): Promise<CaptureOutcome> {
  pipeline.s3.put(SOURCE, 'a', body);
  return captureOf(listed());
}

/** Runs once, before the next request of a kind. */
function beforeNext(op: string, happen: () => unknown): void {
  pipeline.s3.requests.before = async (asked) => {
    if (asked !== op) return;
    pipeline.s3.requests.before = undefined;
    await happen();
  };
}

async function requestsOf(work: () => Promise<unknown>): Promise<Record<string, number | undefined>> {
  pipeline.s3.requests.resetCounts();
  await work();
  return pipeline.s3.requests.counts();
}

describe('what is recorded already', () => {
  const SEEN = { etag: 'e1', size: 3, lastModified: 5000 };
  const CURRENT: Entry = {
    source: sourceUri(SOURCE),
    key: 'a',
    state: 'current',
    rev: 1,
    updatedAt: 0,
    ...SEEN,
    sourceVersionId: 'v1',
    sequencer: '05',
  };
  const DELETED: Entry = { ...CURRENT, state: 'deleted' };
  const UNPROTECTED: Entry = { ...CURRENT, state: 'unprotected', reason: 'failed' };

  it.each<[string, Partial<Change>, Entry]>([
    ['a listed state that the entry has', { kind: 'seen', ...SEEN }, CURRENT],
    ['a missing object whose deletion is recorded', { kind: 'missing' }, DELETED],
    ['an older event', { kind: 'created', etag: 'e0', sequencer: '04' }, CURRENT],
    ['an older event of a deletion', { kind: 'deleted', sequencer: '04' }, CURRENT],
    ['an event before the deletion', { kind: 'created', sequencer: '04' }, DELETED],
    ['the same event', { kind: 'created', etag: 'e1', versionId: 'v1', sequencer: '05' }, CURRENT],
  ])('asks nothing of S3: %s', async (_what, change, entry) => {
    await pipeline.catalog.putEntry(entry, undefined);
    const requests = await requestsOf(async () => {
      expect(await captureOf(change)).toEqual({ kind: 'unchanged', before: entry, after: entry });
    });
    expect(requests).toEqual({});
  });

  it.each<[string, Partial<Change>, Entry]>([
    ['another ETag in a listing', { kind: 'seen', ...SEEN, etag: 'e2' }, CURRENT],
    ['another time in a listing', { kind: 'seen', ...SEEN, lastModified: 6000 }, CURRENT],
    ['a listed object that is recorded as deleted', { kind: 'seen', ...SEEN }, DELETED],
    ['a listed object that failed before', { kind: 'seen', ...SEEN }, UNPROTECTED],
    ['a thawed object of which nothing else is said', { kind: 'seen' }, CURRENT],
    ['an object missing in a listing', { kind: 'missing' }, CURRENT],
    ['a newer event', { kind: 'created', etag: 'e1', versionId: 'v1', sequencer: '06' }, CURRENT],
    ['an event without an order', { kind: 'created', etag: 'e1', versionId: 'v1' }, CURRENT],
    [
      'an event of equal order and another ETag',
      { kind: 'created', etag: 'e2', versionId: 'v1', sequencer: '05' },
      CURRENT,
    ],
    [
      'an event of equal order and another version',
      { kind: 'created', etag: 'e1', versionId: 'v2', sequencer: '05' },
      CURRENT,
    ],
    ['an event of equal order that deletes', { kind: 'deleted', sequencer: '05' }, CURRENT],
    [
      'an event of equal order that creates what is deleted',
      { kind: 'created', etag: 'e1', versionId: 'v1', sequencer: '05' },
      DELETED,
    ],
    ['an older event of an object that failed', { kind: 'created', sequencer: '04' }, UNPROTECTED],
  ])('is not believed, and the source is asked: %s', async (_what, change, entry) => {
    await pipeline.catalog.putEntry(entry, undefined);
    const requests = await requestsOf(() => captureOf(change));
    expect(requests).toHaveProperty('head');
  });

  it('costs no copy when its message comes again, but a look at the vault', async () => {
    const { after } = await captured('one');
    const requests = await requestsOf(async () => {
      const again = await captureOf(listed(), { recheck: true });
      expect(again).toEqual({ kind: 'unchanged', before: after, after });
    });
    expect(requests).toEqual({ head: 2 });
  });

  it('as deleted costs one copy, and no look at the vault, when the object comes back', async () => {
    await captured('one');
    pipeline.s3.delete(SOURCE, 'a');
    await captureOf({ kind: 'deleted' });
    const requests = await requestsOf(() => captured('again'));
    expect(requests).toEqual({ head: 1, copy: 1 });
  });

  it('keeps the newest sequencer when an older event is looked at again', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    await captureOf({ kind: 'created', sequencer: '05' });
    pipeline.s3.put(SOURCE, 'a', 'two');
    await captureOf({ kind: 'created', sequencer: '04' }, { recheck: true });
    expect(await pipeline.entry('a')).toMatchObject({ size: 3, rev: 2, sequencer: '05' });
    pipeline.s3.put(SOURCE, 'a', 'three');
    await captureOf(listed());
    expect(await pipeline.entry('a')).toMatchObject({ size: 5, sequencer: '05' });
  });
});

describe('two events of one object, when the first finds the newest state', () => {
  /** Both writes happen before any event is handled. @returns copies made for each */
  async function copies(): Promise<number[]> {
    const made: number[] = [];
    for (const event of pipeline.events.splice(0)) {
      const before = pipeline.s3.requests.count('copy');
      await pipeline.deliverEvents([event]);
      made.push(pipeline.s3.requests.count('copy') - before);
    }
    return made;
  }

  it('cost one copy in a versioned bucket', async () => {
    await given({ versioned: true });
    pipeline.s3.put(SOURCE, 'a', 'one');
    const { versionId } = pipeline.s3.put(SOURCE, 'a', 'two');
    expect(await copies()).toEqual([1, 0]);
    expect((await pipeline.entry('a')).sourceVersionId).toBe(versionId);
  });

  it('cost two without versions: the second may be of other metadata', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    pipeline.s3.put(SOURCE, 'a', 'two');
    expect(await copies()).toEqual([1, 1]);
  });

  it('cost two when versions were only just switched on', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { v: '1' } });
    await pipeline.drain();
    pipeline.s3.bucket(SOURCE).versioning = 'enabled';
    pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { v: '2' } });
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/a').content.metadata).toEqual({ v: '2' });
  });
});

describe('a copy goes only on top of what was known to be in the vault', () => {
  beforeEach(() => given({ versioned: true }));

  it.each<[string, () => Promise<unknown>, CaptureOptions]>([
    ['nothing', async () => {}, { recheck: false }],
    ['nothing, asked of the vault', async () => {}, { recheck: true }],
    ['an earlier copy', () => captured('zero'), { recheck: false }],
    ['an earlier copy, asked of the vault', () => captured('zero'), { recheck: true }],
    ['a deletion', () => captured('zero').then(() => deleted()), { recheck: false }],
    ['a deletion, asked of the vault', () => captured('zero').then(() => deleted()), { recheck: true }],
  ])('%s', async (_what, before, options) => {
    await before();
    pipeline.pass(10);
    const kept = await pipeline.vaultHistory('a');
    pipeline.s3.put(SOURCE, 'a', 'one');
    // The handler has looked at "one" when the object changes, and another handler captures all of it.
    beforeNext('copy', async () => {
      pipeline.s3.put(SOURCE, 'a', 'two');
      await captureOf(listed());
    });
    await captureOf({ kind: 'created' }, options);
    expect(await pipeline.vaultHistory('a')).toEqual(['two', ...kept]);
  });

  async function deleted(): Promise<void> {
    pipeline.s3.delete(SOURCE, 'a');
    await captureOf({ kind: 'deleted' });
  }
});

describe('a copy', () => {
  it('is of the version that was looked at, also when there is a newer one of the same bytes', async () => {
    await given({ versioned: true });
    const { versionId } = pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { v: '1' } });
    beforeNext('copy', () => pipeline.s3.put(SOURCE, 'a', 'one', { metadata: { v: '2' } }));
    const { after } = await captureOf({ kind: 'created' });
    expect(after?.sourceVersionId).toBe(versionId);
    expect(pipeline.s3.object(VAULT, 's3/photos/a').content.metadata).toEqual({ v: '1' });
  });
});

describe('a copy that S3 refuses', () => {
  it.each(['not-found', 'precondition-failed'] as const)(
    'with %s is tried on what is there then',
    async (code) => {
      pipeline.s3.put(SOURCE, 'a', 'one');
      beforeNext('copy', () => {
        throw new StoreError(code, 'somebody was faster');
      });
      expect(await captureOf({ kind: 'created' })).toMatchObject({ kind: 'captured' });
    },
  );

  it.each(['access-denied', 'archived', 'customer-key'] as const)('with %s is told of', async (code) => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    beforeNext('copy', () => {
      throw new StoreError(code, 'no key for you');
    });
    expect(await captureOf({ kind: 'created' })).toMatchObject({
      kind: 'unprotected',
      after: { reason: code, detail: 'no key for you', size: 3, storageClass: 'STANDARD' },
    });
  });

  it('because it does not answer is left to the queue', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one');
    beforeNext('copy', () => {
      throw new StoreError('unavailable', 'timed out');
    });
    await expect(captureOf({ kind: 'created' })).rejects.toThrow('timed out');
    expect(pipeline.s3.requests.count('copy')).toBe(1);
  });
});

describe('an object that others keep recording', () => {
  beforeEach(() => {
    let mine = true;
    pipeline.catalog.requests.before = async (op, [entry, rev]) => {
      if (op !== 'putEntry' || !mine) return;
      mine = false;
      // Theirs is no copy in parts: one that is under way would be left to go on.
      const { uploadId, ...rest } = entry as Entry;
      const theirs = uploadId === undefined ? rest : { ...rest, reason: 'failed' as const };
      await pipeline.catalog.putEntry(theirs, rev as number | undefined);
      mine = true;
    };
  });

  it.each<[string, number, () => unknown]>([
    ['copied', 5, () => pipeline.s3.put(SOURCE, 'a', 'one')],
    ['put down as unreadable', 5, () => pipeline.s3.put(SOURCE, 'a', 'one', { storageClass: 'GLACIER' })],
    // Each time it is also asked whether it was the own record that was met.
    ['begun in parts', 10, () => pipeline.s3.put(SOURCE, 'a', LARGE)],
  ])('is left to the queue after five tries, %s each time', async (_what, reads, happen) => {
    happen();
    await expect(captureOf({ kind: 'created' })).rejects.toThrow(ContentionError);
    expect(pipeline.catalog.requests.count('getEntry')).toBe(reads);
    expect(pipeline.queue.idle).toBe(true);
  });

  it('is not recorded as deleted a second time', async () => {
    pipeline.s3.put(VAULT, 's3/photos/a', 'unrecorded');
    const entry = { state: 'deleted', rev: 1 };
    const outcome = await captureOf({ kind: 'created' });
    expect(outcome).toMatchObject({ kind: 'unchanged', before: entry, after: entry });
  });

  it('leaves no upload behind that nobody will end', async () => {
    pipeline.s3.put(SOURCE, 'a', LARGE);
    await expect(captureOf({ kind: 'created' })).rejects.toThrow(ContentionError);
    expect(pipeline.s3.requests.count('abortMultipart')).toBe(5);
  });
});

describe('an object that cannot be read', () => {
  it('is recorded with what a HEAD tells of it', async () => {
    pipeline.s3.put(SOURCE, 'a', 'one', { storageClass: 'GLACIER' });
    expect(await captureOf({ kind: 'created' })).toMatchObject({
      kind: 'unprotected',
      after: { reason: 'archived', size: 3, storageClass: 'GLACIER' },
    });
    expect(pipeline.s3.requests.count('copy')).toBe(0);
  });

  it('for a bucket that answers neither yes nor no is put down to access', async () => {
    await captured('one');
    pipeline.s3.delete(SOURCE, 'a');
    beforeNext('bucket', () => pipeline.s3.deny(SOURCE));
    expect(await captureOf({ kind: 'deleted' })).toMatchObject({ after: { reason: 'access-denied' } });
    expect(pipeline.vaultText('a')).toBe('one');
  });
});

describe('the name of a key too long for the vault', () => {
  const key = 'k'.repeat(1024);
  const nameKey = vaultPlace(SOURCE, key).nameKey ?? '';

  it('is written once, as text, before the first copy', async () => {
    pipeline.s3.put(SOURCE, key, 'one');
    await captureOf({ key, kind: 'created' });
    pipeline.s3.put(SOURCE, key, 'two');
    await captureOf({ key, kind: 'created' });
    expect(pipeline.s3.requests.count('put')).toBe(1 + SETTINGS_WRITTEN);
    expect(pipeline.s3.object(VAULT, nameKey).content.headers.contentType).toBe('text/plain; charset=utf-8');
  });

  // Protecting a source writes its settings.
  const SETTINGS_WRITTEN = 1;
});

describe('an object above the multipart threshold', () => {
  it('is one that has more bytes than it, not as many', async () => {
    pipeline.s3.put(SOURCE, 'a', Buffer.alloc(SETTINGS.multipartThresholdBytes, 'x'));
    expect((await captureOf({ kind: 'created' })).kind).toBe('captured');
  });

  it('is told of as being copied, without a request for tags that it has not', async () => {
    pipeline.s3.put(SOURCE, 'a', LARGE);
    const outcome = await captureOf({ kind: 'created' });
    expect(outcome).toMatchObject({ kind: 'copying', after: { state: 'unprotected', reason: 'copying' } });
    expect(pipeline.s3.requests.count('getTags')).toBe(0);
    const entry = await pipeline.entry('a');
    expect(await captureOf(listed())).toEqual({ kind: 'copying', before: entry, after: entry });
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });

  it.each([
    [2 * 3600 + 3599, 1],
    [3 * 3600, 2],
  ])(
    'is begun anew when there was no sign of life: after %i seconds, begun %i times',
    async (seconds, begun) => {
      pipeline.s3.put(SOURCE, 'a', LARGE);
      await captureOf({ kind: 'created' });
      pipeline.pass(seconds);
      await captureOf(listed());
      expect(pipeline.s3.requests.count('beginMultipart')).toBe(begun);
    },
  );

  it('is begun anew at once in another state', async () => {
    pipeline.s3.put(SOURCE, 'a', LARGE);
    await captureOf({ kind: 'created' });
    pipeline.s3.put(SOURCE, 'a', Buffer.alloc(30 * KIB, 'z'));
    await captureOf(listed());
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(2);
  });

  it('is not begun twice for the second event of one version', async () => {
    await given({ versioned: true });
    pipeline.s3.put(SOURCE, 'a', 'small');
    pipeline.s3.put(SOURCE, 'a', LARGE);
    for (const event of pipeline.events.splice(0)) await pipeline.deliverEvents([event]);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });

  it('is begun twice for two events without versions: the second may be of other metadata', async () => {
    pipeline.s3.put(SOURCE, 'a', 'small');
    pipeline.s3.put(SOURCE, 'a', LARGE);
    for (const event of pipeline.events.splice(0)) await pipeline.deliverEvents([event]);
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(2);
  });

  it('is not begun again for an event older than the one that began it', async () => {
    pipeline.s3.put(SOURCE, 'a', LARGE);
    await captureOf({ kind: 'created', sequencer: '05' });
    await captureOf({ kind: 'created', sequencer: '04' });
    expect(pipeline.s3.requests.count('beginMultipart')).toBe(1);
  });
});
