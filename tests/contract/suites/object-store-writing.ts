import { namedValues } from '@holdfast/core/model/named-values.ts';
import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import { found } from './object-store-reading.ts';
import type { StoreSuite } from './object-store-world.ts';

const HELLO = '5d41402abc4b2a76b9719d911017c592';
const OTHER = '00000000000000000000000000000000';
const HEADERS = {
  contentType: 'text/x-greeting',
  cacheControl: 'no-store',
  expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
};
// Names that every object has are names like others.
const METADATA = namedValues([
  ['plain', 'a value'],
  ['german', '=?UTF-8?B?w6TDtsO8?='],
  ['__proto__', 'a name'],
  ['constructor', 'another'],
]);

export function describeWriting({ world, can }: StoreSuite): void {
  async function twoBuckets() {
    const from = { bucket: await world().createBucket({ versioned: true }), key: 'k' };
    const to = { bucket: await world().createBucket({ versioned: true }), key: 'copy' };
    return { from, to };
  }

  it('copies bytes, headers, metadata and tags', async () => {
    const { from, to } = await twoBuckets();
    const attributes = { headers: HEADERS, metadata: METADATA, tags: { 'a key': 'ä/ü+=' } };
    await world().put(from.bucket, from.key, 'hello', attributes);
    const written = await world().store.copy({ from, to });
    const facts = found(await world().store.head(to));
    expect(facts).toMatchObject({ ...written, size: 5, headers: HEADERS });
    expect(named(facts.metadata)).toEqual(named(METADATA));
    expect(written.etag).toBe(HELLO);
    expect(await world().store.get(to)).toBe('hello');
    expect(await world().store.getTags(to)).toEqual({ 'a key': 'ä/ü+=' });
  });

  it('replaces the tags when told which', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello', { tags: { old: '1' }, metadata: METADATA });
    await world().store.copy({ from, to, tags: { 'new & better': 'x=y ü' } });
    expect(await world().store.getTags(to)).toEqual({ 'new & better': 'x=y ü' });
    expect(named(found(await world().store.head(to)).metadata)).toEqual(named(METADATA));
    await world().store.copy({ from, to, tags: {} });
    expect(await world().store.getTags(to)).toEqual({});
  });

  it('stores a copy in STANDARD, whatever it is of, or in the class that is asked for', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello', { storageClass: 'GLACIER_IR' });
    await world().store.copy({ from, to });
    expect(found(await world().store.head(to)).storageClass).toBe('STANDARD');
    await world().store.copy({ from, to, storageClass: 'STANDARD_IA' });
    expect(found(await world().store.head(to)).storageClass).toBe('STANDARD_IA');
    expect(found(await world().store.head(from)).storageClass).toBe('GLACIER_IR');
  });

  it.runIf(can.checksumOfCopy)('answers a copy with a checksum over the whole object', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello');
    const { checksum } = await world().store.copy({ from, to });
    expect(checksum).toEqual(found(await world().store.head(to)).checksum);
    expect(checksum?.value).not.toBe('');
  });

  it.runIf(can.redirectOfCopy)('sets a website redirect when asked', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello');
    await world().store.copy({ from, to, websiteRedirect: '/elsewhere' });
    expect(found(await world().store.head(to)).websiteRedirect).toBe('/elsewhere');
  });

  it('copies exactly the state that was seen', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello');
    expect(await codeOf(world().store.copy({ from: { ...from, ifMatch: OTHER }, to }))).toBe(
      'precondition-failed',
    );
    expect(await codeOf(world().store.copy({ from: { ...from, ifMatch: HELLO }, to }))).toBe('not refused');
  });

  it('copies onto nothing, or onto what was seen, when told so', async () => {
    const { from, to } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello');
    const ifAbsent = () => codeOf(world().store.copy({ from, to, condition: { ifAbsent: true } }));
    const ifMatch = (etag: string) => codeOf(world().store.copy({ from, to, condition: { ifMatch: etag } }));
    expect(await ifMatch(HELLO)).toBe('precondition-failed');
    expect(await ifAbsent()).toBe('not refused');
    expect(await ifAbsent()).toBe('precondition-failed');
    expect(await ifMatch(OTHER)).toBe('precondition-failed');
    expect(await ifMatch(HELLO)).toBe('not refused');
    await world().delete(to.bucket, to.key);
    expect(await ifMatch(HELLO)).toBe('precondition-failed');
    expect(await ifAbsent()).toBe('not refused');
    await world().delete(from.bucket, from.key);
    expect(await ifMatch(HELLO)).toBe('precondition-failed');
  });

  it('refuses an eleventh tag', async () => {
    const { from } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello');
    const tags = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, 'x']));
    expect(await codeOf(world().store.putTags(from, tags))).toBe('invalid');
  });

  it.runIf(can.keyLimit)('refuses a key that is too long', async () => {
    const { to } = await twoBuckets();
    const long = { bucket: to.bucket, key: 'k'.repeat(1025) };
    expect(await codeOf(world().store.put(long, 'x', 'text/plain'))).toBe('invalid');
  });

  it('replaces all tags', async () => {
    const { from } = await twoBuckets();
    await world().put(from.bucket, from.key, 'hello', { tags: { a: '1', b: '2' } });
    await world().store.putTags(from, { c: '3' });
    expect(await world().store.getTags(from)).toEqual({ c: '3' });
    await world().store.putTags(from, {});
    expect(await world().store.getTags(from)).toEqual({});
  });

  it('writes and reads a text', async () => {
    const { to } = await twoBuckets();
    const text = '{"über":"🦊"}\n';
    const written = await world().store.put(to, text, 'application/json');
    expect(await world().store.get(to)).toBe(text);
    const facts = found(await world().store.head(to));
    expect(facts).toMatchObject({ etag: written.etag, versionId: written.versionId });
    expect(facts.headers.contentType).toBe('application/json');
  });
}

const named = (values: Readonly<Record<string, string>>) => Object.entries(values).sort();
