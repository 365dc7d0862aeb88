import { createHash } from 'node:crypto';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { short, table } from '../markdown.ts';
import { median, percentile } from '../measure/statistics.ts';

/** The most that a filter takes: 64 globs of 1,024 characters, or a hundred. */
const GLOBS = 64;
const KEY_BYTES = 1_024;
const KEYS = 200;
/** What a key may take. */
const BAR_MS = 1;

type Case = {
  readonly what: string;
  readonly glob: (n: number) => string;
  readonly key: (n: number) => string;
  readonly globs?: number;
};

/** What people write, and what an attacker would: the keys of the last four are each another one. */
const CASES: readonly Case[] = [
  {
    what: 'a hundred usual globs: photos/2025/**/*.{jpg,png,raw}',
    globs: 100,
    glob: (n) => `photos/${1950 + n}/**/*.{jpg,png,raw}`,
    key: (n) => `photos/${1950 + (n % 100)}/italy/${'x'.repeat(980)}.jpg`,
  },
  { what: '*-*-*-…, hyphens', glob: (n) => `${'*-'.repeat(500)}${n}`, key: () => '-'.repeat(KEY_BYTES) },
  { what: '*aaa…*, one letter', glob: (n) => `*${'a'.repeat(1_000)}*${n}`, key: () => 'a'.repeat(KEY_BYTES) },
  {
    what: '**/a/**/a/…, folders',
    glob: (n) => `${'**/a/'.repeat(200)}${n}`,
    key: () => 'a/'.repeat(KEY_BYTES / 2),
  },
  {
    what: '{a,b}{a,b}…, letters',
    glob: (n) => `${'{a,b}'.repeat(200)}${n}`,
    key: () => 'ab'.repeat(KEY_BYTES / 2),
  },
  { what: '{a,b}*{a,b}*…, random letters', glob: (n) => `${'{a,b}*'.repeat(165)}${n}`, key: random('ab') },
  { what: '*-*-*-…, random', glob: (n) => `${'*-'.repeat(500)}${n}`, key: random('-ab') },
  { what: '**/*/*/…, random folders', glob: (n) => `**/${'*/'.repeat(500)}${n}`, key: random('a/') },
  { what: '*a?a?a?…, random letters', glob: (n) => `*a${'?a'.repeat(500)}${n}`, key: random('aaaaaaaaab') },
];

/** What the largest filters take for the longest keys. */
export async function globs(): Promise<string[]> {
  const rows = CASES.map(({ what, glob, key, globs: number = GLOBS }) => {
    const matches = compileFilter({ include: Array.from({ length: number }, (_, n) => glob(n)) });
    const ms = Array.from({ length: KEYS }, (_, n) => time(() => matches(key(n))));
    const first = ms[0] ?? 0;
    return [what, short(first), short(median(ms)), short(percentile(ms, 0.95))];
  });
  return [
    '## Globs',
    '',
    `The largest filters on keys of ${KEY_BYTES.toLocaleString('en-US')} bytes: ${GLOBS} globs of about a thousand characters each, where nothing else is said, none of`,
    `which takes the key; ${KEYS} keys one after the other. A key may take ${BAR_MS} ms.`,
    '',
    ...table(['globs, keys', 'first key, ms', 'median, ms', 'p95, ms'], rows),
  ];
}

function time(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function random(letters: string): (n: number) => string {
  return (n) => {
    const bytes = createHash('shake256', { outputLength: KEY_BYTES }).update(`${letters}/${n}`).digest();
    return Array.from(bytes, (byte) => letters[byte % letters.length]).join('');
  };
}
