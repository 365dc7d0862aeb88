import { attributesDigest } from '@holdfast/core/kinds/s3/model/attributes.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import { describe, expect, it } from 'vitest';

const FACTS: ObjectFacts = {
  etag: 'e',
  size: 1,
  lastModified: 0,
  storageClass: 'STANDARD',
  archived: false,
  headers: { contentType: 'text/plain', cacheControl: 'no-store' },
  metadata: { a: '1', b: '2' },
  tagCount: 1,
};

describe('the digest of attributes', () => {
  it.each<[string, Partial<ObjectFacts>]>([
    ['a header', { headers: { contentType: 'text/html', cacheControl: 'no-store' } }],
    ['a value of the metadata', { metadata: { a: '1', b: '3' } }],
    ['a value that moved to another name', { metadata: { a: '2', b: '1' } }],
    ['metadata that are gone', { metadata: {} }],
    ['a redirect', { websiteRedirect: '/there' }],
  ])('tells %s', (_, other) => {
    expect(attributesDigest({ ...FACTS, ...other })).not.toBe(attributesDigest(FACTS));
  });

  it.each<[string, Partial<ObjectFacts>]>([
    ['the order of headers', { headers: { cacheControl: 'no-store', contentType: 'text/plain' } }],
    ['the order of metadata', { metadata: { b: '2', a: '1' } }],
    ['tags, which change without a write', { tagCount: 2 }],
    ['the class, which rules change', { storageClass: 'STANDARD_IA' }],
  ])('is the same for %s', (_, other) => {
    expect(attributesDigest({ ...FACTS, ...other })).toBe(attributesDigest(FACTS));
  });
});
