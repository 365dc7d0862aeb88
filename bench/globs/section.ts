import { createHash } from 'node:crypto';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { compileFilter } from '@holdfast/core/model/filter.ts';
import { short, table } from '../markdown.ts';
import { median, percentile } from '../measure/statistics.ts';

/** Of one kind, and in bytes together, at most; a filter may take fewer (docs/globs.md). */
const MOST_GLOBS = 100;
const MOST_BYTES = 65_536;
const KEY_BYTES = 1_024;
const KEYS = 200;
const ROUNDS = 3;
/** What a key may take. */
const BAR_MS = 1;

type Case = {
  readonly what: string;
  readonly glob: (n: number) => string;
  readonly key: (n: number) => string;
};

/** What people write, and what would slow it down: keys of random letters are each another one. */
const CASES: readonly Case[] = [
  {
    what: 'usual globs, photos/2025/**/*.{jpg,png,raw}',
    glob: (n) => `photos/${1950 + n}/**/*.{jpg,png,raw}`,
    key: (n) => `photos/${1950 + (n % 100)}/italy/${'x'.repeat(980)}.jp`,
  },
  {
    what: '24 folders in braces each, **/node_modules-2025/**',
    glob: (n) => `{${Array.from({ length: 24 }, (_, k) => `**/node_modules-${24 * n + k}/**`).join(',')}}`,
    key: (n) => `/node_modules-${n}`.repeat(KEY_BYTES / 16).padEnd(KEY_BYTES, '/'),
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
  {
    what: '*[ab]?[cd]?…*, random letters',
    glob: (n) => `*${'[ab]?[cd]?'.repeat(100)}*${n}`,
    key: random('abcd'),
  },
  {
    what: '*[!b]?[!c]?…*, random letters that all fit',
    glob: (n) => `*${'[!b]?[!c]?'.repeat(100)}*${n}`,
    key: random('adef'),
  },
  {
    what: '*{1..1000}*, random digits',
    glob: (n) => `*{1..1000}*${n}x`,
    key: random('0123456789'),
  },
];

/** What the largest filters take for the longest keys. */
export async function globs(): Promise<string[]> {
  const rows = CASES.map(({ what, glob, key }) => {
    const { count, matches } = largest(glob);
    const keys = Array.from({ length: KEYS }, (_, n) => key(n));
    const first = time(() => matches(key(KEYS)));
    // All keys, then all again: what else the machine does falls on one of the rounds, and nothing is remembered of a key.
    const rounds = Array.from({ length: ROUNDS }, () => keys.map((one) => time(() => matches(one))));
    const ms = keys.map((_, n) => Math.min(...rounds.map((round) => round[n] ?? 0)));
    return [what, String(count), short(first), short(median(ms)), short(percentile(ms, 0.95))];
  });
  return [
    '## Globs',
    '',
    `The largest filters on keys of ${KEY_BYTES.toLocaleString('en-US')} bytes: as many globs of a kind as a filter takes, none of which takes the key;`,
    `${KEYS} keys one after the other, each time the least of ${ROUNDS} rounds. A key may take ${BAR_MS} ms.`,
    '',
    ...table(['globs, keys', 'globs', 'first key, ms', 'median, ms', 'p95, ms'], rows),
  ];
}

/** As many globs as a filter takes. */
function largest(glob: (n: number) => string): { count: number; matches: (key: string) => boolean } {
  const include: string[] = [];
  let matches = compileFilter({});
  let count = 0;
  for (; count < MOST_GLOBS; count++) {
    include.push(glob(count));
    if (include.join('').length > MOST_BYTES) break;
    try {
      matches = compileFilter({ include });
    } catch (error) {
      if (error instanceof InvalidInputError) break;
      throw error;
    }
  }
  return { count, matches };
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
