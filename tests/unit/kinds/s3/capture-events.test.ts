import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, VAULT } from '../../../../testing/pipeline.ts';
import { AWKWARD_KEYS } from '../../../support/awkward-keys.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

describe('a created object', () => {
  it('is copied with its metadata and recorded with its lag', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { metadata: { author: 'Zoë' }, tags: { team: 'x' } });
    pipeline.pass(3);
    await pipeline.drain();
    const entry = await pipeline.entry('a.txt');
    expect(entry).toMatchObject({ state: 'current', size: 3, lagMs: 3000 });
    const copy = pipeline.s3.object(VAULT, 's3/photos/a.txt');
    expect(copy.versionId).toBe(entry.vaultVersionId);
    expect(copy.content.tags).toEqual({ team: 'x' });
    expect(copy.content.metadata).toEqual(pipeline.s3.object(SOURCE, 'a.txt').content.metadata);
    expect(entry.checksum?.value).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });

  it('costs one copy, one HEAD, one catalog read and one write', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const before = { s3: pipeline.s3.requests.counts(), put: pipeline.catalog.requests.count('putEntry') };
    await pipeline.drain();
    expect(pipeline.s3.requests.count('copy') - (before.s3.copy ?? 0)).toBe(1);
    expect(pipeline.s3.requests.count('head') - (before.s3.head ?? 0)).toBe(1);
    expect(pipeline.catalog.requests.count('getEntry')).toBe(1);
    expect(pipeline.catalog.requests.count('putEntry') - before.put).toBe(1);
  });

  it('keeps an earlier content when it is overwritten', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    pipeline.pass(10);
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['two', 'one']);
  });

  it('is captured under a new name, and deleted under the old one, when it is renamed', async () => {
    pipeline.s3.put(SOURCE, 'old', 'x');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'new', 'x');
    pipeline.s3.delete(SOURCE, 'old');
    await pipeline.drain();
    expect([pipeline.vaultText('new'), (await pipeline.entry('old')).state]).toEqual(['x', 'deleted']);
  });

  it.each([
    ['a folder marker', 'folder/', ''],
    ['zero bytes', 'empty.bin', ''],
  ])('is captured as %s', async (_, key, body) => {
    pipeline.s3.put(SOURCE, key, body);
    await pipeline.drain();
    expect([pipeline.vaultText(key), (await pipeline.entry(key)).size]).toEqual(['', 0]);
  });

  it.each(AWKWARD_KEYS.map((key) => ({ key, name: JSON.stringify(key).slice(0, 60) })))(
    'is captured under the key $name',
    async ({ key }) => {
      pipeline.s3.put(SOURCE, key, `content of ${key}`);
      await pipeline.drain();
      expect(pipeline.vaultText(key)).toBe(`content of ${key}`);
      expect((await pipeline.entry(key)).state).toBe('current');
    },
  );

  it('leaves the name of a key too long for the vault beside its copy', async () => {
    const key = 'k'.repeat(1024);
    pipeline.s3.put(SOURCE, key, 'x');
    await pipeline.drain();
    const place = vaultPlace(SOURCE, key);
    expect(place.nameKey).toBeDefined();
    expect(pipeline.s3.text(VAULT, place.nameKey ?? '')).toBe(key);
  });

  it('is not captured outside the filter of its source', async () => {
    await pipeline.protect({ include: ['**/*.txt'], exclude: ['tmp/**'] });
    for (const key of ['a/b.txt', 'a/b.png', 'tmp/c.txt']) pipeline.s3.put(SOURCE, key, 'x');
    await pipeline.drain();
    expect(pipeline.s3.keys(VAULT).filter((key) => key.startsWith('s3/'))).toEqual(['s3/photos/a/b.txt']);
  });
});

describe('a deleted object', () => {
  it('keeps its versions under a delete marker, tagged beside its own tags', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { tags: { team: 'x' } });
    await pipeline.drain();
    pipeline.pass(60);
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.drain();
    const entry = await pipeline.entry('a.txt');
    expect(entry).toMatchObject({ state: 'deleted', deletedAt: pipeline.now });
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['marker', 'one']);
    const copy = pipeline.s3.object(VAULT, 's3/photos/a.txt', entry.vaultVersionId);
    expect(copy.content.tags).toEqual({ team: 'x', Deleted: 'True', DeletedAt: '2026-03-01T12:01:00.000Z' });
  });

  it('keeps its own ten tags when there is no room for the marks', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`t${i}`, 'v']));
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { tags });
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.drain();
    const { vaultVersionId } = await pipeline.entry('a.txt');
    expect(pipeline.s3.object(VAULT, 's3/photos/a.txt', vaultVersionId).content.tags).toEqual(tags);
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['marker', 'one']);
  });

  it('comes back on top of its history', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'a.txt', 'again');
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['again', 'marker', 'one']);
    expect((await pipeline.entry('a.txt')).state).toBe('current');
    expect(pipeline.s3.object(VAULT, 's3/photos/a.txt').content.tags).toEqual({});
  });

  it('is recorded when lifecycle did it', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    pipeline.s3.expire(SOURCE, 'a.txt');
    await pipeline.drain();
    expect((await pipeline.entry('a.txt')).state).toBe('deleted');
  });

  it('is told of as gone when it was deleted before its event was handled', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.deliverEvents(pipeline.events.splice(0, 1));
    expect(await pipeline.entry('a.txt')).toMatchObject({ state: 'deleted' });
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a.txt')).toEqual([]);
  });

  describe('of which a noncurrent version is destroyed', () => {
    let before: Entry;

    async function afterDestroying(by: 'deleteVersion' | 'expireVersion'): Promise<Entry> {
      pipeline = new Pipeline({ versioned: true });
      await pipeline.protect();
      const old = pipeline.s3.put(SOURCE, 'a.txt', 'one');
      pipeline.s3.put(SOURCE, 'a.txt', 'two');
      await pipeline.drain();
      before = await pipeline.entry('a.txt');
      pipeline.s3[by](SOURCE, 'a.txt', old.versionId);
      pipeline.s3.requests.resetCounts();
      pipeline.catalog.requests.resetCounts();
      await pipeline.deliverEvents();
      return pipeline.entry('a.txt');
    }

    it('stays as it is, but for its revision: that could have been a delete marker', async () => {
      const { rev, sequencer, ...facts } = await afterDestroying('deleteVersion');
      expect({ ...before, rev, sequencer }).toEqual({ ...facts, rev: before.rev + 1, sequencer });
      expect(await pipeline.vaultHistory('a.txt')).toEqual(['two']);
      expect(pipeline.catalog.requests.count('putEntry')).toBe(1);
    });

    it('is not written at all when a lifecycle rule did it', async () => {
      expect(await afterDestroying('expireVersion')).toEqual(before);
      expect(pipeline.s3.requests.counts()).toEqual({ head: 2 });
      expect(pipeline.catalog.requests.count('putEntry')).toBe(0);
    });
  });

  it('gives way to the earlier version when the current one was destroyed', async () => {
    pipeline = new Pipeline({ versioned: true });
    await pipeline.protect();
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    const newer = pipeline.s3.put(SOURCE, 'a.txt', 'two');
    await pipeline.drain();
    pipeline.s3.deleteVersion(SOURCE, 'a.txt', newer.versionId);
    await pipeline.drain();
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['one', 'two', 'one']);
  });
});

describe('no evidence of a deletion (I4)', () => {
  beforeEach(async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    pipeline.s3.delete(SOURCE, 'a.txt');
  });

  it.each([
    ['the bucket is gone', () => pipeline.s3.deleteBucket(SOURCE), 'source-missing'],
    ['access to the bucket was lost', () => pipeline.s3.deny(SOURCE), 'access-denied'],
  ])('is taken from a 404 or 403 when %s', async (_, happen, reason) => {
    happen();
    await pipeline.drain();
    expect(await pipeline.entry('a.txt')).toMatchObject({ state: 'unprotected', reason });
    expect(pipeline.vaultText('a.txt')).toBe('one');
  });

  it('is taken from a source that does not answer', async () => {
    pipeline.s3.requests.before = (op, [ref]) => {
      if (op === 'head' && (ref as { bucket: string }).bucket === SOURCE)
        throw new StoreError('unavailable', 'timed out');
    };
    await pipeline.drain();
    expect(await pipeline.entry('a.txt')).toMatchObject({
      state: 'unprotected',
      reason: 'failed',
      detail: 'timed out',
    });
    expect(pipeline.vaultText('a.txt')).toBe('one');
    expect(pipeline.dead).toHaveLength(1);
  });
});

describe('what cannot be captured (I6)', () => {
  it.each([
    ['archived', { storageClass: 'DEEP_ARCHIVE' }],
    ['customer-key', { customerKey: true }],
  ])('is recorded as %s', async (reason, attributes) => {
    pipeline.s3.put(SOURCE, 'a.bin', 'x', attributes);
    await pipeline.drain();
    expect(await pipeline.entry('a.bin')).toMatchObject({ state: 'unprotected', reason });
    expect(pipeline.vaultText('a.bin')).toBeUndefined();
  });

  it('is recorded as access-denied, with what the vault had kept', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    const { vaultVersionId } = await pipeline.entry('a.txt');
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    pipeline.s3.deny(SOURCE, 'a.txt');
    await pipeline.drain();
    expect(await pipeline.entry('a.txt')).toMatchObject({
      state: 'unprotected',
      reason: 'access-denied',
      vaultVersionId,
    });
    expect(pipeline.vaultText('a.txt')).toBe('one');
  });

  it('is captured when S3 says that it was thawed', async () => {
    pipeline.s3.put(SOURCE, 'a.bin', 'x', { storageClass: 'DEEP_ARCHIVE' });
    await pipeline.drain();
    pipeline.s3.thaw(SOURCE, 'a.bin');
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Restore Completed',
      time: new Date(pipeline.now).toISOString(),
      detail: { bucket: { name: SOURCE }, object: { key: 'a.bin' } },
    };
    await pipeline.deliverEvents([pipeline.message(JSON.stringify(event))]);
    expect([(await pipeline.entry('a.bin')).state, pipeline.vaultText('a.bin')]).toEqual(['current', 'x']);
  });

  it('is captured once it can be read, at the next reconcile', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.s3.deny(SOURCE, 'a.txt');
    await pipeline.drain();
    pipeline.s3.allow(SOURCE, 'a.txt');
    await pipeline.reconcile('r1');
    expect([(await pipeline.entry('a.txt')).state, pipeline.vaultText('a.txt')]).toEqual(['current', 'one']);
  });
});

describe('events as hints (I3)', () => {
  it('copies once for an event that comes twice', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const [event] = pipeline.events;
    await pipeline.drain();
    await pipeline.deliverEvents([pipeline.message(event?.body ?? '')]);
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['one']);
  });

  it('ends in the present state when events come in reverse', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    pipeline.s3.delete(SOURCE, 'a.txt');
    pipeline.s3.put(SOURCE, 'a.txt', 'three');
    for (const event of pipeline.events.splice(0).reverse()) await pipeline.deliverEvents([event]);
    expect(pipeline.vaultText('a.txt')).toBe('three');
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['three']);
  });

  it('takes a late event for what it is', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const [late] = pipeline.events.splice(0);
    pipeline.s3.delete(SOURCE, 'a.txt');
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'a.txt', 'three');
    await pipeline.drain();
    if (late !== undefined) await pipeline.deliverEvents([late]);
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['three']);
  });

  it('captures the same bytes again when their metadata was rewritten within the second', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { metadata: { v: '1' } });
    await pipeline.drain();
    pipeline.s3.put(SOURCE, 'a.txt', 'one', { metadata: { v: '2' } });
    await pipeline.drain();
    expect(pipeline.s3.object(VAULT, 's3/photos/a.txt').content.metadata).toEqual({ v: '2' });
  });

  it('tells an equal sequencer from a duplicate by what it speaks of', async () => {
    const constant = (body: string) => body.replace(/"sequencer":"[^"]*"/, '"sequencer":"0A"');
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.deliverEvents(
      pipeline.events.splice(0).map(({ body }) => pipeline.message(constant(body))),
    );
    pipeline.s3.put(SOURCE, 'a.txt', 'two');
    await pipeline.deliverEvents(
      pipeline.events.splice(0).map(({ body }) => pipeline.message(constant(body))),
    );
    expect(pipeline.vaultText('a.txt')).toBe('two');
  });

  it('leaves the vault and an unprotected bucket alone', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.catalog.patchSource(sourceUri(SOURCE), { state: 'unprotected' });
    await pipeline.drain();
    expect(pipeline.vaultText('a.txt')).toBeUndefined();
  });

  it('backs up a bucket whose row was lost: its stack still sends its events', async () => {
    const other = new Pipeline();
    other.s3.put(SOURCE, 'a.txt', 'one');
    await other.drain();
    expect(other.vaultText('a.txt')).toBe('one');
  });
});

describe('two handlers at once, and handlers that die', () => {
  it('never leaves an older copy on top of a newer one', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const first = pipeline.events.splice(0);
    let once = true;
    pipeline.s3.requests.before = async (op) => {
      if (op !== 'copy' || !once) return;
      once = false;
      // While the first handler is about to copy, the object changes and a second handler captures all of it.
      pipeline.s3.put(SOURCE, 'a.txt', 'two');
      await pipeline.deliverEvents();
    };
    await pipeline.deliverEvents(first);
    await pipeline.drain();
    expect(pipeline.vaultText('a.txt')).toBe('two');
    expect(pipeline.s3.object(VAULT, 's3/photos/a.txt').versionId).toBe(
      (await pipeline.entry('a.txt')).vaultVersionId,
    );
  });

  it('captures again when somebody recorded between its copy and its record', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    const first = pipeline.events.splice(0);
    let once = true;
    pipeline.catalog.requests.before = async (op) => {
      if (op !== 'putEntry' || !once) return;
      once = false;
      pipeline.s3.put(SOURCE, 'a.txt', 'two');
      await pipeline.deliverEvents();
    };
    await pipeline.deliverEvents(first);
    const entry = await pipeline.entry('a.txt');
    expect(pipeline.vaultText('a.txt')).toBe('two');
    expect(entry.vaultVersionId).toBe(pipeline.s3.object(VAULT, 's3/photos/a.txt').versionId);
    expect(entry.etag).toBe(pipeline.s3.object(SOURCE, 'a.txt').content.etag);
  });

  it('records, and does not make again, what a handler copied that was killed before its record (I2)', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    let kill = true;
    pipeline.catalog.requests.before = (op) => {
      if (op === 'putEntry' && kill) {
        kill = false;
        throw new Error('killed');
      }
    };
    await pipeline.drain();
    expect((await pipeline.entry('a.txt')).vaultVersionId).toBe(
      pipeline.s3.object(VAULT, 's3/photos/a.txt').versionId,
    );
    expect(await pipeline.vaultHistory('a.txt')).toEqual(['one']);
  });

  it('finds, when its message comes again, a copy that was made but never recorded', async () => {
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    const entry = await pipeline.entry('a.txt');
    // An older handler copied its own state over the recorded one and died.
    pipeline.s3.put(VAULT, 's3/photos/a.txt', 'stale');
    const again = pipeline.message(
      JSON.stringify({ ...JSON.parse(lastEvent()), time: new Date(pipeline.now).toISOString() }),
    );
    again.receives = 1;
    await pipeline.deliverEvents([again]);
    expect(pipeline.vaultText('a.txt')).toBe('one');
    expect((await pipeline.entry('a.txt')).rev).toBe(entry.rev + 1);

    function lastEvent(): string {
      const { sequencer = '0', etag = '' } = entry;
      return JSON.stringify({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: SOURCE }, object: { key: 'a.txt', etag, sequencer } },
      });
    }
  });

  it('puts a poison message aside after its retries and nothing else with it', async () => {
    pipeline.events.push(pipeline.message('{"not":"an event"}'));
    pipeline.s3.put(SOURCE, 'a.txt', 'one');
    await pipeline.drain();
    expect(pipeline.dead.map(({ body, receives }) => [body, receives])).toEqual([['{"not":"an event"}', 5]]);
    expect(pipeline.vaultText('a.txt')).toBe('one');
  });
});
