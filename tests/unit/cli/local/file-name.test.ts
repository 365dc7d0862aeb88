import { posix, win32 } from 'node:path';
import { keyBytes } from '@holdfast/core/model/byte-order.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../../cli/local/file-name.ts';
import { fold, Naming } from '../../../../cli/local/naming.ts';
import { AWKWARD_KEYS } from '../../../support/awkward-keys.ts';

/** Text out of what breaks file names, so that it meets often. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'a',
      'A',
      'b',
      '.',
      '..',
      '/',
      '//',
      ' ',
      '%',
      '%2',
      '%41',
      '%~',
      '~',
      'file',
      '%~file',
      '%~empty',
      '%~long',
    ],
    ...[
      'CON',
      'nul',
      'com1',
      '.txt',
      ':',
      'C:',
      '\\',
      '*',
      '?',
      '"',
      '<',
      '>',
      '|',
      '\0',
      '\n',
      '\x7f',
      '\x80',
      '5',
      'F',
    ],
    ...['é', 'e\u0301', 'ß', 'ẞ', '🦊', '\ud800', '\udc00', '\uffff', 'x'.repeat(300)],
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const key = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '');
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 12 });

function pathsOf(all: readonly string[], insensitive: boolean, size = 1): Map<string, string> {
  const naming = new Naming(insensitive);
  for (const one of all) naming.learn(one);
  return new Map(all.map((one) => [one, naming.place(one, size).path]));
}

describe('the path of a key', () => {
  it.each([
    'a.txt',
    'photos/2026/03/Fox (1) [x] {y} #z; a,b=c+d&e @ é 中文 🦊.jpg',
    '.hidden/.gitignore',
    ' leading space/~/-dash',
    '100%/50% off/%zz/%2f',
    'year=2026/part-0000.parquet',
    'console.log',
    'a..b/...c',
    'k'.repeat(255),
  ])('is the key itself for %s', (name) => {
    expect(pathsOf([name], true).get(name)).toBe(name);
  });

  it.each([
    ['../../etc/passwd', '.%2E/.%2E/etc/passwd'],
    ['/etc/passwd', '%~empty/etc/passwd'],
    ['a//b', 'a/%~empty/b'],
    ['./a', '%2E/a'],
    ['C:\\Windows\\x', 'C%3A%5CWindows%5Cx'],
    ['a\0b\n', 'a%00b%0A'],
    ['CON', '%43ON'],
    ['lpt1.txt/nul', '%6Cpt1.txt/%6Eul'],
    ['a. ', 'a.%20'],
    ['a.', 'a%2E'],
    ['a%20b', 'a%2520b'],
    ['a%~b', 'a%25~b'],
    ['half \ud800', 'half %ED%A0%80'],
    ['<a|b>?*"', '%3Ca%7Cb%3E%3F%2A%22'],
  ])('of %j is %j', (name, path) => {
    expect(pathsOf([name], false).get(name)).toBe(path);
    expect(keyOf(path)).toBe(name);
  });

  it('makes a folder of an empty object whose key ends in /, and a file in it of one that is not empty', () => {
    expect(pathsOf(['a/', 'a/b'], true, 0).get('a/')).toBe('a/');
    expect(pathsOf(['a/', 'a/b'], true, 1).get('a/')).toBe('a/%~folder');
    expect(keyOf('a/%~folder')).toBe('a/');
    expect(keyOf('a/')).toBe('a/');
  });

  it('tells a file from a folder of the same name', () => {
    expect(pathsOf(['a', 'a/b', 'c.d', 'c.d/'], false, 0)).toEqual(
      new Map([
        ['a', 'a%~file'],
        ['a/b', 'a/b'],
        ['c.d', 'c%~file.d'],
        ['c.d/', 'c.d/'],
      ]),
    );
  });

  it('tells names apart that differ only in case, or in how an accent is written, where the disk does not', () => {
    const same = ['R.md', 'r.md', 'é/x', 'e\u0301/y'];
    expect([...pathsOf(same, false).values()]).toEqual(same);
    expect([...pathsOf(same, true).values()]).toEqual([
      'R%~case-7f44c4e0.md',
      'r%~case-f9acbba7.md',
      expect.stringMatching(/^é%~case-[0-9a-f]{8}\/x$/),
      expect.stringMatching(/^e\u0301%~case-[0-9a-f]{8}\/y$/),
    ]);
  });

  it('cuts what is too long, and keeps the extension', () => {
    const long = `${'🦊'.repeat(200)}.jpeg`;
    const deep = 'abcdefgh/'.repeat(110);
    const paths = pathsOf([long, deep], false, 0);
    expect(paths.get(long)).toMatch(/^(?:🦊){45}%~long-[0-9a-f]{32}\.jpeg$/u);
    expect(paths.get(deep)).toMatch(/^%~long\/[0-9a-f]{32}\/$/);
    expect(keyOf(paths.get(long) ?? '')).toBeUndefined();
  });

  it('is told when two objects want the same', () => {
    const naming = new Naming(false);
    for (const one of ['a', 'b', 'a']) naming.learn(one);
    expect([naming.place('a', 1).twice, naming.place('b', 1).twice]).toEqual([true, false]);
  });

  it('leads back to the key, whatever the key', () => {
    fc.assert(
      fc.property(keys, fc.boolean(), fc.constantFrom(0, 1), (all, insensitive, size) => {
        for (const [one, path] of pathsOf([...all, ...AWKWARD_KEYS], insensitive, size)) {
          const back = keyOf(path);
          if (back === undefined) expect(path).toMatch(/%~long(?:-[0-9a-f]{32}|\/[0-9a-f]{32})/);
          else expect(back).toBe(one);
        }
      }),
      { seed: 16, numRuns: 1500 },
    );
  });

  it('never leads out of the target, and is a name that every system takes', () => {
    fc.assert(
      fc.property(keys, fc.boolean(), (all, insensitive) => {
        for (const path of pathsOf(all, insensitive).values()) {
          expect(posix.normalize(path)).toBe(path);
          expect(posix.isAbsolute(path) || win32.isAbsolute(path)).toBe(false);
          expect(keyBytes(path)).toBeLessThanOrEqual(900);
          for (const name of path.split('/')) {
            expect(name).toMatch(/^[^\p{Cc}\p{Cs}\\:*?"<>|]*[^\p{Cc}\p{Cs}\\:*?"<>|. ]$/u);
            expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
            expect(keyBytes(name)).toBeLessThanOrEqual(255);
          }
        }
      }),
      { seed: 16, numRuns: 1500 },
    );
  });

  it('is never that of another key, nor a folder of its path, in any order', () => {
    fc.assert(
      fc.property(keys, fc.boolean(), (all, insensitive) => {
        const paths = pathsOf(all, insensitive);
        expect(pathsOf(all.toReversed(), insensitive)).toEqual(new Map([...paths].toReversed()));
        const seen = (path: string) => (insensitive ? fold(path) : path);
        const files = [...paths.values()].map(seen);
        expect(new Set(files).size).toBe(all.length);
        for (const one of files) expect(files.filter((other) => other.startsWith(`${one}/`))).toEqual([]);
        if (!insensitive) return;
        // A folder is one folder: two keys whose folders differ do not share one.
        for (const [one, path] of paths)
          for (const [other, otherPath] of paths) expectApart([one, path], [other, otherPath]);
      }),
      { seed: 16, numRuns: 1000 },
    );
  });
});

function expectApart([one, path]: [string, string], [other, otherPath]: [string, string]): void {
  const folders = (text: string) => text.split('/').slice(0, -1);
  const [names, otherNames, keys, otherKeys] = [path, otherPath, one, other].map(folders);
  for (const [depth, name] of (names ?? []).entries()) {
    const otherName = otherNames?.[depth];
    if (otherName === undefined || fold(name) !== fold(otherName)) return;
    if (name.startsWith('%~long')) return;
    expect(keys?.[depth]).toBe(otherKeys?.[depth]);
  }
}
