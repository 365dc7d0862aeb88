import { compileFilter, compileStoredFilter, MAX_STEPS, stepsOfStored } from '@holdfast/core/model/filter.ts';
import { changedMeaning } from '@holdfast/core/model/glob/earlier-meaning.ts';
import { GlobMatcher } from '@holdfast/core/model/glob/matcher.ts';
import { parseGlob } from '@holdfast/core/model/glob/parse-glob.ts';
import { partsOf } from '@holdfast/core/model/glob/parts.ts';
import { Units } from '@holdfast/core/model/glob/units.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveGlob } from './support/naive-glob.ts';

const LONGEST = 1_024;

const checkGlob = (glob: string) => compileFilter({ include: [glob] });
const takes = (glob: string, key: string) => checkGlob(glob)(key);

describe('a glob', () => {
  it.each([
    ['photos (2025)/**', 'photos (2025)/a.jpg', true],
    ['photos (2025)/**', 'photos 2025/b.jpg', false],
    ['!important/**', '!important/a', true],
    ['!important/**', 'other', false],
    ['?.txt', '🦊.txt', true],
    ['"a"', '"a"', true],
    ['"a"', 'a', false],
    ['[!a]', 'b', true],
    ['[!a]', 'a', false],
    ['[^a]', '!', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[!a]', '/', false],
    ['{1..12}', '12', true],
    ['{1..12}', '13', false],
    ['{08..10}', '09', true],
    ['{10..8}', '9', true],
    ['a/**', 'a', false],
    ['a/**', 'a/', true],
    ['a/**', 'a/b/c', true],
    ['**/b', 'b', true],
    ['**/b', 'a/xb', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['a/b/**/b/c', 'a/b/c', false],
    ['a/b/**/b/c', 'a/b/b/c', true],
    ['a**b', 'axyb', true],
    ['a**b', 'ax/yb', false],
    ['{a,b/c}*', 'b/cd', true],
    ['{,x}a', 'a', true],
    ['{a/**,b/**}', 'b/c/d', true],
    ['{a/**,b/**}', 'b', false],
    ['{**/,}x', 'a/b/x', true],
    ['src/constructor/*', 'src/constructor/a', true],
    ['\\*\\\\', '*\\', true],
    ['a+(b)@c', 'a+(b)@c', true],
    ['\ud800?', '\ud800\udbff', true],
  ])('%j takes %j: %s', (glob, key, taken) => {
    expect(takes(glob, key)).toBe(taken);
    expect(naiveGlob(glob, key)).toBe(taken);
  });

  it.each([
    ['', 'takes nothing'],
    ['[a', '"[" is never closed, at character 1; write \\['],
    ['x{a,b', '"{" is never closed, at character 2'],
    ['a}', '"}" closes nothing'],
    ['{a}', 'one alternative'],
    ['{a..z}', 'no range of numbers'],
    ['{1..1000000000}', 'no range of numbers'],
    ['{1..100000}', 'has 100000 numbers'],
    ['[[:alpha:]]', 'write the ranges'],
    ['[z-a]', 'runs backwards'],
    ['[/]', 'never taken'],
    ['a\\', 'stands at the end'],
    ['**{,b/}', 'beside braces'],
    ['{a,**}/b', 'beside braces'],
    ['{,a/}**', 'beside braces'],
    [`${'{a,'.repeat(21)}${'}'.repeat(21)}`, 'more than 20 braces'],
  ])('%j is refused: %s', (glob, why) => {
    expect(() => checkGlob(glob)).toThrow(why);
  });

  it('is refused where its braces stand for too much', () => {
    expect(() => checkGlob('{1..1000}'.repeat(100))).toThrow('stand for too much');
    expect(() => checkGlob('{a,}'.repeat(256))).not.toThrow();
  });
});

function isBesideBraces(glob: string): boolean {
  try {
    checkGlob(glob);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes('beside braces');
  }
}

const PIECES = [
  'a',
  'b',
  '/',
  '*',
  '**',
  '?',
  '-',
  '🦊',
  '[a-b]',
  '[!a]',
  '[^/b]',
  '{a,b}',
  '{,b/}',
  '{1..3}',
  '\\*',
  '!',
  '(',
  '**/',
  '/**',
];
const KEY_PIECES = ['a', 'b', '/', '-', '🦊', '1', '2', '!', '(', '*', '\ud800'];
const globs = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 10 })
  .map((pieces) => pieces.join(''))
  .filter((glob) => !isBesideBraces(glob));
const keys = fc.array(fc.constantFrom(...KEY_PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));

describe('random globs', () => {
  it('take what a matcher takes that tries everything', () => {
    fc.assert(
      fc.property(globs, fc.array(keys, { minLength: 1, maxLength: 5 }), (glob, some) => {
        const taken = compileFilter({ include: [glob] });
        for (const key of some)
          expect({ glob, key, taken: taken(key) }).toEqual({ glob, key, taken: naiveGlob(glob, key) });
      }),
      { numRuns: 20_000, seed: 7 },
    );
  });

  it('take the same together, as includes and excludes, for one key after the other', () => {
    fc.assert(
      fc.property(
        fc.array(globs, { maxLength: 4 }),
        fc.array(globs, { minLength: 1, maxLength: 3 }),
        fc.array(keys, { minLength: 10, maxLength: 10 }),
        (include, exclude, some) => {
          const taken = compileFilter({ include, exclude });
          for (const key of some) {
            const takesIt = (glob: string) => naiveGlob(glob, key);
            const expected = (include.length === 0 || include.some(takesIt)) && !exclude.some(takesIt);
            expect({ include, exclude, key, taken: taken(key) }).toEqual({
              include,
              exclude,
              key,
              taken: expected,
            });
          }
        },
      ),
      { numRuns: 1_000, seed: 8 },
    );
  });
});

/** What a glob is made of, each beside what it takes; so long that it goes from word to word. */
const LONG_PIECES: readonly (readonly [glob: string, taken: readonly string[]])[] = [
  ...[1, 2, 31, 32, 33, 64, 65].flatMap((length): [string, string[]][] => [
    ['a'.repeat(length), ['a'.repeat(length)]],
    ['?'.repeat(length), ['a'.repeat(length), 'é'.repeat(length), '🦊'.repeat(length)]],
    ['[a-bé🦊]'.repeat(length), ['ab'.repeat(length).slice(0, length), '🦊'.repeat(length)]],
  ]),
  ['*', ['', 'a', 'b'.repeat(33), 'a'.repeat(200), '🦊é'.repeat(20)]],
  ['*b', ['b', `${'a'.repeat(31)}b`, `${'a'.repeat(70)}b`]],
  ['/', ['/']],
  ['/**/', ['/', '/a/', `/${'a/'.repeat(40)}`, `/${'a'.repeat(80)}/b/`]],
  ['ab', ['ab']],
  ['{a,bb,*c}', ['a', 'bb', 'c', `${'a'.repeat(32)}c`]],
  ['{,b/}', ['', 'b/']],
  ['{08..11}', ['08', '10', '11']],
  ['[!a]', ['b', '🦊', '\ud800']],
  ['é', ['é']],
];
const long = fc.array(
  fc
    .constantFrom(...LONG_PIECES)
    .chain(([glob, taken]) => fc.tuple(fc.constant(glob), fc.constantFrom(...taken))),
  { minLength: 1, maxLength: 8 },
);

describe('long globs and keys', () => {
  it('take what a matcher takes that tries everything', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(long, fc.nat(), fc.constantFrom('a', 'b', '/', '', '🦊'), (pieces, at, changed) => {
        const glob = pieces.map(([piece]) => piece).join('');
        fc.pre(glob.length <= LONGEST && !isBesideBraces(glob));
        const made = pieces.map(([, taken]) => taken).join('');
        const place = at % (made.length + 1);
        const taken = compileFilter({ include: [glob] });
        for (const key of [made, `${made.slice(0, place)}${changed}${made.slice(place + 1)}`]) {
          const expected = naiveGlob(glob, key);
          expect({ glob, key, taken: taken(key) }).toEqual({ glob, key, taken: expected });
          seen[expected ? 'yes' : 'no']++;
        }
      }),
      { numRuns: 1_500, seed: 9 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(300);
  });
});

/** What a key cost with globs, and what they say that it can cost at most; in steps. */
function costOf(include: readonly string[], key: string): { readonly done: number; readonly most: number } {
  const units = new Units();
  const globsOf = include.map((glob) => partsOf(parseGlob(glob), units, 65_536));
  const matcher = new GlobMatcher(units);
  matcher.read(key);
  for (const { parts } of globsOf) matcher.takes(parts);
  return { done: matcher.meter.steps, most: globsOf.reduce((sum, { steps }) => sum + steps, 0) };
}

const many = (count: number, glob: (n: number) => string) => Array.from({ length: count }, (_, n) => glob(n));

describe('what a key costs', () => {
  const HOSTILE: readonly (readonly [name: string, glob: (n: number) => string, key: string])[] = [
    ['stars and hyphens', (n) => `${'*-'.repeat(500)}${n}`, '-'.repeat(LONGEST)],
    ['a star and question marks', (n) => `*a${'?'.repeat(900)}*${n}`, 'ab'.repeat(LONGEST / 2)],
    ['question marks', (n) => `*${'?a'.repeat(200)}*${n}`, 'a'.repeat(LONGEST)],
    ['classes', (n) => `*${'[!b]?'.repeat(150)}*${n}`, 'a'.repeat(LONGEST)],
    [
      'many classes',
      (n) => `*${many(150, (k) => `[!${String.fromCodePoint(0x4e00 + k)}]`).join('')}*${n}`,
      'a'.repeat(LONGEST),
    ],
    ['folders', (n) => `${'**/a/'.repeat(200)}${n}`, 'a/'.repeat(LONGEST / 2)],
    ['stars in folders', (n) => `**/${'*/'.repeat(500)}${n}`, 'a/'.repeat(LONGEST / 2)],
    ['braces', (n) => `*${'{a,b}'.repeat(150)}*${n}`, 'ab'.repeat(LONGEST / 2)],
    ['braces and stars', (n) => `${'{a,b}*'.repeat(160)}${n}`, 'ab'.repeat(LONGEST / 2)],
    ['braces that may be nothing', (n) => `${'{a,}'.repeat(250)}${n}`, 'a'.repeat(LONGEST)],
    ['numbers', (n) => `*{1..1000}${n}*`, many(350, String).join('').slice(0, LONGEST)],
  ];
  it.each(HOSTILE)('is at most what the globs say, whatever the key is: %s', (_, glob, key) => {
    const { done, most } = costOf(many(4, glob), key);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThanOrEqual(most);
    const shorter = costOf(many(4, glob), key.slice(0, LONGEST / 2));
    expect(shorter.done).toBeLessThanOrEqual(most);
  });

  it('is at most what random globs say', () => {
    fc.assert(
      fc.property(long, keys, (pieces, other) => {
        const glob = pieces.map(([piece]) => piece).join('');
        fc.pre(glob.length <= LONGEST && !isBesideBraces(glob));
        for (const key of [pieces.map(([, taken]) => taken).join(''), other.repeat(80).slice(0, LONGEST)]) {
          const { done, most } = costOf([glob], key.slice(0, LONGEST));
          expect({ glob, key, isWithin: done <= most }).toEqual({ glob, key, isWithin: true });
        }
      }),
      { numRuns: 1_500, seed: 10 },
    );
  });

  it.each(HOSTILE)('is bounded for a filter, and the rest refused: %s', (_, glob) => {
    expect(() => compileFilter({ include: many(100, glob) })).toThrow(
      /the globs take too long together|stand for too much/,
    );
  });

  it.each<readonly [string, (n: number) => string]>([
    ['a suffix', (n) => `*.of-kind-${n}`],
    ['a folder and suffixes', (n) => `photos/${n}/**/*.jpg`],
    ['a folder anywhere', (n) => `**/node_modules-${n}/**`],
    ['a folder', (n) => `team-${n}/**`],
    ['a year', (n) => `logs-${n}/20[0-9][0-9]/*.gz`],
  ])('lets 1,500 usual globs through: %s', (_, glob) => {
    const include = many(75, (n) => `{${many(20, (k) => glob(20 * n + k)).join(',')}}`);
    expect(() => compileFilter({ include })).not.toThrow();
  });

  it('takes several globs of each kind together', () => {
    expect(() =>
      compileFilter({ include: many(50, (n) => `a${n}*`), exclude: many(100, (n) => `*b${n}*`) }),
    ).not.toThrow();
  });
});

describe('globs of an earlier version', () => {
  it.each(['!a', 'a(b)', '"a"', '[!a]', '{1..3}', '{a}', 'a/**', '[[:alpha:]]'])(
    '%j is said to mean something else',
    (glob) => {
      expect(changedMeaning(glob)).toEqual(expect.any(String));
    },
  );
  it.each(['**', '**/*.jpg', 'a/*', '{a,b}', '[a-z]', '\\!a', '\\(x\\)', 'a?'])(
    '%j means what it did',
    (glob) => {
      expect(changedMeaning(glob)).toBeUndefined();
    },
  );
  it('protect too much rather than too little where they cannot be read any more', () => {
    expect(compileStoredFilter({ include: ['{a}'] })('anything')).toBe(true);
    expect(compileStoredFilter({ exclude: ['{a}', 'b'] })('a')).toBe(true);
    expect(compileStoredFilter({ exclude: ['{a}', 'b'] })('b')).toBe(false);
  });
  it('are taken whatever they are together, which an earlier version did not bound', () => {
    const long = many(100, (n) => `${n}/${'a'.repeat(1_000)}`);
    const slow = many(64, (n) => `*${'b?'.repeat(200)}*${n}`);
    expect(() => compileFilter({ include: long })).toThrow('stand for too much');
    expect(() => compileFilter({ include: slow })).toThrow('the globs take too long together');
    const stored = compileStoredFilter({ include: [...long, ...slow] });
    expect(stored(long[99] ?? '')).toBe(true);
    expect(stored(`x${'ba'.repeat(200)}63`)).toBe(true);
    expect(stored(`x${'ba'.repeat(199)}63`)).toBe(false);
    expect(stepsOfStored({ include: slow })).toBeGreaterThan(MAX_STEPS);
    expect(stepsOfStored({ include: ['{a}'] })).toBeLessThan(MAX_STEPS);
  });
});
