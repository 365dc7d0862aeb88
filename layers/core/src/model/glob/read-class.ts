/** `[a-z]`: the characters in the ranges, or with `negated` all others. Never `/`. */
export type CharacterClass = {
  /** Code points, both ends included. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
};

type Found =
  | { readonly read: CharacterClass; readonly end: number }
  | { readonly wrong: string; readonly wayOut: string };

/**
 * Reads what stands in square brackets.
 *
 * @param text the glob's characters
 * @param start behind the bracket
 * @returns also where it goes on behind the closing bracket; or what is wrong
 */
export function readClass(text: readonly string[], start: number): Found {
  const negated = text[start] === '!' || text[start] === '^';
  const ranges: [number, number][] = [];
  let at = negated ? start + 1 : start;
  const first = at;
  for (;;) {
    const low = character(text, at);
    if (low === undefined)
      return { wrong: '"[" is never closed', wayOut: 'write \\[ where the character is meant' };
    if (text[at] === ']' && at > first) return { read: { ranges, negated }, end: at + 1 };
    if (text[at] === '[' && text[at + 1] === ':')
      return { wrong: 'named classes such as [:alpha:] are not taken', wayOut: 'write the ranges: [a-zA-Z]' };
    at = low.end;
    const high = text[at] === '-' && text[at + 1] !== ']' ? character(text, at + 1) : undefined;
    if (high !== undefined) at = high.end;
    const range: [number, number] = [low.code, high?.code ?? low.code];
    if (range[0] > range[1])
      return { wrong: `"${name(range[0])}-${name(range[1])}" runs backwards`, wayOut: 'turn it round' };
    if (!negated && range[0] === range[1] && range[0] === 0x2f)
      return { wrong: '"/" is never taken by square brackets', wayOut: 'write {a,/} instead' };
    ranges.push(range);
  }
}

function character(text: readonly string[], at: number): { code: number; end: number } | undefined {
  const escaped = text[at] === '\\';
  const found = text[escaped ? at + 1 : at];
  return found === undefined ? undefined : { code: found.codePointAt(0) ?? 0, end: at + (escaped ? 2 : 1) };
}

const name = (code: number) => String.fromCodePoint(code);
