import { withDeletionTags } from '@holdfast/core/model/deletion-tags.ts';
import { ORIGIN_TAG, originIn, originText, ownTags, withOrigin } from '@holdfast/core/model/origin.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Facts = Parameters<typeof originText>[0];

const USUAL: Facts = { storageClass: 'STANDARD', encryption: 'AES256' };
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-0d1e2f3a000040008000000000000001';
const UNTIL = Date.parse('2027-01-01T00:00:00Z');
const tags = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${i}`, 'x']));

describe('what a copy remembers', () => {
  it('is nothing of the usual', () => {
    expect(originText(USUAL)).toBeUndefined();
    expect(withOrigin({ a: 'b' }, USUAL)).toEqual({ a: 'b' });
    expect(originIn({ a: 'b' })).toEqual({});
  });

  it.each<[string, Partial<Facts>]>([
    ['class=GLACIER', { storageClass: 'GLACIER' }],
    ['kms', { encryption: 'aws:kms' }],
    [`dsse=${KEY}`, { encryption: 'aws:kms:dsse', kmsKey: KEY }],
    ['lock=COMPLIANCE/2027-01-01T00:00:00.000Z', { lock: { mode: 'COMPLIANCE', until: UNTIL } }],
    ['hold', { legalHold: true }],
  ])('is read as it was written: %s', (text, facts) => {
    const all = { ...USUAL, ...facts };
    expect(originText(all)).toBe(text);
    expect(originIn(withOrigin({ a: 'b' }, all))).toEqual(facts);
    expect(ownTags(withOrigin({ a: 'b' }, all))).toEqual({ a: 'b' });
  });

  it('fits a tag, and comes back whole, whatever there is to remember', () => {
    const facts: fc.Arbitrary<Facts> = fc.record(
      {
        storageClass: fc.constantFrom('STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'DEEP_ARCHIVE'),
        encryption: fc.constantFrom('aws:kms', 'aws:kms:dsse'),
        kmsKey: fc.constant(KEY),
        lock: fc.record({
          mode: fc.constantFrom('GOVERNANCE', 'COMPLIANCE'),
          until: fc.integer({ min: 0, max: Date.parse('9999-12-31') }),
        }),
        legalHold: fc.constant(true as const),
      },
      { requiredKeys: ['storageClass', 'encryption'] },
    );
    fc.assert(
      fc.property(facts, ({ storageClass, ...rest }) => {
        const written = withOrigin({}, { storageClass, ...rest });
        expect(written[ORIGIN_TAG]).toMatch(/^[A-Za-z0-9 +\-=._:/@]{1,256}$/);
        expect(originIn(written)).toEqual({
          ...rest,
          ...(storageClass === 'STANDARD' ? {} : { storageClass }),
        });
      }),
    );
  });

  it('is what a tag can hold: what it cannot is left out', () => {
    const facts = { ...USUAL, storageClass: 'GLACIER_IR', encryption: 'aws:kms', kmsKey: 'k'.repeat(300) };
    expect(originText(facts)).toBe('class=GLACIER_IR');
    expect(originText({ ...USUAL, storageClass: 'A&B' })).toBeUndefined();
  });
});

describe('the ten tags that S3 allows', () => {
  const facts = { ...USUAL, storageClass: 'STANDARD_IA' };

  it('are the object’s own first', () => {
    expect(Object.keys(withOrigin(tags(9), facts))).toHaveLength(10);
    expect(originIn(withOrigin(tags(9), facts))).toEqual({ storageClass: 'STANDARD_IA' });
    expect(withOrigin(tags(10), facts)).toEqual(tags(10));
    expect(originIn(tags(10))).toBeUndefined();
  });

  it('count without the marks of a deletion', () => {
    const marked = withDeletionTags(tags(8), 0) ?? {};
    expect(Object.keys(marked)).toHaveLength(10);
    expect(originIn(marked)).toEqual({});
    expect(withDeletionTags(withOrigin(tags(8), facts), 0)).toBeUndefined();
    expect(ownTags(withDeletionTags(withOrigin(tags(7), facts), 0) ?? {})).toEqual(tags(7));
  });
});

describe('a tag of an owner by that name', () => {
  it.each(['', 'elsewhere', 'class', 'lock=', 'lock=GOVERNANCE/soon', 'hold=yes', 'class=A toString=1'])(
    'stays the owner’s: %j',
    (value) => {
      expect(ownTags({ [ORIGIN_TAG]: value })).toEqual({ [ORIGIN_TAG]: value });
      expect(originIn({ [ORIGIN_TAG]: value })).toEqual({});
    },
  );
});
