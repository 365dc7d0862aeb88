import { InvalidInputError } from './errors.ts';
import { GlobMatcher } from './glob/matcher.ts';
import { parseGlob } from './glob/parse-glob.ts';
import { positionsOf, TooLarge } from './glob/positions.ts';

/** What of a source is meant. Without an include, everything is; an exclude wins over an include. */
export type Filter = {
  readonly prefix?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
};

const MAX_GLOB_LENGTH = 1024;
const MAX_GLOBS = 100;

/** Of all globs of a filter together: as many as 64 KiB of globs have at most, unless they count in braces. */
const MAX_POSITIONS = 65_536;

/**
 * Checks one glob (docs/globs.md).
 *
 * @throws {InvalidInputError} naming the glob, the place and the way out
 */
export function checkGlob(glob: string): string {
  compileGlobs([glob]);
  return glob;
}

/**
 * Checks all globs of one kind that a filter has: each, how many there are, and how much they are together.
 *
 * @throws {InvalidInputError}
 */
export function checkGlobs(globs: readonly string[]): void {
  if (globs.length > MAX_GLOBS)
    throw new InvalidInputError(
      `${globs.length} globs are given, and at most ${MAX_GLOBS} are taken: put several into one, as {a,b}`,
    );
  compileGlobs(globs);
}

/**
 * Compiles a filter once, for many keys. What it then takes for a key is bounded by the lengths of key and globs: nothing is tried twice
 * (ADR 25).
 *
 * @throws {InvalidInputError} for an invalid glob, and for too much of them
 */
export function compileFilter({ prefix, include = [], exclude = [] }: Filter): (key: string) => boolean {
  return filterOf(prefix, compileGlobs(include), compileGlobs(exclude));
}

/**
 * The same for globs that were stored, by an earlier version perhaps: one that cannot be read any more takes everything as an include
 * and nothing as an exclude, so that too much is protected rather than too little. Each is bounded by itself, since that version
 * bounded them no further: nothing is thrown.
 */
export function compileStoredFilter({
  prefix,
  include = [],
  exclude = [],
}: Filter): (key: string) => boolean {
  const included = include.flatMap((glob) => compileReadable(glob) ?? compileGlobs(['**']));
  const excluded = exclude.flatMap((glob) => compileReadable(glob) ?? []);
  return filterOf(prefix, included, excluded);
}

/** @returns nothing for a glob that cannot be read */
function compileReadable(glob: string): readonly GlobMatcher[] | undefined {
  try {
    return compileGlobs([glob]);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

function filterOf(
  prefix: string | undefined,
  include: readonly GlobMatcher[],
  exclude: readonly GlobMatcher[],
): (key: string) => boolean {
  const begins = (key: string) => key.startsWith(prefix ?? '');
  if (include.length + exclude.length === 0) return begins;
  return (key) => {
    if (!begins(key)) return false;
    const codes = codePoints(key);
    const takes = (glob: GlobMatcher) => glob.takes(codes);
    return (include.length === 0 || include.some(takes)) && !exclude.some(takes);
  };
}

function compileGlobs(globs: readonly string[]): readonly GlobMatcher[] {
  let left = MAX_POSITIONS;
  return [...new Set(globs)].map((glob) => {
    checkLength(glob);
    const nodes = parseGlob(glob);
    try {
      const positions = positionsOf(nodes, left);
      left -= positions.taken.length;
      return new GlobMatcher(positions);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      throw new InvalidInputError(
        `the braces of "${glob.slice(0, 80)}" stand for too much: a filter takes ${MAX_POSITIONS} characters written out; use fewer numbers or alternatives`,
      );
    }
  });
}

function checkLength(glob: string): void {
  if (glob.length <= MAX_GLOB_LENGTH) return;
  throw new InvalidInputError(
    `a glob takes at most ${MAX_GLOB_LENGTH} characters; "${glob.slice(0, 40)}" has ${glob.length}`,
  );
}

function codePoints(key: string): Uint32Array {
  const codes = new Uint32Array(key.length);
  let count = 0;
  for (let at = 0; at < key.length; count++) {
    const code = key.codePointAt(at) ?? 0;
    codes[count] = code;
    at += code > 0xffff ? 2 : 1;
  }
  return codes.subarray(0, count);
}
