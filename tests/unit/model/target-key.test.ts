import {
  clashingRules,
  contestedPrefixes,
  sourceKey,
  type TargetMapping,
  targetKey,
} from '@holdfast/core/model/target-key.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const mapping = (more: Partial<TargetMapping> = {}): TargetMapping => ({
  prefix: '',
  stripPrefix: '',
  map: [],
  ...more,
});

describe('where a key goes', () => {
  it.each<[string, Partial<TargetMapping>, string, string]>([
    ['as it is', {}, 'a/b', 'a/b'],
    ['behind a prefix', { prefix: 'back/' }, 'a/b', 'back/a/b'],
    ['without its beginning', { stripPrefix: 'a/' }, 'a/b', 'b'],
    ['without its beginning, behind a prefix', { stripPrefix: 'a/', prefix: 'x/' }, 'a/b', 'x/b'],
    ['to another beginning', { map: [{ from: 'a/', to: 'z/' }] }, 'a/b', 'z/b'],
    ['as it is, when no rule fits', { map: [{ from: 'q/', to: 'z/' }] }, 'a/b', 'a/b'],
    [
      'by the longest rule that fits',
      {
        map: [
          { from: 'a/', to: 'short/' },
          { from: 'a/b/', to: 'long/' },
          { from: 'a', to: 'shortest' },
        ],
      },
      'a/b/c',
      'long/c',
    ],
    ['to nothing, when nothing is left', { stripPrefix: 'a/' }, 'a/', ''],
  ])('%s', (_, more, key, target) => {
    expect(targetKey(mapping(more), key)).toBe(target);
  });

  it('is found back, without rules', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (prefix, stripPrefix, rest) => {
        const where = mapping({ prefix, stripPrefix });
        expect(sourceKey(where, targetKey(where, stripPrefix + rest))).toBe(stripPrefix + rest);
      }),
    );
    expect(sourceKey(mapping({ prefix: 'back/' }), 'elsewhere/a')).toBeUndefined();
  });
});

describe('rules that meet', () => {
  it('are found when two could end at one place', () => {
    expect(clashingRules([{ from: 'a/', to: 'x/' }])).toBeUndefined();
    expect(
      clashingRules([
        { from: 'a/', to: 'x/' },
        { from: 'b/', to: 'y/' },
      ]),
    ).toBeUndefined();
    expect(
      clashingRules([
        { from: 'a/', to: 'x/' },
        { from: 'b/', to: 'x/y/' },
      ]),
    ).toEqual(['a/', 'b/']);
    expect(
      clashingRules([
        { from: 'a/', to: 'x/' },
        { from: 'a/', to: 'y/' },
      ]),
    ).toEqual(['a/', 'a/']);
  });

  it('name the places where others may be already, unless those go elsewhere', () => {
    expect(contestedPrefixes([{ from: 'old/', to: 'new/' }])).toEqual(['new/']);
    const swap = [
      { from: 'a/', to: 'b/' },
      { from: 'b/', to: 'a/' },
    ];
    expect(contestedPrefixes(swap)).toEqual([]);
  });
});
