import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/registry.ts';
import { FUNCTIONS_AT_ONCE } from '../../scripts/lib/lambda-quota.ts';
import { deployedTemplate } from '../../testing/iam/deployed-template.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readme = read('README.md');
const { scripts, license } = JSON.parse(read('package.json'));

describe('the README', () => {
  // Whatever white space divides is a word: code, tables, marks and the addresses of links too.
  it('has at most 900 words, all counted', () => {
    expect(readme.trim().split(/\s+/).length).toBeLessThanOrEqual(900);
  });

  it('names commands that exist', () => {
    const named = [...readme.matchAll(/(?:^|`|npx )holdfast ([\w-]+)/gm)].map(([, name = '']) => name);
    expect(new Set(named).size).toBeGreaterThanOrEqual(10);
    expect(named.filter((name) => !(name in COMMANDS))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(expect.arrayContaining(['start', 'test', 'build', 'deploy']));
    expect(named.filter((name) => name !== 'ci' && !(name in scripts))).toEqual([]);
  });

  it('keeps the two commands: one does the main job here, one passes the tests', () => {
    expect(readme).toMatch(/^npm ci && npm start /m);
    expect(readme).toMatch(/^npm ci && npm test /m);
  });
});

it('the license is the one that the package names', () => {
  expect(license).toBe('Apache-2.0');
  expect(read('LICENSE')).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/m);
});

/** As GitHub makes them of a heading: lower case, no marks, a hyphen for each space. */
const anchorOf = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const withoutCode = (text: string) => text.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');
const anchorsOf = (text: string) =>
  [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

/** @returns the links of a page that lead to no file or no heading of the repository */
function brokenLinks(page: string): string[] {
  const base = new URL(page, ROOT);
  return [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? base : new URL(path, base);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
}

const pages = (folder: string) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`);

it.each(['README.md', 'CHANGELOG.md', ...pages('docs/'), ...pages('docs/adr/'), ...pages('docs/runbooks/')])(
  'links of %s lead to files and headings',
  (page) => {
    expect(brokenLinks(page)).toEqual([]);
  },
);

describe('docs/deploy.md', async () => {
  const { Parameters = {} } = (await deployedTemplate('template.yaml')) as {
    Parameters?: Readonly<
      Record<string, { readonly Default: string | number; readonly Description?: string }>
    >;
  };
  const table = /^## Parameters$[\s\S]*?(?=^\*\*Object Lock)/m.exec(read('docs/deploy.md'))?.[0] ?? '';
  // | `LockMode`, `LockDays` | NONE, 30 | … |
  const documented = Object.fromEntries(
    [...table.matchAll(/^\| ((?:`[A-Z]\w+`(?:, )?)+) \| ([^|]+?) \|/gm)].flatMap(
      ([, names = '', values = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name = ''], at) => [name, values.split(', ')[at]]),
    ),
  );

  it('has every parameter of the template, with its default', () => {
    const expected = Object.entries(Parameters).map(([name, { Default }]) => [
      name,
      String(Default) === '' ? 'none' : String(Default),
    ]);
    expect(expected.length).toBeGreaterThan(20);
    expect(documented).toEqual(Object.fromEntries(expected));
  });

  it('says how many functions there are at the same time, as the template and the look before a deployment do', () => {
    const { SHARED, SMALL } = FUNCTIONS_AT_ONCE;
    for (const text of [String(Parameters['FunctionConcurrency']?.Description), table]) {
      expect(text).toContain(`up to ${SHARED} of what the account may run`);
      expect(text).toContain(`these ${SHARED} for Holdfast alone`);
      expect(text).toContain(`SMALL\`, up to ${SMALL}`.replace('`', text === table ? '`' : ''));
    }
  });
});
