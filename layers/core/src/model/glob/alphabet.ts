import { maskOf, set } from './bits.ts';
import { SLASH } from './parse-glob.ts';
import type { Taken } from './positions.ts';

const ASCII = 128;

const OTHER_KIND = 0;
const SLASH_KIND = 1;

/**
 * Which positions of a glob take a character. Characters are of as few kinds as there are characters and ends of ranges in the glob:
 * whatever keys hold, there are no more.
 */
export class Alphabet {
  readonly #words: number;
  readonly #named = new Map<number, number[]>();
  readonly #classes: { readonly position: number; readonly takes: (code: number) => boolean }[] = [];
  /** Where ranges begin, and where they are over: between two of these, all characters are alike. */
  readonly #bounds: readonly number[];
  readonly #ascii = new Int32Array(ASCII).fill(-1);
  readonly #kinds = new Map<number, number>();
  readonly #taken: Int32Array[];

  constructor(taken: readonly Taken[], words: number) {
    this.#words = words;
    const taking = (kinds: readonly Taken[]) =>
      [...taken.entries()].filter(([, what]) => kinds.includes(what)).map(([position]) => position);
    this.#taken = [maskOf(taking(['one', 'any']), words), maskOf(taking(['any', SLASH]), words)];
    for (const [position, what] of taken.entries()) {
      if (typeof what === 'number') append(this.#named, what, position);
      else if (typeof what === 'object') this.#classes.push({ position, takes: inClass(what) });
    }
    this.#bounds = boundsOf(taken);
  }

  /** The number of a character's kind. */
  kindOf(code: number): number {
    const usual = code < ASCII ? (this.#ascii[code] ?? -1) : -1;
    if (usual >= 0) return usual;
    const kind = this.#find(code);
    if (code < ASCII) this.#ascii[code] = kind;
    return kind;
  }

  /** The positions that take characters of a kind. */
  takenBy(kind: number): Int32Array {
    return this.#taken[kind] ?? this.#taken[OTHER_KIND] ?? new Int32Array(this.#words);
  }

  #find(code: number): number {
    if (code === SLASH) return SLASH_KIND;
    if (this.#classes.length === 0 && !this.#named.has(code)) return OTHER_KIND;
    // Below 0: for all that the glob does not name between two bounds.
    const alike = this.#named.has(code) ? code : -1 - countUpTo(this.#bounds, code);
    const known = this.#kinds.get(alike);
    if (known !== undefined) return known;
    const kind = this.#taken.push(this.#taking(code)) - 1;
    this.#kinds.set(alike, kind);
    return kind;
  }

  #taking(code: number): Int32Array {
    const mask = new Int32Array(this.#words);
    mask.set(this.takenBy(OTHER_KIND));
    for (const position of this.#named.get(code) ?? []) set(mask, position);
    for (const { position, takes } of this.#classes) if (takes(code)) set(mask, position);
    return mask;
  }
}

function boundsOf(taken: readonly Taken[]): number[] {
  const ranges = taken.flatMap((what) => (typeof what === 'object' ? what.ranges : []));
  return [...new Set(ranges.flatMap(([low, high]) => [low, high + 1]))].sort((a, b) => a - b);
}

/** How many of the sorted numbers are at most this. */
function countUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function inClass({ ranges, negated }: Extract<Taken, object>): (code: number) => boolean {
  return (code) => ranges.some(([low, high]) => low <= code && code <= high) !== negated;
}
