import type { ObjectFacts, Tags } from '@holdfast/core/model/object.ts';
import { isIdentical } from '@holdfast/core/vault/is-identical.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline, TARGET } from '../../../testing/pipeline.ts';

const FACTS: ObjectFacts = {
  etag: 'e1',
  size: 3,
  lastModified: 0,
  storageClass: 'STANDARD',
  archived: false,
  headers: { contentType: 'text/plain' },
  metadata: { author: 'x' },
  tagCount: 0,
  checksum: { algorithm: 'CRC64NVME', value: 'c1' },
};
const { checksum: _, ...UNSUMMED } = FACTS;

/** Compares a copy with a target that differs in some facts and has tags of its own. */
async function compare(
  target: Partial<ObjectFacts>,
  { copy = FACTS, tags = {}, targetTags = tags }: { copy?: ObjectFacts; tags?: Tags; targetTags?: Tags } = {},
): Promise<boolean> {
  const pipeline = new Pipeline();
  pipeline.s3.put(TARGET, 'a', 'abc', { tags: targetTags });
  const facts = { ...copy, tagCount: Object.keys(targetTags).length, ...target };
  return isIdentical(copy, tags, facts, { bucket: TARGET, key: 'a' }, pipeline.world);
}

describe('a target is right', () => {
  it('when everything is the same', async () => {
    expect(await compare({})).toBe(true);
    expect(await compare({}, { tags: { team: 'x' } })).toBe(true);
  });

  it('whatever its ETag, when a checksum of one kind says so', async () => {
    expect(await compare({ etag: 'of-several-parts-2' })).toBe(true);
  });

  it('by its ETag, when there is no checksum to compare with', async () => {
    expect(await compare({}, { copy: UNSUMMED })).toBe(true);
    expect(await compare({ checksum: { algorithm: 'SHA256', value: 'c9' } })).toBe(true);
    expect(await compare({ checksum: { algorithm: 'SHA256', value: 'c1' }, etag: 'e2' })).toBe(false);
  });
});

describe('a target is not right', () => {
  it.each<[string, Partial<ObjectFacts>]>([
    ['size', { size: 4 }],
    ['checksum', { checksum: { algorithm: 'CRC64NVME', value: 'c2' } }],
    ['header', { headers: { contentType: 'text/css' } }],
    ['headers, one more', { headers: { contentType: 'text/plain', cacheControl: 'no-store' } }],
    ['headers, one less', { headers: {} }],
    ['metadata', { metadata: { author: 'y' } }],
    ['metadata, one more', { metadata: { author: 'x', more: 'y' } }],
    ['website redirect', { websiteRedirect: '/elsewhere' }],
  ])('with another %s', async (_what, target) => {
    expect(await compare(target)).toBe(false);
  });

  it('with another ETag and no checksum to compare with', async () => {
    expect(await compare({ etag: 'e2' }, { copy: UNSUMMED })).toBe(false);
  });

  it.each<[string, Tags, Tags]>([
    ['without the tags of the copy', { team: 'x' }, {}],
    ['with tags that the copy has not', {}, { team: 'x' }],
    ['with as many other tags', { team: 'x' }, { team: 'y' }],
  ])('%s', async (_what, tags, targetTags) => {
    expect(await compare({}, { tags, targetTags })).toBe(false);
  });
});
