import { compareKeys, keyBytes } from '@holdfast/core/model/byte-order.ts';
import { folderOf, justBefore, placeOf } from '@holdfast/core/model/places.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const key = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.string({
      unit: fc.constantFrom('a', '\u0001', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'),
    }),
    fc.constantFrom('x'.repeat(1024), '\u{1F98A}'.repeat(256)),
  )
  .filter((one) => one.isWellFormed());

describe('just before a key', () => {
  it('lies nothing that is not the beginning of it, or of the one beside it', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const before = justBefore(one);
        expect(keyBytes(before)).toBeLessThanOrEqual(1024);
        expect(before.isWellFormed()).toBe(true);
        if (one !== '') expect(compareKeys(before, one)).toBe(-1);
        // Longest keys may be listed from a little earlier on.
        if (keyBytes(one) > 1000 || other.includes('\u{10ffff}') || one.endsWith('\u0000')) return;
        if (compareKeys(other, one) < 0) expect(compareKeys(other, before)).toBeLessThanOrEqual(0);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('the place of a key', () => {
  it('is one of four, the same for all of a folder', () => {
    fc.assert(
      fc.property(key, key, (folder, name) => {
        const at = placeOf(`${folder}/${name.replaceAll('/', '')}`);
        expect(['0', '1', '2', '3']).toContain(at);
        expect(at).toBe(placeOf(`${folder}/other`));
      }),
      { seed: 2 },
    );
    expect(new Set(Array.from('abcdefgh', (one) => placeOf(`${one}/x`))).size).toBe(4);
    expect([folderOf('a/b/c'), folderOf('a'), folderOf('/a')]).toEqual(['a/b/', '', '/']);
  });
});
