import { Automaton, NOWHERE, type State } from './automaton.ts';
import type { Positions } from './positions.ts';

/** States that a glob remembers; then it begins anew. */
const MOST_STATES = 2_048;
/** Kinds of characters that are remembered; those beyond are worked out each time. */
const MOST_KINDS = 64;
/** Characters for which nothing is remembered after remembering did not help. */
const PAUSE = 65_536;

const UNKNOWN = -1;
const DEAD = -2;

/**
 * Matches keys against one glob. Where a state and a character have led is remembered, so that usual keys cost one look into a table
 * for each character. Where keys are always new, it stops remembering for a while, and each character costs a step of the
 * automaton.
 */
export class GlobMatcher {
  readonly #automaton: Automaton;
  readonly #known = new Map<string, number>();
  #states: State[] = [];
  /** By state and kind of character; a row for each state. */
  #table = new Int32Array(0);
  #width = 4;
  #asked = 0;
  #pause = 0;

  constructor(positions: Positions) {
    this.#automaton = new Automaton(positions);
    this.#begin();
  }

  /** @param codes the key's code points */
  takes(codes: Uint32Array): boolean {
    if (this.#pause > 0) return this.#takesAnew(codes);
    const { alphabet } = this.#automaton;
    let state = 0;
    for (let at = 0; at < codes.length; at++) {
      const kind = alphabet.kindOf(codes[at] ?? 0);
      const next = kind < this.#width ? (this.#table[state * this.#width + kind] ?? UNKNOWN) : UNKNOWN;
      state = next === UNKNOWN ? this.#step(state, kind) : next;
      if (state === DEAD) return false;
    }
    this.#asked += codes.length;
    return this.#states[state]?.ends ?? false;
  }

  /** Without a look at what is remembered, and remembering nothing. */
  #takesAnew(codes: Uint32Array): boolean {
    this.#pause -= codes.length;
    const { alphabet, begin } = this.#automaton;
    let state = begin;
    for (let at = 0; at < codes.length && state !== NOWHERE; at++)
      state = this.#automaton.step(state, alphabet.takenBy(alphabet.kindOf(codes[at] ?? 0)));
    return state.ends;
  }

  #step(from: number, kind: number): number {
    const state = this.#states[from] ?? NOWHERE;
    const found = this.#automaton.step(state, this.#automaton.alphabet.takenBy(kind));
    const full = this.#states.length >= MOST_STATES;
    if (full) this.#begin();
    const next = found === NOWHERE ? DEAD : this.#remember(found);
    if (kind >= this.#width && kind < MOST_KINDS) this.#widen(kind);
    if (!full && kind < this.#width) this.#table[from * this.#width + kind] = next;
    return next;
  }

  #remember(state: State): number {
    const name = `${state.low} ${state.words.join()}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const number = this.#states.push(state) - 1;
    this.#known.set(name, number);
    if (this.#states.length * this.#width > this.#table.length) this.#resize(this.#width);
    return number;
  }

  #widen(kind: number): void {
    let width = this.#width;
    while (width <= kind) width *= 2;
    this.#resize(width);
  }

  /** Twice as many rows as there are states, each of this width. */
  #resize(width: number): void {
    const table = new Int32Array(this.#states.length * 2 * width).fill(UNKNOWN);
    for (let at = 0; at < this.#table.length; at++)
      table[Math.floor(at / this.#width) * width + (at % this.#width)] = this.#table[at] ?? UNKNOWN;
    this.#table = table;
    this.#width = width;
  }

  #begin(): void {
    // Fewer than eight characters for each state that was made: remembering costs more than it saves.
    if (this.#states.length > 0 && this.#asked < 8 * MOST_STATES) this.#pause = PAUSE;
    this.#asked = 0;
    this.#known.clear();
    this.#states = [this.#automaton.begin];
    this.#table = new Int32Array(16 * this.#width).fill(UNKNOWN);
  }
}
