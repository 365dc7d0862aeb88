import { type GlobNode, SLASH } from './parse-glob.ts';
import type { CharacterClass } from './read-class.ts';

/** What a position takes: one character, `one` of a segment, `any` at all, or one of a class. */
export type Taken = number | 'one' | 'any' | CharacterClass;

/**
 * A glob as an automaton without empty steps (Glushkov's): each position takes one character, and `follow` says which positions may
 * take the next one.
 */
export type Positions = {
  readonly taken: readonly Taken[];
  readonly follow: readonly (readonly number[])[];
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** Whether it takes the empty key. */
  readonly empty: boolean;
  /** Once the position takes a character, what stands from `since` up to it can find nothing that it does not find. */
  readonly covers: readonly { readonly position: number; readonly since: number }[];
};

/** Thrown for more positions or steps than are allowed; the caller names the globs. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

type Part = { readonly first: readonly number[]; readonly last: readonly number[]; readonly empty: boolean };
const NOTHING: Part = { first: [], last: [], empty: true };

/** @param most positions; eight times as many steps between them @throws {TooLarge} */
export function positionsOf(nodes: readonly GlobNode[], most: number): Positions {
  const builder = new Builder(most);
  const { first, last, empty } = builder.sequence(nodes, 0);
  return { taken: builder.taken, follow: builder.follow, first, last, empty, covers: builder.covers };
}

class Builder {
  readonly taken: Taken[] = [];
  readonly follow: number[][] = [];
  readonly covers: { position: number; since: number }[] = [];
  readonly #most: number;
  #steps = 0;
  /** Where the present segment begins: stars cover what comes from there on. */
  #segment = 0;

  constructor(most: number) {
    this.#most = most;
  }

  sequence(nodes: readonly GlobNode[], depth: number): Part {
    let before: Part = NOTHING;
    for (const node of nodes) before = this.#behind(before, this.#node(node, depth));
    return before;
  }

  #node(node: GlobNode, depth: number): Part {
    if (node === 'star') return this.#repeated('one', depth, this.#segment);
    if (node === 'rest') return this.#repeated('any', depth, 0);
    if (node === 'folders') return this.#folders(depth);
    if (typeof node === 'object' && 'alternatives' in node)
      return this.#alternatives(node.alternatives, depth);
    const part = this.#single(node);
    if (node === SLASH) this.#segment = this.taken.length;
    return part;
  }

  #single(taken: Taken): Part {
    if (this.taken.length >= this.#most) throw new TooLarge();
    const position = this.taken.push(taken) - 1;
    this.follow.push([]);
    return { first: [position], last: [position], empty: false };
  }

  #repeated(taken: Taken, depth: number, since: number): Part {
    const { first, last } = this.#single(taken);
    this.#link(last, first);
    if (depth === 0) this.covers.push({ position: first[0] ?? 0, since });
    return { first, last, empty: true };
  }

  #folders(depth: number): Part {
    const part = this.#behind(this.#repeated('any', depth, 0), this.#single(SLASH));
    this.#segment = this.taken.length;
    return { ...part, empty: true };
  }

  #alternatives(all: readonly (readonly GlobNode[])[], depth: number): Part {
    const segment = this.#segment;
    const parts = all.map((nodes) => this.sequence(nodes, depth + 1));
    // What stands before alternatives that can take a slash is not covered by a star behind them.
    this.#segment = all.every(staysInSegment) ? segment : this.taken.length;
    return {
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
      empty: parts.some(({ empty }) => empty),
    };
  }

  #behind(before: Part, after: Part): Part {
    this.#link(before.last, after.first);
    return {
      first: before.empty ? [...before.first, ...after.first] : before.first,
      last: after.empty ? [...before.last, ...after.last] : after.last,
      empty: before.empty && after.empty,
    };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    this.#steps += from.length * to.length;
    if (this.#steps > 8 * this.#most) throw new TooLarge();
    for (const position of from) this.follow[position]?.push(...to);
  }
}

function staysInSegment(nodes: readonly GlobNode[]): boolean {
  return nodes.every((node) => {
    if (typeof node === 'object' && 'alternatives' in node) return node.alternatives.every(staysInSegment);
    return node !== SLASH && node !== 'folders' && node !== 'rest';
  });
}
