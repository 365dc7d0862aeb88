import { createHash } from 'node:crypto';
import { namedValues } from '@holdfast/core/model/named-values.ts';
import type { MultipartStart, PartCopy } from '@holdfast/core/ports/object-store.ts';
import { expect, it } from 'vitest';
import { codeOf } from './code-of.ts';
import { found } from './object-store-reading.ts';
import type { StoreSuite } from './object-store-world.ts';

/** S3's smallest part, but for the last. */
const PART = 5 * 1024 * 1024;
const TAIL = 1000;
const BODY = Buffer.alloc(PART + TAIL, 'holdfast ');
const ETAG = createHash('md5').update(BODY).digest('hex');

export function describeMultipart({ world, can }: StoreSuite): void {
  async function begun(attributes: Partial<MultipartStart> = {}) {
    const from = { bucket: await world().createBucket({ versioned: true }), key: 'große Datei + %' };
    const to = { bucket: await world().createBucket({ versioned: true }), key: 'copy of große Datei + %' };
    await world().put(from.bucket, from.key, BODY);
    const upload = await world().store.beginMultipart({
      to,
      headers: {},
      metadata: {},
      tags: {},
      ...attributes,
    });
    const source = { ...from, ifMatch: ETAG };
    const parts: readonly [PartCopy, PartCopy] = [
      { number: 1, from: source, first: 0, last: PART - 1 },
      { number: 2, from: source, first: PART, last: PART + TAIL - 1 },
    ];
    return { from, to, upload, parts };
  }

  it('copies in parts, in any order, and carries everything over', async () => {
    const carried = {
      headers: { contentType: 'text/x-long', contentLanguage: 'en', expires: 'when it suits' },
      metadata: namedValues([
        ['plain', 'a value'],
        ['german', '=?UTF-8?B?w6TDtsO8?='],
        ['__proto__', 'a name'],
        ['constructor', 'another'],
      ]),
      websiteRedirect: '/elsewhere',
    };
    const { to, upload, parts } = await begun(carried);
    const second = await world().store.copyPart(upload, parts[1]);
    const first = await world().store.copyPart(upload, parts[0]);
    expect(await world().store.listParts(upload)).toEqual([first, second]);
    const written = await world().store.completeMultipart(upload, [first, second]);
    const facts = found(await world().store.head(to));
    expect(facts).toMatchObject({
      size: BODY.length,
      etag: written.etag,
      versionId: written.versionId,
      headers: carried.headers,
      websiteRedirect: '/elsewhere',
    });
    expect(Object.entries(facts.metadata).sort()).toEqual(Object.entries(carried.metadata).sort());
    expect(written.etag).toMatch(/^[0-9a-f]{32}-2$/);
    expect(Buffer.from(await world().store.get(to)).equals(BODY)).toBe(true);
  });

  it.runIf(can.tagsOfMultipart)('carries tags over', async () => {
    const tags = { 'a key': 'ä/ü+=' };
    const { to, upload, parts } = await begun({ tags });
    await world().store.completeMultipart(upload, [await world().store.copyPart(upload, parts[1])]);
    expect(await world().store.getTags(to)).toEqual(tags);
  });

  it('is stored in the class that is asked for', async () => {
    const { to, upload, parts } = await begun({ storageClass: 'STANDARD_IA' });
    await world().store.completeMultipart(upload, [await world().store.copyPart(upload, parts[1])]);
    expect(found(await world().store.head(to)).storageClass).toBe('STANDARD_IA');
  });

  it('refuses a part of a source that is no longer what it was', async () => {
    const { from, upload, parts } = await begun();
    await world().put(from.bucket, from.key, 'changed');
    expect(await codeOf(world().store.copyPart(upload, parts[0]))).toBe('precondition-failed');
    await world().delete(from.bucket, from.key);
    expect(await codeOf(world().store.copyPart(upload, parts[0]))).toBe('not-found');
  });

  it('completes onto nothing, or onto what was seen, when told so', async () => {
    const { to, upload, parts } = await begun();
    const { store } = world();
    const part = await store.copyPart(upload, parts[1]);
    const complete = (condition: { ifMatch: string } | { ifAbsent: true }) =>
      codeOf(store.completeMultipart(upload, [part], condition));
    expect(await complete({ ifMatch: ETAG })).toBe('precondition-failed');
    const { etag } = await store.put(to, 'in the way', 'text/plain');
    expect(await complete({ ifAbsent: true })).toBe('precondition-failed');
    expect(await complete({ ifMatch: ETAG })).toBe('precondition-failed');
    expect(await store.get(to)).toBe('in the way');
    expect(await complete({ ifMatch: etag })).toBe('not refused');
  });

  it('refuses parts that are not there', async () => {
    const { upload, parts } = await begun();
    const part = await world().store.copyPart(upload, parts[1]);
    const unknown = [part, { number: 3, etag: part.etag }];
    expect(await codeOf(world().store.completeMultipart(upload, unknown))).toBe('invalid');
  });

  it('knows nothing of an upload that was aborted, and aborts twice', async () => {
    const { to, upload, parts } = await begun();
    const { store } = world();
    const part = await store.copyPart(upload, parts[1]);
    await store.abortMultipart(upload);
    await store.abortMultipart(upload);
    expect(await codeOf(store.listParts(upload))).toBe('not-found');
    expect(await codeOf(store.copyPart(upload, parts[1]))).toBe('not-found');
    expect(await codeOf(store.completeMultipart(upload, [part]))).toBe('not-found');
    expect(await store.head(to)).toEqual({ found: false, why: 'absent' });
  });

  it('knows nothing of an upload that is complete', async () => {
    const { upload, parts } = await begun();
    const part = await world().store.copyPart(upload, parts[1]);
    await world().store.completeMultipart(upload, [part]);
    expect(await codeOf(world().store.listParts(upload))).toBe('not-found');
  });
}
