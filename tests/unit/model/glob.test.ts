import { checkGlob, compileFilter, compileStoredFilter } from '@holdfast/core/model/filter.ts';
import { Automaton } from '@holdfast/core/model/glob/automaton.ts';
import { changedMeaning } from '@holdfast/core/model/glob/earlier-meaning.ts';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { naiveGlob } from './support/naive-glob.ts';

const takes = (glob: string, key: string) => compileFilter({ include: [glob] })(key);

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

  it('take the same when nothing is remembered, and after much was', () => {
    fc.assert(
      fc.property(
        fc.array(globs, { minLength: 1, maxLength: 4 }),
        fc.array(keys, { minLength: 30, maxLength: 30 }),
        (include, some) => {
          const used = compileFilter({ include });
          for (const key of some) used(key);
          for (const key of some) expect(used(key)).toBe(compileFilter({ include })(key));
        },
      ),
      { numRuns: 500, seed: 8 },
    );
  });
});

describe('what a key costs', () => {
  const HOSTILE: readonly (readonly [name: string, glob: string, key: string])[] = [
    ['stars and hyphens', `${'*-'.repeat(500)}*.csv`, '-'.repeat(1024)],
    ['a star and question marks', `*a${'?'.repeat(1000)}`, 'ab'.repeat(512)],
    ['folders', '**/a/'.repeat(200), 'a/'.repeat(512)],
    ['braces', '{a,b}'.repeat(200), 'ab'.repeat(512)],
    ['braces and stars', '{a,b}*'.repeat(170), 'ab'.repeat(512)],
    ['braces that may be nothing', '{a,}'.repeat(256), 'a'.repeat(1024)],
  ];
  it.each(HOSTILE)(
    'is at most a step for each character, and none when it comes again: %s',
    (_, glob, key) => {
      const step = vi.spyOn(Automaton.prototype, 'step');
      try {
        const filter = compileFilter({ include: [glob] });
        filter(key);
        expect(step.mock.calls.length).toBeLessThanOrEqual(key.length);
        step.mockClear();
        filter(key);
        expect(step).not.toHaveBeenCalled();
      } finally {
        step.mockRestore();
      }
    },
  );

  it('stays a step for each character where every key is new, and so does what is right', () => {
    const glob = `*a${'?'.repeat(14)}c${'?'.repeat(14)}b*`;
    const filter = compileFilter({ include: [glob] });
    const step = vi.spyOn(Automaton.prototype, 'step');
    const random = fc.sample(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 45, maxLength: 45 }),
      {
        numRuns: 400,
        seed: 9,
      },
    );
    const taken = random.map(filter);
    expect(step.mock.calls.length).toBeLessThanOrEqual(400 * 45);
    step.mockRestore();
    expect(taken).toEqual(random.map((key) => /a.{14}c.{14}b/.test(key)));
    expect(new Set(taken).size).toBe(2);
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
    const include = Array.from({ length: 100 }, (_, n) => `${n}/${'a'.repeat(1_000)}`);
    expect(() => compileFilter({ include })).toThrow('stand for too much');
    const stored = compileStoredFilter({ include });
    expect(stored(include[99] ?? '')).toBe(true);
    expect(stored('other')).toBe(false);
  });
});
