/** Of the syntax that docs/globs.md has; what is stored without a number is of the one before it. */
export const GLOB_SYNTAX = 2;

const BEFORE: readonly (readonly [pattern: RegExp, change: string])[] = [
  [/^!/, 'a "!" at its beginning is a character now; before, it took all that did not match'],
  [/^\^/, 'a "^" at its beginning is a character now; before, it was left out'],
  [/[()|]/, 'brackets and "|" are characters now; before, they grouped'],
  [/"/, 'quotes are characters now; before, they were left out'],
  [/\[!/, '"[!a]" takes all but a now; before, it took "!" and a'],
  [/\[\[?:/, 'named classes are not read any more'],
  [/\{[^{},]*\.\.[^{},]*\}/, 'ranges in braces are numbers now; before, they took nothing'],
  [/\{[^{},]*\}/, 'braces with one alternative are not read any more'],
  [
    /[^/]\/\*\*$/,
    "it takes what is in the folder now; before, it took an object of the folder's own name as well",
  ],
];

/**
 * What a glob means that an earlier version did not mean by it, in words. Globs without such a change mean what they did, but for `?`:
 * it takes characters beyond the basic plane now, too.
 *
 * @returns nothing where the meaning is the same
 */
export function changedMeaning(glob: string): string | undefined {
  const written = glob.replaceAll(/\\./g, '_');
  return BEFORE.find(([pattern]) => pattern.test(written))?.[1];
}
