import { isMarkOf, markedDocument, originMark } from '@holdfast/core/kinds/workdocs/model/origin-mark.ts';
import { describe, expect, it } from 'vitest';

const ORIGIN = {
  site: 'd-1234567890',
  documentId: 'a'.repeat(64),
  versionId: `1536773972914-${'b'.repeat(64)}`,
};
/** Source: WorkDocs API model, CustomMetadataKeyType and CustomMetadataValueType. */
const KEY = /^[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]{0,55}$/;
const VALUE = /^[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]{0,255}$/;

describe('the mark of a copy', () => {
  it.each([
    ORIGIN,
    { ...ORIGIN, site: 's'.repeat(63), documentId: 'd'.repeat(128), versionId: 'v'.repeat(128) },
    { ...ORIGIN, documentId: 'imported@user&d-1' },
  ])('is such that WorkDocs takes it', (origin) => {
    for (const [key, value] of Object.entries(originMark(origin))) {
      expect(key).toMatch(KEY);
      expect(value).toMatch(VALUE);
    }
    expect(isMarkOf(origin, originMark(origin))).toBe(true);
    expect(markedDocument(origin, originMark(origin))).toBe('this');
  });

  it('says what it is a copy of where that fits', () => {
    expect(originMark(ORIGIN)).toEqual({
      'holdfast-document': `d-1234567890/${ORIGIN.documentId}`,
      'holdfast-origin': `d-1234567890/${ORIGIN.documentId}/${ORIGIN.versionId}`,
    });
  });

  it('is no mark of another version, document or site', () => {
    const mark = originMark(ORIGIN);
    expect(isMarkOf({ ...ORIGIN, versionId: 'x' }, mark)).toBe(false);
    expect(markedDocument({ ...ORIGIN, versionId: 'x' }, mark)).toBe('this');
    expect(markedDocument({ ...ORIGIN, documentId: 'x' }, mark)).toBe('another');
    expect(markedDocument({ ...ORIGIN, site: 'd-0000000000' }, mark)).toBe('another');
    expect(markedDocument(ORIGIN, { colour: 'red' })).toBe('none');
    expect(markedDocument(ORIGIN)).toBe('none');
  });
});
