import { InvalidInputError } from './errors.ts';
import { GlobMatcher } from './glob/matcher.ts';
import { parseGlob } from './glob/parse-glob.ts';
import { type Part, partsOf, TooLarge } from './glob/parts.ts';
import { Units } from './glob/units.ts';

/** What of a source is meant. Without an include, everything is; an exclude wins over an include. */
export type Filter = {
  readonly prefix?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
};

const MAX_GLOB_LENGTH = 1024;
const MAX_GLOBS = 100;

/** Of all globs of a filter together, once braces are written out. */
const MAX_WRITTEN = 65_536;

/** Steps that a key of 1,024 characters may take with all globs of a filter: some 0.6 milliseconds (ADR 25). */
export const MAX_STEPS = 250_000;

/**
 * Checks the globs of a filter (docs/globs.md): each, how many there are of a kind, and how much they are together.
 *
 * @throws {InvalidInputError} naming the glob, the place and the way out
 */
export function checkFilter(filter: Filter): void {
  for (const { length } of [filter.include ?? [], filter.exclude ?? []])
    if (length > MAX_GLOBS)
      throw new InvalidInputError(
        `${length} globs are given, and at most ${MAX_GLOBS} are taken: put several into one, as {a,b}`,
      );
  compileFilter(filter);
}

/**
 * Compiles a filter once, for many keys. What a key then takes is bounded: at most `MAX_STEPS` where it has 1,024 characters (ADR 25).
 *
 * @throws {InvalidInputError} for an invalid glob, and for too much of them
 */
export function compileFilter({ prefix, include = [], exclude = [] }: Filter): (key: string) => boolean {
  const globs = new Globs();
  let left = MAX_WRITTEN;
  for (const glob of [...include, ...exclude]) left -= globs.add(glob, left);
  const matches = filterOf(prefix, globs, include, exclude);
  if (globs.steps > MAX_STEPS)
    throw new InvalidInputError(
      `the globs take too long together: up to ${globs.steps} steps a key, and a filter takes ${MAX_STEPS}; ` +
        'fewer of them, or fewer stars, "?", classes and alternatives in the middle, take less (docs/globs.md)',
    );
  return matches;
}

/**
 * The same for globs that were stored, by an earlier version perhaps: one that cannot be read any more takes everything as an include
 * and nothing as an exclude, so that too much is protected rather than too little. Each is bounded by itself, since that version
 * bounded them no further: nothing is thrown.
 */
export function compileStoredFilter(filter: Filter): (key: string) => boolean {
  return storedFilter(filter).matches;
}

/** How many steps a key of 1,024 characters takes at most with globs that were stored; more than `MAX_STEPS`, perhaps. */
export function stepsOfStored(filter: Filter): number {
  return storedFilter(filter).globs.steps;
}

function storedFilter({ prefix, include = [], exclude = [] }: Filter) {
  const globs = new Globs();
  const readable = (glob: string) => {
    try {
      globs.add(glob, MAX_WRITTEN);
      return true;
    } catch (error) {
      if (error instanceof InvalidInputError) return false;
      throw error;
    }
  };
  const included = include.map((glob) => (readable(glob) ? glob : EVERYTHING));
  if (included.includes(EVERYTHING)) globs.add(EVERYTHING, MAX_WRITTEN);
  return { globs, matches: filterOf(prefix, globs, included, exclude.filter(readable)) };
}

const EVERYTHING = '**';

/** Globs that share what is found in a key. */
class Globs {
  /** What a key of 1,024 characters takes at most. */
  steps = 0;
  readonly #units = new Units();
  readonly #parts = new Map<string, readonly Part[]>();

  /** @param most characters once braces are written out @returns how many these are, if it is new @throws {InvalidInputError} */
  add(glob: string, most: number): number {
    if (this.#parts.has(glob)) return 0;
    checkLength(glob);
    const nodes = parseGlob(glob);
    try {
      const { parts, written, steps } = partsOf(nodes, this.#units, most);
      this.#parts.set(glob, parts);
      this.steps += steps;
      return written;
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      throw new InvalidInputError(
        `the braces of "${glob.slice(0, 80)}" stand for too much: a filter takes ${MAX_WRITTEN} characters written out; use fewer numbers or alternatives`,
      );
    }
  }

  /** Once all are added. */
  matcher(): GlobMatcher {
    const matcher = new GlobMatcher(this.#units);
    this.steps += matcher.steps;
    return matcher;
  }

  partsOf(globs: readonly string[]): (readonly Part[])[] {
    return [...new Set(globs)].map((glob) => this.#parts.get(glob) ?? []);
  }
}

function filterOf(
  prefix: string | undefined,
  globs: Globs,
  include: readonly string[],
  exclude: readonly string[],
): (key: string) => boolean {
  const begins = (key: string) => key.startsWith(prefix ?? '');
  if (include.length + exclude.length === 0) return begins;
  const matcher = globs.matcher();
  const [included, excluded] = [globs.partsOf(include), globs.partsOf(exclude)];
  const takes = (glob: readonly Part[]) => matcher.takes(glob);
  return (key) => {
    if (!begins(key)) return false;
    matcher.read(key);
    return (included.length === 0 || included.some(takes)) && !excluded.some(takes);
  };
}

function checkLength(glob: string): void {
  if (glob.length <= MAX_GLOB_LENGTH) return;
  throw new InvalidInputError(
    `a glob takes at most ${MAX_GLOB_LENGTH} characters; "${glob.slice(0, 40)}" has ${glob.length}`,
  );
}
