import type { HeadResult } from '@holdfast/core/ports/object-store.ts';
import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import type { StoreSuite } from './object-store-world.ts';

const NOWHERE = 'holdfast-no-such-bucket';

export function describeReading({ world, can }: StoreSuite): void {
  it('tells what a HEAD knows', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const headers = {
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'max-age=60, must-revalidate',
      contentDisposition: 'attachment; filename="a b, 東京 ä.txt"',
      contentEncoding: 'identity',
      contentLanguage: 'de-CH',
      expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
    };
    const metadata = { plain: 'a value', german: '=?UTF-8?B?w6TDtsO8?=' };
    const versionId = await world().put(bucket, 'k', 'hello', {
      headers,
      metadata,
      tags: { a: '1', b: '2' },
    });
    const facts = found(await world().store.head({ bucket, key: 'k' }));
    expect(facts).toMatchObject({
      etag: '5d41402abc4b2a76b9719d911017c592',
      size: 5,
      storageClass: 'STANDARD',
      versionId,
      archived: false,
      headers,
      metadata,
      tagCount: 2,
    });
    expect(facts.lastModified % 1000).toBe(0);
  });

  it('gives no version id in a bucket without versions', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'hello');
    expect(found(await world().store.head({ bucket, key: 'k' }))).not.toHaveProperty('versionId');
  });

  it('gives the facts of the version asked for', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const versionId = await world().put(bucket, 'k', 'one');
    await world().put(bucket, 'k', 'three');
    expect(found(await world().store.head({ bucket, key: 'k', versionId }))).toMatchObject({
      versionId,
      size: 3,
    });
    await world().delete(bucket, 'k');
    expect(found(await world().store.head({ bucket, key: 'k', versionId })).size).toBe(3);
  });

  it('calls absent what was never there, what was deleted, and what is in no bucket', async () => {
    const bucket = await world().createBucket({ versioned: true });
    await world().put(bucket, 'gone', 'x');
    await world().delete(bucket, 'gone');
    const absent = { found: false, why: 'absent' };
    expect(await world().store.head({ bucket, key: 'never' })).toEqual(absent);
    expect(await world().store.head({ bucket, key: 'gone' })).toEqual(absent);
    expect(await world().store.head({ bucket: NOWHERE, key: 'k' })).toEqual(absent);
  });

  it('says what only its owner can read', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'secret', { customerKey: true });
    expect(await world().store.head({ bucket, key: 'k' })).toEqual({ found: false, why: 'customer-key' });
    const copy = world().store.copy({ from: { bucket, key: 'k' }, to: { bucket, key: 'copy' } });
    expect(await codeOf(copy)).toBe('customer-key');
  });

  it('says what has to be thawed', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'cold', { storageClass: 'GLACIER' });
    const facts = found(await world().store.head({ bucket, key: 'k' }));
    expect(facts).toMatchObject({ archived: true, storageClass: 'GLACIER' });
  });

  it.runIf(can.archive)('refuses to read what has to be thawed', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'cold', { storageClass: 'GLACIER' });
    const copy = world().store.copy({ from: { bucket, key: 'k' }, to: { bucket, key: 'copy' } });
    expect(await codeOf(copy)).toBe('archived');
    expect(await codeOf(world().store.get({ bucket, key: 'k' }))).toBe('archived');
  });

  it('reads an object, its facts and its bytes', async () => {
    const bucket = await world().createBucket({ versioned: true });
    const text = 'hello '.repeat(20_000);
    const versionId = await world().put(bucket, 'k', text, { metadata: { a: 'b' }, tags: { t: '1' } });
    await world().put(bucket, 'k', 'newer');
    const { object, body } = await world().store.open({ bucket, key: 'k', versionId });
    expect(await textOf(body)).toBe(text);
    expect(object).toEqual(found(await world().store.head({ bucket, key: 'k', versionId })));
  });

  it('reads a range, and still tells the whole size', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', '0123456789');
    const { store } = world();
    const part = await store.open({ bucket, key: 'k' }, { range: { first: 3, last: 5 } });
    expect(await textOf(part.body)).toBe('345');
    expect(part.object.size).toBe(10);
    expect(await textOf((await store.open({ bucket, key: 'k' }, { range: { first: 7 } })).body)).toBe('789');
    expect(await codeOf(store.open({ bucket, key: 'k' }, { range: { first: 10 } }))).toBe('invalid');
  });

  it('reads an object without bytes', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', '');
    const { object, body } = await world().store.open({ bucket, key: 'k' });
    expect(await textOf(body)).toBe('');
    expect(object.size).toBe(0);
  });

  it('refuses to read another state than the one expected', async () => {
    const bucket = await world().createBucket({ versioned: false });
    await world().put(bucket, 'k', 'x');
    const ref = { bucket, key: 'k', ifMatch: '0'.repeat(32) };
    expect(await codeOf(world().store.open(ref))).toBe('precondition-failed');
    expect(await codeOf(world().store.open({ bucket, key: 'never' }))).toBe('not-found');
  });

  it('tells a bucket that exists from one that does not', async () => {
    const bucket = await world().createBucket({ versioned: false });
    expect(await world().store.bucket(bucket)).toMatchObject({ state: 'exists' });
    expect(await world().store.bucket(NOWHERE)).toEqual({ state: 'absent' });
  });

  it('names what is missing', async () => {
    const bucket = await world().createBucket({ versioned: false });
    const { store } = world();
    expect(await codeOf(store.list({ bucket: NOWHERE }))).toBe('no-such-bucket');
    expect(await codeOf(store.listVersions({ bucket: NOWHERE }))).toBe('no-such-bucket');
    expect(await codeOf(store.get({ bucket, key: 'never' }))).toBe('not-found');
    expect(await codeOf(store.getTags({ bucket, key: 'never' }))).toBe('not-found');
    expect(await codeOf(store.putTags({ bucket, key: 'never' }, {}))).toBe('not-found');
    const to = { bucket, key: 'copy' };
    expect(await codeOf(store.copy({ from: { bucket, key: 'never' }, to }))).toBe('not-found');
    expect(await codeOf(store.copy({ from: { bucket: NOWHERE, key: 'k' }, to }))).toBe('no-such-bucket');
  });
}

export function found(result: HeadResult) {
  if (!result.found) throw new Error(`not found: ${result.why}`);
  return result.object;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString();
}
