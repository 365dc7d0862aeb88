import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const cwd = resolve(import.meta.dirname, '../..');
// What is no TypeScript has no types.
const configFile = resolve(cwd, 'stryker.config.mjs');
const { default: config } = (await import(configFile)) as { default: { readonly mutate: readonly string[] } };

/** Each name of `{a,b}` in a pattern by itself. */
function expanded(pattern: string): string[] {
  const [, head = '', names, tail = ''] = /^(.*?)\{([^}]*)\}(.*)$/.exec(pattern) ?? [];
  if (names === undefined) return [pattern];
  return names.split(',').flatMap((name) => expanded(`${head}${name}${tail}`));
}

// A file that moved away from under its pattern would no longer be mutated, and nobody would notice.
it.each(config.mutate.flatMap(expanded))('mutants are made of %s', (pattern) => {
  expect(globSync(pattern, { cwd })).not.toHaveLength(0);
});
