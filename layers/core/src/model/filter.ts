import picomatch from 'picomatch';
import { InvalidInputError } from './errors.ts';
import { tableOf } from './named-values.ts';

/** What of a source is meant. Without an include, everything is; an exclude wins over an include. */
export type Filter = {
  readonly prefix?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
};

// A backslash escapes, as in every shell; keys with dots in front are files like others.
const OPTIONS = { dot: true, strictBrackets: true, posixSlashes: false, windows: false, flags: 's' } as const;
const MAX_GLOB_LENGTH = 1024;

/**
 * Checks one glob (`*` within a path segment, `**` across, `?`, `[a-z]`, `{a,b}`).
 *
 * @throws {InvalidInputError} naming the glob
 */
export function checkGlob(glob: string): string {
  if (glob.length > MAX_GLOB_LENGTH) {
    throw new InvalidInputError(
      `a glob takes at most ${MAX_GLOB_LENGTH} characters; "${glob.slice(0, 40)}" has ${glob.length}`,
    );
  }
  try {
    picomatch.makeRe(glob, OPTIONS);
  } catch (cause) {
    throw new InvalidInputError(
      `"${glob}" is not a valid glob: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
  return glob;
}

/** Compiles a filter once, for many keys. @throws {InvalidInputError} for an invalid glob */
export function compileFilter(filter: Filter): (key: string) => boolean {
  const prefix = filter.prefix ?? '';
  const include = (filter.include ?? []).map(checkGlob);
  const exclude = (filter.exclude ?? []).map(checkGlob);
  const included = include.length === 0 ? () => true : matcher(include);
  const excluded = matcher(exclude);
  return (key) => key.startsWith(prefix) && included(key) && !excluded(key);
}

function matcher(globs: readonly string[]): (key: string) => boolean {
  const matches = picomatch(globs.map(asNames), OPTIONS);
  return (key) => matches(asNames(key));
}

// Empty segments, `.` and `..` mean nothing in a key; a globbing library takes them for steps on a path, and never
// matches them. Under names of their own, from Unicode's private use area, they are segments like others.
const STEPS = tableOf({ '': '\uF8F0', '.': '\uF8F1', '..': '\uF8F2' });

function asNames(path: string): string {
  return path
    .split('/')
    .map((segment) => STEPS.get(segment) ?? segment)
    .join('/');
}
