import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { VARIANTS } from '../../testing/simulation/variants.ts';

const CORE = resolve(import.meta.dirname, '../../layers/core/src');

// Whether histories find them takes minutes; that code has moved away from under them is seen at once.
it.each(VARIANTS)('the variant "$name" fits the code', async ({ edits }) => {
  for (const { file, find } of edits) expect(await readFile(join(CORE, file), 'utf8')).toContain(find);
});
