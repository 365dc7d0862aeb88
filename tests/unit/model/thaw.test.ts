import { thawCost } from '@holdfast/core/cost/thaw-prices.ts';
import { type Archive, archiveOf } from '@holdfast/core/model/object.ts';
import { givenUpAt, type ThawTier, thawRequest, thawTime } from '@holdfast/core/model/thaw.ts';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;
const TB = { bytes: 1e12, objects: 1_000_000, days: 0 };

describe('what is asked of an archive', () => {
  it.each<[Archive, ThawTier, ThawTier, number | undefined]>([
    ['GLACIER', 'expedited', 'expedited', 3],
    ['GLACIER', 'bulk', 'bulk', 3],
    ['DEEP_ARCHIVE', 'expedited', 'standard', 3],
    ['DEEP_ARCHIVE', 'bulk', 'bulk', 3],
    ['ARCHIVE_ACCESS', 'expedited', 'expedited', undefined],
    ['DEEP_ARCHIVE_ACCESS', 'expedited', 'standard', undefined],
  ])('%s, %s: %s for %s days', (archive, tier, asked, days) => {
    expect(thawRequest(archive, { tier, days: 3 })).toEqual(
      days === undefined ? { tier: asked } : { tier: asked, days },
    );
  });

  it('is the class, and nothing for one that reads at once', () => {
    const classes = ['STANDARD', 'GLACIER_IR', 'INTELLIGENT_TIERING', 'GLACIER', 'DEEP_ARCHIVE'];
    expect(classes.map(archiveOf)).toEqual([undefined, undefined, undefined, 'GLACIER', 'DEEP_ARCHIVE']);
  });
});

describe('how long it takes', () => {
  it.each<[Archive, ThawTier, number, number]>([
    ['GLACIER', 'expedited', 1 / 60, 1 / 12],
    ['GLACIER', 'standard', 3, 5],
    ['ARCHIVE_ACCESS', 'bulk', 5, 12],
    ['DEEP_ARCHIVE', 'standard', 0, 12],
    ['DEEP_ARCHIVE', 'expedited', 0, 12],
    ['DEEP_ARCHIVE_ACCESS', 'bulk', 0, 48],
  ])('%s, %s: %d to %d hours', (archive, tier, least, most) => {
    expect(thawTime(archive, tier)).toEqual({ least: least * HOUR, most: most * HOUR });
  });

  it('is waited for three days longer than S3 says', () => {
    expect(givenUpAt(0, 'DEEP_ARCHIVE', 'bulk')).toBe(120 * HOUR);
  });
});

describe('what it costs', () => {
  it.each<[Archive, ThawTier, number]>([
    ['GLACIER', 'bulk', 0],
    ['GLACIER', 'standard', 50 + 10],
    ['GLACIER', 'expedited', 10_000 + 30],
    ['DEEP_ARCHIVE', 'standard', 100 + 20],
    ['DEEP_ARCHIVE', 'expedited', 100 + 20],
    ['DEEP_ARCHIVE', 'bulk', 25 + 2.5],
    ['ARCHIVE_ACCESS', 'standard', 0],
    ['ARCHIVE_ACCESS', 'expedited', 10_000 + 30],
    ['DEEP_ARCHIVE_ACCESS', 'standard', 0],
  ])('a million objects of one TB together in %s, %s: $%d', (archive, tier, dollars) => {
    expect(thawCost(archive, tier, TB)).toBeCloseTo(dollars, 6);
  });

  it('is more for the days that copies are kept, of which Intelligent-Tiering makes none', () => {
    expect(thawCost('GLACIER', 'bulk', { ...TB, days: 30 })).toBeCloseTo(23, 6);
    expect(thawCost('ARCHIVE_ACCESS', 'bulk', { ...TB, days: 30 })).toBe(0);
  });
});
