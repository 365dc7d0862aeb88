import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const page = read('docs/threat-model.md').replace(/\s+/g, ' ');

const FILES: Readonly<Record<string, string>> = {
  T: 'tests/infra/threats.test.ts',
  S: 'tests/infra/security.test.ts',
};

const claims = [...page.matchAll(/\b([TS]): ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(([, file = '', names = '']) =>
  [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file: FILES[file] ?? '', name })),
);

it.each(claims)('the threat model’s proof "$name" is a test of $file', ({ file, name }) => {
  expect(read(file)).toContain(name);
});

it('the threat model names tests that exist', () => {
  const paths = [...page.matchAll(/`(tests\/[^`]+)`/g)].map((match) => match[1] ?? '');
  expect([claims.length > 12, paths.length > 10]).toEqual([true, true]);
  expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

it('links of the threat model and the runbooks lead somewhere', () => {
  const links = [...page.matchAll(/\]\(([\w/.-]+)\)/g)].map((match) => match[1] ?? '');
  expect(links.filter((link) => !existsSync(new URL(link, new URL('docs/', ROOT))))).toEqual([]);
});
