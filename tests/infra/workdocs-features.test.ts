import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const TESTS = new URL('../', import.meta.url);
const page = readFileSync(new URL('../../docs/workdocs.md', import.meta.url), 'utf8');
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' });

const rows = page
  .slice(page.indexOf('## What the older tool does, and here'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| feature '));

it('the table has a row for all that the older tool does, gets wrong, and wanted', () => {
  expect(rows.length).toBeGreaterThan(35);
});

it.each(rows)('%s', (row) => {
  const [, file = '', title = ''] = /`([\w.-]+\.test\.ts)`: "([^"]+)" \|$/.exec(row) ?? [];
  const paths = files.filter((path) => path.endsWith(`/${file}`));
  expect(paths).not.toEqual([]);
  const text = paths.map((path) => readFileSync(new URL(path, TESTS), 'utf8')).join('\n');
  expect(text).toContain(title);
});
