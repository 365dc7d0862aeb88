import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { compareSequencers } from '@holdfast/core/kinds/s3/model/sequencer.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../../testing/memory/memory-s3.ts';
import { codeOf } from '../../contract/suites/code-of.ts';

const START = Date.parse('2026-03-01T12:00:00Z');

function setUp(limits: { maxCopyBytes?: number; minPartBytes?: number; pageSize?: number } = {}) {
  const events: string[] = [];
  const clock = { now: START };
  const s3 = new MemoryS3({ now: () => clock.now, onEvent: ({ body }) => events.push(body), ...limits });
  s3.createBucket('src', { versioning: 'enabled', wired: true });
  s3.createBucket('plain', { wired: true });
  s3.createBucket('vault', { versioning: 'enabled' });
  const changes = () => events.splice(0).flatMap(parseS3Event);
  return { s3, clock, changes, events, store: new MemoryObjectStore(s3) };
}

describe('events', () => {
  it('tell of each change in words the pipeline reads, in growing order', () => {
    const { s3, changes } = setUp();
    const { versionId } = s3.put('src', 'k', 'hello');
    s3.uploadMultipart('src', 'k', ['a', 'b']);
    s3.delete('src', 'k');
    s3.deleteVersion('src', 'k', versionId);
    const seen = changes();
    expect(seen.map(({ kind }) => kind)).toEqual(['created', 'created', 'deleted', 'deleted']);
    expect(seen[0]).toMatchObject({ bucket: 'src', key: 'k', size: 5, versionId, at: START });
    expect(seen[3]?.versionId).toBe(versionId);
    for (const [index, change] of seen.slice(1).entries()) {
      expect(compareSequencers(change.sequencer ?? '', seen[index]?.sequencer ?? '')).toBe('newer');
    }
  });

  it('tell what a lifecycle rule did', () => {
    const { s3, events } = setUp();
    const { versionId } = s3.put('src', 'k', 'x');
    s3.expire('src', 'k');
    s3.expireVersion('src', 'k', versionId);
    s3.put('plain', 'k', 'x');
    s3.expire('plain', 'k');
    const details = events
      .map((body) => JSON.parse(body))
      .filter((event) => event['detail-type'] === 'Object Deleted');
    expect(details.map(({ detail }) => [detail.reason, detail['deletion-type']])).toEqual([
      ['Lifecycle Expiration', 'Delete Marker Created'],
      ['Lifecycle Expiration', 'Permanently Deleted'],
      ['Lifecycle Expiration', 'Permanently Deleted'],
    ]);
  });

  it('can all say the same sequencer, as an emulator’s do', () => {
    const events: string[] = [];
    const s3 = new MemoryS3({
      now: () => START,
      onEvent: ({ body }) => events.push(body),
      constantSequencer: true,
    });
    s3.createBucket('src', { wired: true });
    s3.put('src', 'a', 'x');
    s3.put('src', 'a', 'y');
    const [first, second] = events.flatMap(parseS3Event);
    expect(compareSequencers(first?.sequencer ?? '', second?.sequencer ?? '')).toBe('same');
  });

  it('come only from buckets that are wired', () => {
    const { s3, changes } = setUp();
    s3.put('vault', 'k', 'x');
    s3.bucket('src').rule = 'disabled';
    s3.put('src', 'k', 'x');
    s3.bucket('plain').eventBridge = false;
    s3.put('plain', 'k', 'x');
    expect(changes()).toEqual([]);
  });

  it('do not tell of a change of class, a thaw or a deletion of nothing', () => {
    const { s3, changes } = setUp();
    s3.put('plain', 'k', 'x');
    changes();
    s3.transition('plain', 'k', 'GLACIER');
    s3.thaw('plain', 'k');
    s3.delete('plain', 'never');
    s3.deleteVersion('plain', 'k', 'never');
    expect(changes()).toEqual([]);
  });
});

describe('time', () => {
  it('is kept in whole seconds, and order within one is that of the writes', async () => {
    const { s3, clock, store } = setUp();
    clock.now = START + 999;
    const ids = ['1', '2', '3'].map((body) => s3.put('src', 'k', body).versionId);
    const { versions } = await store.listVersions({ bucket: 'src' });
    expect(versions.map(({ versionId }) => versionId)).toEqual(ids.toReversed());
    expect(versions.map(({ lastModified }) => lastModified)).toEqual([START, START, START]);
  });

  it('of a multipart object is that of its beginning', async () => {
    const { s3, clock, store } = setUp();
    const { content } = s3.put('src', 'k', 'large');
    const to = { bucket: 'vault', key: 'k' };
    const upload = await store.beginMultipart({ to, headers: {}, metadata: {}, tags: {} });
    clock.now += 5000;
    await store.put(to, 'meanwhile', 'text/plain');
    const from = { bucket: 'src', key: 'k', ifMatch: content.etag };
    const part = await store.copyPart(upload, { number: 1, from, first: 0, last: 4 });
    await store.completeMultipart(upload, [part]);
    expect(s3.text('vault', 'k')).toBe('meanwhile');
    const { versions } = await store.listVersions({ bucket: 'vault' });
    expect(versions.map(({ lastModified }) => lastModified)).toEqual([START + 5000, START]);
  });
});

describe('versions', () => {
  it('hide behind a marker of id null where versioning is suspended', async () => {
    const { s3, store } = setUp();
    const { versionId } = s3.put('src', 'k', '1');
    s3.bucket('src').versioning = 'suspended';
    s3.put('src', 'k', '2');
    s3.put('src', 'k', '3');
    s3.delete('src', 'k');
    const { versions } = await store.listVersions({ bucket: 'src' });
    expect(versions.map((version) => version.versionId)).toEqual(['null', versionId]);
    expect(versions[0]?.deleteMarker).toBe(true);
  });

  it('come up again when the marker above them is removed', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', '1');
    const marker = s3.delete('src', 'k');
    s3.deleteVersion('src', 'k', marker?.versionId ?? '');
    expect(await store.get({ bucket: 'src', key: 'k' })).toBe('1');
  });

  it('can be listed from one that has been destroyed since', async () => {
    const { s3, store } = setUp();
    const [first, second, third] = ['1', '2', '3'].map((body) => s3.put('src', 'k', body).versionId);
    s3.deleteVersion('src', 'k', second ?? '');
    const marker = { key: 'k', versionId: second ?? '' };
    const { versions } = await store.listVersions({ bucket: 'src', marker });
    expect(versions.map(({ versionId }) => versionId)).toEqual([first]);
    expect(third).not.toBe(first);
  });
});

describe('limits', () => {
  it('of a copy and of a part', async () => {
    const { s3, store } = setUp({ maxCopyBytes: 4 });
    const { content } = s3.put('src', 'k', 'hello');
    const to = { bucket: 'vault', key: 'k' };
    expect(await codeOf(store.copy({ from: { bucket: 'src', key: 'k' }, to }))).toBe('invalid');
    const upload = await store.beginMultipart({ to, headers: {}, metadata: {}, tags: {} });
    const from = { bucket: 'src', key: 'k', ifMatch: content.etag };
    const part = (last: number) => codeOf(store.copyPart(upload, { number: 1, from, first: 0, last }));
    expect(await part(4)).toBe('invalid');
    expect(await part(3)).toBe('not refused');
  });

  it('of the smallest part', async () => {
    const { s3, store } = setUp({ minPartBytes: 4 });
    const { content } = s3.put('src', 'k', 'hello!');
    const upload = await store.beginMultipart({
      to: { bucket: 'vault', key: 'k' },
      headers: {},
      metadata: {},
      tags: {},
    });
    const from = { bucket: 'src', key: 'k', ifMatch: content.etag };
    const parts = [
      await store.copyPart(upload, { number: 1, from, first: 0, last: 2 }),
      await store.copyPart(upload, { number: 2, from, first: 3, last: 5 }),
    ];
    expect(await codeOf(store.completeMultipart(upload, parts))).toBe('invalid');
  });

  it('of a page', async () => {
    const { s3, store } = setUp({ pageSize: 2 });
    for (const key of ['a', 'b', 'c']) s3.put('src', key, key);
    const page = await store.list({ bucket: 'src', limit: 1000 });
    expect([page.objects.length, page.more]).toEqual([2, true]);
  });
});

describe('a copy of a multipart object', () => {
  it('has the ETag of one part', async () => {
    const { s3, store } = setUp();
    const { content } = s3.uploadMultipart('src', 'k', ['hel', 'lo']);
    expect(content.etag).toMatch(/-2$/);
    const request = { from: { bucket: 'src', key: 'k' }, to: { bucket: 'vault', key: 'k' } };
    expect((await store.copy(request)).etag).toBe('5d41402abc4b2a76b9719d911017c592');
  });
});

describe('switches', () => {
  it('deny one key, to a HEAD and to a copy, and nothing else', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'secret', 'x');
    s3.put('src', 'open', 'x');
    s3.deny('src', 'secret');
    const copy = (key: string) =>
      codeOf(store.copy({ from: { bucket: 'src', key }, to: { bucket: 'vault', key } }));
    expect(await store.head({ bucket: 'src', key: 'secret' })).toEqual({
      found: false,
      why: 'access-denied',
    });
    expect(await copy('secret')).toBe('access-denied');
    expect(await copy('open')).toBe('not refused');
    expect((await store.list({ bucket: 'src' })).objects).toHaveLength(2);
    s3.allow('src', 'secret');
    expect(await copy('secret')).toBe('not refused');
  });

  it('deny a bucket, and take it away', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', 'x');
    s3.deny('src');
    expect(await codeOf(store.list({ bucket: 'src' }))).toBe('access-denied');
    expect(await store.bucket('src')).toEqual({ state: 'access-denied' });
    expect(await store.head({ bucket: 'src', key: 'k' })).toEqual({ found: false, why: 'access-denied' });
    s3.allow('src');
    s3.deleteBucket('src');
    expect(await store.bucket('src')).toEqual({ state: 'absent' });
    expect(await codeOf(store.list({ bucket: 'src' }))).toBe('no-such-bucket');
  });

  it('thaw what is archived', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', 'cold', { storageClass: 'DEEP_ARCHIVE' });
    const get = () => codeOf(store.get({ bucket: 'src', key: 'k' }));
    expect(await get()).toBe('archived');
    s3.thaw('src', 'k');
    expect(await get()).toBe('not refused');
    expect(await store.head({ bucket: 'src', key: 'k' })).toMatchObject({ object: { archived: false } });
  });
});

describe('what a vault is guarded by', () => {
  it('a locked version stays until its lock has run out', () => {
    const { s3, clock } = setUp();
    s3.bucket('vault').lockMs = 1000;
    const { versionId } = s3.put('vault', 'k', 'x');
    expect(() => s3.deleteVersion('vault', 'k', versionId)).toThrow('is locked');
    s3.delete('vault', 'k');
    clock.now += 1000;
    s3.deleteVersion('vault', 'k', versionId);
    expect(s3.bucket('vault').versions('k')).toHaveLength(1);
  });

  it('an upload that began too long ago is aborted, a younger one and another bucket’s are not', async () => {
    const { s3, store, clock } = setUp();
    const begin = (bucket: string) =>
      store.beginMultipart({ to: { bucket, key: 'k' }, headers: {}, metadata: {}, tags: {} });
    const [old, other] = [await begin('vault'), await begin('plain')];
    clock.now += 10;
    const young = await begin('vault');
    store.expireUploads('vault', clock.now);
    expect(await codeOf(store.listParts(old))).toBe('not-found');
    expect(await store.listParts(young)).toEqual([]);
    expect(await store.listParts(other)).toEqual([]);
    expect(s3.keys('vault')).toEqual([]);
  });

  it('a missing bucket answers nobody, and has what it had when it is back', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', 'x');
    const bucket = s3.bucket('src');
    bucket.missing = true;
    expect(await store.bucket('src')).toEqual({ state: 'absent' });
    expect(await store.head({ bucket: 'src', key: 'k' })).toEqual({ found: false, why: 'absent' });
    bucket.missing = false;
    expect(s3.text('src', 'k')).toBe('x');
  });
});

describe('an upload that ends late', () => {
  it('is older than what was written since it began', () => {
    const { s3, clock } = setUp();
    const since = s3.stamp();
    clock.now += 5000;
    s3.put('src', 'k', 'newer');
    s3.uploadMultipart('src', 'k', ['ol', 'der'], {}, since);
    expect(s3.text('src', 'k')).toBe('newer');
    expect(s3.bucket('src').versions('k')[1]?.lastModified).toBe(START);
  });
});

describe('requests', () => {
  it('are counted by name', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', 'x');
    await store.head({ bucket: 'src', key: 'k' });
    await store.head({ bucket: 'src', key: 'k' });
    await store.list({ bucket: 'src' });
    expect(s3.requests.counts()).toEqual({ head: 2, list: 1 });
    expect(s3.requests.count()).toBe(3);
    s3.requests.resetCounts();
    expect(s3.requests.count('head')).toBe(0);
  });

  it('fail before they have an effect, or after', async () => {
    const { s3, store } = setUp();
    const fault = new StoreError('throttled', 'slow down');
    const put = () => codeOf(store.put({ bucket: 'vault', key: 'k' }, 'x', 'text/plain'));
    s3.requests.before = (op) => {
      if (op === 'put') throw fault;
    };
    expect(await put()).toBe('throttled');
    expect(s3.keys('vault')).toEqual([]);
    s3.requests.before = undefined;
    s3.requests.after = () => {
      throw fault;
    };
    expect(await put()).toBe('throttled');
    expect(s3.keys('vault')).toEqual(['k']);
  });

  it('wait while something else happens', async () => {
    const { s3, store } = setUp();
    s3.put('src', 'k', 'old');
    const gate = Promise.withResolvers<void>();
    s3.requests.before = () => gate.promise;
    const copy = store.copy({ from: { bucket: 'src', key: 'k' }, to: { bucket: 'vault', key: 'k' } });
    s3.put('src', 'k', 'new');
    gate.resolve();
    await copy;
    expect(s3.text('vault', 'k')).toBe('new');
  });
});
