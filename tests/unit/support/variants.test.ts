import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editedPath } from '../../../testing/simulation/variant.ts';
import { VARIANTS } from '../../../testing/simulation/variants.ts';

// To play them takes long. That each of them still breaks something, whoever changes a flow learns at once.
describe('a variant that histories have to find', () => {
  it.each(VARIANTS.map(({ name, edits }) => ({ name, edits })))('fits the source: $name', ({ edits }) => {
    expect(edits.length).toBeGreaterThan(0);
    for (const { file, find, replace } of edits) {
      const path = new URL(`../../../${editedPath({ file })}`, import.meta.url);
      expect(readFileSync(path, 'utf8')).toContain(find);
      expect(replace).not.toBe(find);
    }
  });
});
