import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { checkRestoreWish, parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { describe, expect, it } from 'vitest';

const request = { source: 's3://photos', target: 's3://holdfast-restore-photos' };
const read = (more: Record<string, unknown>) =>
  parseRestoreMessage(JSON.stringify({ ...request, ...more }), ADDRESSES);
const many = (count: number, text: string) => Array.from({ length: count }, () => text);

describe('the size of a restore request', () => {
  it.each<[string, Record<string, unknown>]>([
    ['100 globs', { include: many(100, '*.jpg') }],
    ['a glob of 1,024 characters', { exclude: ['a'.repeat(1024)] }],
    ['a prefix of 1,024 characters', { prefix: 'p'.repeat(1024) }],
    ['a job id of 128 characters', { jobId: 'j'.repeat(128) }],
    ['64 KiB of globs', { include: many(64, 'a'.repeat(1024)) }],
  ])('takes %s', (_, more) => {
    expect(() => read(more)).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['101 globs', { include: many(101, '*.jpg') }, /include/],
    ['a glob of 1,025 characters', { exclude: ['a'.repeat(1025)] }, /exclude/],
    ['a prefix of 1,025 characters', { prefix: 'p'.repeat(1025) }, /prefix/],
    ['a job id of 129 characters', { jobId: 'j'.repeat(129) }, /jobId/],
    ['a source of 1,201 characters', { source: `s3://photos/${'p'.repeat(1189)}` }, /source/],
    ['a target prefix beyond a key’s length', { target: `s3://photos/${'p'.repeat(1025)}` }, /1,024/],
    ['more than 64 KiB of globs', { include: many(65, 'a'.repeat(1024)) }, /globs take/],
    ['a time of 65 characters', { at: `2026-03-01T12:00:00.${'0'.repeat(44)}Z` }, /at/],
    ['a storage class that no bucket has', { storageClass: 'COLD' }, /storageClass/],
    ['half a surrogate pair in the prefix', { prefix: 'a\ud800' }, /"prefix": half of a surrogate pair/],
    [
      'half a surrogate pair in the source',
      { source: 's3://photos/\udc00' },
      /"source": half of a surrogate/,
    ],
    [
      'half a surrogate pair in the target',
      { target: 's3://photos/\ud800/' },
      /"target": half of a surrogate/,
    ],
    ['half a surrogate pair in a rule', { map: [{ from: 'a', to: '\ud800' }] }, /"map.0.to": half of a surr/],
    ['a field nobody knows', { delete: true }, /delete/],
  ])('refuses %s', (_, more, why) => {
    expect(() => read(more)).toThrow(why);
  });

  it('takes a storage class for buckets only, and means the one that each object had', () => {
    expect(read({}).storageClass).toBe('original');
    expect(read({ storageClass: 'GLACIER' }).storageClass).toBe('GLACIER');
    const wish = { source: request.source, storageClass: 'GLACIER' };
    expect(() => checkRestoreWish(wish, ADDRESSES)).toThrow(/storageClass/);
  });

  it('refuses a message longer than any request needs, before it reads it', () => {
    expect(() => parseRestoreMessage(`"${'x'.repeat(256 * 1024)}`, ADDRESSES)).toThrow(
      /may take 262144 bytes/,
    );
  });
});
