import { Alphabet } from './alphabet.ts';
import { bitOf, lastBit, maskOf, set, WORD_BITS, wordOf } from './bits.ts';
import type { Positions } from './positions.ts';

/** The positions at work after some of a key, and the way on. */
export type State = {
  /** The words in which a position is at work, the first of them being `low`. */
  readonly words: Int32Array;
  readonly low: number;
  /** Whether a key may end here. */
  readonly ends: boolean;
};

/**
 * A glob's positions, all of them run at once: each is one bit, 32 of them one word. A character costs a few operations for each word
 * in which a position is at work, whatever was read before: there is nothing to go back to.
 */
export class Automaton {
  readonly alphabet: Alphabet;
  readonly begin: State;
  readonly #words: number;
  readonly #byOne: Int32Array;
  readonly #byTwo: Int32Array;
  readonly #staying: Int32Array;
  readonly #jumping: Int32Array;
  readonly #jumps = new Map<number, readonly number[]>();
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #covers: Int32Array;
  readonly #coveredSince = new Map<number, number>();
  // Scratch: a step never waits, so no other one is under way.
  readonly #active: Int32Array;

  constructor({ taken, follow, first, last, empty, covers }: Positions) {
    this.#words = wordOf(taken.length) + 1;
    const mask = () => new Int32Array(this.#words);
    [this.#byOne, this.#byTwo, this.#staying, this.#jumping] = [mask(), mask(), mask(), mask()];
    [this.#covers, this.#active] = [mask(), mask()];
    this.#first = maskOf(first, this.#words);
    this.#last = maskOf(last, this.#words);
    this.alphabet = new Alphabet(taken, this.#words);
    for (const [from, targets] of follow.entries()) this.#addSteps(from, targets);
    for (const { position, since } of covers) {
      set(this.#covers, position);
      this.#coveredSince.set(position, since);
    }
    this.begin = { words: new Int32Array(0), low: 0, ends: empty };
  }

  /** Where one more character leads to. @param taken the positions that take it */
  step(from: State, taken: Int32Array): State {
    const active = this.#active.fill(0);
    if (from === this.begin) active.set(this.#first);
    else this.#advance(from);
    let low = -1;
    let high = -1;
    for (let word = 0; word < this.#words; word++) {
      const bits = (active[word] ?? 0) & (taken[word] ?? 0);
      active[word] = bits;
      if (bits === 0) continue;
      high = word;
      if (low < 0) low = word;
    }
    return high < 0 ? NOWHERE : this.#stateOf(low, high);
  }

  #addSteps(from: number, targets: readonly number[]): void {
    const far: number[] = [];
    for (const to of targets) {
      if (to === from) set(this.#staying, to);
      else if (to === from + 1) set(this.#byOne, to);
      else if (to === from + 2) set(this.#byTwo, to);
      else far.push(to);
    }
    if (far.length === 0) return;
    set(this.#jumping, from);
    this.#jumps.set(from, far);
  }

  /** Every position that may come next. */
  #advance({ words, low }: State): void {
    const active = this.#active;
    const top = Math.min(words.length, this.#words - low - 1);
    for (let at = 0; at <= top; at++) {
      const own = words[at] ?? 0;
      const below = words[at - 1] ?? 0;
      const word = low + at;
      active[word] =
        (((own << 1) | (below >>> 31)) & (this.#byOne[word] ?? 0)) |
        (((own << 2) | (below >>> 30)) & (this.#byTwo[word] ?? 0)) |
        (own & (this.#staying[word] ?? 0));
    }
    for (let at = 0; at < words.length; at++)
      for (let bits = (words[at] ?? 0) & (this.#jumping[low + at] ?? 0); bits !== 0; bits &= bits - 1)
        for (const to of this.#jumps.get((low + at) * WORD_BITS + lastBit(bits & -bits)) ?? [])
          set(active, to);
  }

  #stateOf(low: number, high: number): State {
    const from = this.#dropCovered(low, high);
    const words = this.#active.slice(from, high + 1);
    const ends = words.some((bits, at) => (bits & (this.#last[from + at] ?? 0)) !== 0);
    return { words, low: from, ends };
  }

  /** Clears what the last star at work covers: so of a glob of stars, few positions are at work. @returns the lowest word at work */
  #dropCovered(low: number, high: number): number {
    const active = this.#active;
    for (let word = high; word >= low; word--) {
      const stars = (active[word] ?? 0) & (this.#covers[word] ?? 0);
      if (stars === 0) continue;
      const star = word * WORD_BITS + lastBit(stars);
      const since = this.#coveredSince.get(star) ?? star;
      for (let at = Math.max(wordOf(since), low); at <= word; at++) {
        const kept = at === wordOf(since) ? bitOf(since) - 1 : 0;
        const above = at === word ? ~(bitOf(star) - 1) : 0;
        active[at] = (active[at] ?? 0) & (kept | above);
      }
      break;
    }
    let lowest = low;
    while (active[lowest] === 0) lowest++;
    return lowest;
  }
}

/** No position is at work: nothing is taken any more. */
export const NOWHERE: State = { words: new Int32Array(0), low: 0, ends: false };
