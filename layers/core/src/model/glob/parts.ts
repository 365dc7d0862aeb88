import { type GlobNode, SLASH } from './parse-glob.ts';
import { EACH } from './places.ts';
import { LONGEST_KEY, lengthOf, type Unit, type Units } from './units.ts';

/** Numbers of characters; `most` may be infinite. */
type Span = { readonly least: number; readonly most: number };

/** A part of a glob, and how many characters what stands behind it takes. */
export type Part =
  | { readonly what: 'star' | 'rest'; readonly behind: Span }
  | { readonly what: 'folders'; readonly slash: number; readonly behind: Span }
  | { readonly what: 'unit'; readonly unit: number; readonly length: number; readonly behind: Span }
  | {
      readonly what: 'alternatives';
      readonly sequences: readonly (readonly Part[])[];
      readonly behind: Span;
    };

const NONE: Span = { least: 0, most: 0 };
const ANY: Span = { least: 0, most: Number.POSITIVE_INFINITY };

/** Thrown for more characters than are allowed; the caller names the glob. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A glob as parts. */
export type Parts = {
  readonly parts: readonly Part[];
  /** How many characters the glob has once its braces are written out. */
  readonly written: number;
  /** How many steps a key of 1,024 characters takes at most: a step reads and writes 32 places of the key (ADR 25). */
  readonly steps: number;
};

/** @param units also gets those of this glob @param most characters, written out @throws {TooLarge} */
export function partsOf(nodes: readonly GlobNode[], units: Units, most: number): Parts {
  const layout = new Layout(units, most);
  const parts = layout.sequence(nodes, NONE);
  return { parts, written: layout.written, steps: EACH + 1 + stepsOf(parts, NONE) };
}

class Layout {
  written = 0;
  readonly #units: Units;
  readonly #most: number;

  constructor(units: Units, most: number) {
    this.#units = units;
    this.#most = most;
  }

  /** From the last to the first, since each is told what stands behind it. */
  sequence(nodes: readonly GlobNode[], behind: Span): Part[] {
    const parts: Part[] = [];
    let after = behind;
    for (const node of joined(nodes).reverse()) {
      const part = this.#part(node, after);
      parts.push(part);
      after = plus(after, spanOf(part));
    }
    return parts.reverse();
  }

  #part(node: Joined, behind: Span): Part {
    if (typeof node === 'object' && 'alternatives' in node)
      return {
        what: 'alternatives',
        sequences: node.alternatives.map((one) => this.sequence(one, behind)),
        behind,
      };
    this.written += typeof node === 'string' ? 1 : lengthOf(node);
    if (this.written > this.#most) throw new TooLarge();
    if (typeof node !== 'string')
      return { what: 'unit', unit: this.#units.numberOf(node), length: lengthOf(node), behind };
    return node === 'folders'
      ? { what: node, slash: this.#units.numberOf({ run: [SLASH] }), behind }
      : { what: node, behind };
  }
}

type Joined = Unit | 'star' | 'folders' | 'rest' | Extract<GlobNode, { alternatives: unknown }>;

/** Characters that stand side by side as one unit, and so with `?`. */
function joined(nodes: readonly GlobNode[]): Joined[] {
  const all: Joined[] = [];
  for (let at = 0; at < nodes.length; ) {
    const node = nodes[at] ?? SLASH;
    const end = endOf(nodes, at);
    if (typeof node === 'number') all.push({ run: nodes.slice(at, end).filter(isCharacter) });
    else if (node === 'one') all.push({ ones: end - at });
    else all.push(typeof node === 'object' && 'ranges' in node ? { class: node } : node);
    at = end;
  }
  return all;
}

const isCharacter = (node: GlobNode) => typeof node === 'number';

/** Where the nodes end that are joined with this one. */
function endOf(nodes: readonly GlobNode[], start: number): number {
  const first = nodes[start] ?? SLASH;
  let end = start + 1;
  if (isCharacter(first)) while (end < nodes.length && isCharacter(nodes[end] ?? 'one')) end++;
  if (first === 'one') while (nodes[end] === 'one') end++;
  return end;
}

function spanOf(part: Part): Span {
  if (part.what === 'unit') return { least: part.length, most: part.length };
  return part.what === 'alternatives' ? either(part.sequences.map(spanOfAll)) : ANY;
}

const spanOfAll = (parts: readonly Part[]): Span => parts.map(spanOf).reduce(plus, NONE);
const plus = (a: Span, b: Span): Span => ({ least: a.least + b.least, most: a.most + b.most });

function either(spans: readonly Span[]): Span {
  return spans.reduce((a, b) => ({ least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) }));
}

/** The steps of parts one after the other. @param before what stands before them */
function stepsOf(parts: readonly Part[], before: Span): number {
  let steps = parts.length === 0 ? EACH + LONGEST_KEY / 32 : 0;
  let through = before;
  for (const part of parts) {
    const next = plus(through, spanOf(part));
    steps += EACH + wordsOf(part, through, next);
    if (part.what === 'alternatives')
      for (const one of part.sequences) steps += stepsOf(one, through) + EACH + wordsOf(part, next, next);
    through = next;
  }
  return steps;
}

/**
 * In how many words places can be. How far a place may be from the first possible one is bounded by what stands before it, by what stands
 * behind it, and by the length of a key.
 */
function wordsOf({ what, behind }: Part, from: Span, to: Span): number {
  const left = LONGEST_KEY - behind.least;
  const isFixed = what === 'unit' || what === 'alternatives';
  const places = isFixed
    ? Math.min(left - to.least, to.most - to.least, behind.most - behind.least)
    : what === 'rest'
      ? 0
      : left - from.least;
  return Math.ceil(Math.max(places, 0) / 32) + 2;
}
