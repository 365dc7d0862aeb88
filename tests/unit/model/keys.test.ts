import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { isNameKey, vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { parseBucketUri } from '@holdfast/core/model/bucket-uri.ts';
import { compareKeys, keyBytes, MAX_KEY_BYTES } from '@holdfast/core/model/byte-order.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes, not of UTF-16 units', () => {
    const keys = ['\u{1F98A}', '\uE000', 'z', 'a', '\uFFFF'];
    expect(keys.toSorted(compareKeys)).toEqual(['a', 'z', '\uE000', '\uFFFF', '\u{1F98A}']);
    expect(keys.toSorted()).not.toEqual(keys.toSorted(compareKeys));
  });
});

it('keys are as long as their UTF-8 bytes', () => {
  expect(['a', 'é', '語', '\u{1F98A}'].map(keyBytes)).toEqual([1, 2, 3, 4]);
});

it('keys that are alike are equal', () => {
  expect(compareKeys('é', 'é')).toBe(0);
});

describe('the vault key', () => {
  it('is the source key behind its bucket, as long as that fits', () => {
    expect(vaultPlace('b-1', 'a//../b c')).toEqual({ key: 's3/b-1/a//../b c' });
    const room = 1024 - 's3/bucket/'.length;
    expect(vaultPlace('bucket', 'k'.repeat(room)).nameKey).toBeUndefined();
    expect(vaultPlace('bucket', 'k'.repeat(room + 1)).nameKey).toMatch(
      /^s3\/bucket~long\/[0-9a-f]{64}\.key$/,
    );
  });

  it('never passes S3 limits and never gives two objects one place', () => {
    const bucket = fc.constantFrom('abc', 'abc-long', 'b'.repeat(63));
    const key = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 1024 })
      .filter((k) => Buffer.byteLength(k) <= 1024);
    fc.assert(
      fc.property(bucket, key, bucket, key, (b1, k1, b2, k2) => {
        const one = vaultPlace(b1, k1);
        const two = vaultPlace(b2, k2);
        expect(Buffer.byteLength(one.nameKey ?? one.key)).toBeLessThanOrEqual(MAX_KEY_BYTES);
        expect(one.key === two.key).toBe(b1 === b2 && k1 === k2);
      }),
    );
  });

  it('of a long key and its name are told apart', () => {
    const { key, nameKey = '' } = vaultPlace('bucket', 'k'.repeat(1024));
    expect([isNameKey(key), isNameKey(nameKey)]).toEqual([false, true]);
  });
});

describe('a source URI', () => {
  it.each([
    ['s3://bucket', { bucket: 'bucket', prefix: '' }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '' }],
    ['s3://my.bucket/a/b c?#', { bucket: 'my.bucket', prefix: 'a/b c?#' }],
    ['s3://bucket//x\ny', { bucket: 'bucket', prefix: '/x\ny' }],
  ])('%j is read', (text, uri) => {
    expect(parseBucketUri(text)).toEqual(uri);
  });

  it.each([
    'bucket',
    's3:/bucket',
    'S3://bucket',
    's3://',
    's3://Bucket',
    's3://ab',
    's3://-abc',
    'https://x.s3',
  ])('%j is refused, with the text in the message', (text) => {
    expect(() => parseBucketUri(text)).toThrow(text.replace(/^s3:\/\//, ''));
  });
});

describe('names in AWS', () => {
  const bucket = `${'my.bucket-'.repeat(6)}abc`;

  it('fit their limits and characters, whatever the bucket', () => {
    expect(captureRuleName('s'.repeat(128), bucket)).toMatch(/^[\w.-]{1,59}$/);
    expect(sourceStackName('holdfast', `s3://${bucket}`, ADDRESSES)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  });

  it('differ for buckets that differ only in dots and hyphens', () => {
    expect(sourceStackName('holdfast', 's3://my.bucket', ADDRESSES)).not.toBe(
      sourceStackName('holdfast', 's3://my-bucket', ADDRESSES),
    );
  });
});
