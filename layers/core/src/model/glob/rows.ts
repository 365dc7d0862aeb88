import { SLASH } from './parse-glob.ts';
import { FIRST, wordsFor } from './places.ts';
import type { CharacterClass } from './read-class.ts';
import { Runs } from './runs.ts';
import { ASCII, beyondAscii, type Unit } from './units.ts';

/**
 * Where in a key units end: for each unit a row of bits, which is made when it is asked for. Runs are looked for all at once, in the only
 * pass that each key takes.
 */
export class Rows {
  /** How many runs can end at one place. */
  readonly mostRunsAtOnce: number;
  /** All rows, one behind the other. */
  words = new Int32Array(0);
  /** How many characters the key has, and how many words a row has. */
  length = 0;
  width = 0;
  readonly #units: readonly Unit[];
  readonly #runs: Runs;
  readonly #classes: readonly (CharacterTest | undefined)[];
  #codes = new Uint32Array(0);
  /** By unit: where its row begins, and for which key. */
  readonly #row: Int32Array;
  readonly #keyOf: Float64Array;
  #key = 0;
  #end = 0;

  constructor(units: readonly Unit[]) {
    this.#units = units;
    this.#runs = new Runs(
      [...units.entries()].flatMap(([at, unit]) => ('run' in unit ? [[unit.run, at]] : [])),
    );
    this.mostRunsAtOnce = this.#runs.mostAtOnce;
    this.#classes = units.map((unit) => ('class' in unit ? testOf(unit.class) : undefined));
    this.#row = new Int32Array(units.length);
    this.#keyOf = new Float64Array(units.length);
  }

  read(key: string): void {
    this.#key++;
    if (this.#codes.length < key.length) this.#codes = new Uint32Array(key.length);
    let count = 0;
    for (let at = 0; at < key.length; count++) {
      const code = key.codePointAt(at) ?? 0;
      this.#codes[count] = code;
      at += code > 0xffff ? 2 : 1;
    }
    this.length = count;
    this.width = wordsFor(count);
    this.#end = 0;
    // Where a star goes on: before each character but a slash.
    const free = this.#add();
    for (let at = 0; at < count; at++) if (this.#codes[at] !== SLASH) this.#set(free, at);
    this.#runs.find(this.#codes, count, this.#found);
  }

  /** Where a unit's row begins; -1 for a run that is not in the key. */
  rowOf(unit: number): number {
    if (this.#keyOf[unit] === this.#key) return this.#row[unit] ?? -1;
    const what = this.#units[unit];
    if (what === undefined || 'run' in what) return -1;
    const row = this.#new(unit);
    const test = this.#classes[unit];
    if (test !== undefined) {
      for (let at = 0; at < this.length; at++) if (test(this.#codes[at] ?? 0)) this.#set(row, at + 1);
    } else if ('ones' in what) {
      for (let at = 0, since = 0; at < this.length; at++) {
        if (this.#codes[at] === SLASH) since = at + 1;
        if (at + 1 - since >= what.ones) this.#set(row, at + 1);
      }
    }
    return row;
  }

  readonly #found = (run: number, end: number): void => {
    const row = this.#keyOf[run] === this.#key ? (this.#row[run] ?? 0) : this.#new(run);
    this.#set(row, end);
  };

  #new(unit: number): number {
    const row = this.#add();
    this.#row[unit] = row;
    this.#keyOf[unit] = this.#key;
    return row;
  }

  #add(): number {
    const row = this.#end;
    this.#end += this.width;
    if (this.#end > this.words.length) {
      const more = new Int32Array(2 * this.#end);
      more.set(this.words.subarray(0, row));
      this.words = more;
    }
    this.words.fill(0, row, this.#end);
    return row;
  }

  #set(row: number, place: number): void {
    const at = row + ((place + FIRST) >>> 5);
    this.words[at] = (this.words[at] ?? 0) | (1 << (place & 31));
  }
}

type CharacterTest = (code: number) => boolean;

function testOf(tested: CharacterClass): CharacterTest {
  const { ranges, negated } = tested;
  const inRanges = (code: number, some: CharacterClass['ranges']) =>
    code !== SLASH && some.some(([low, high]) => low <= code && code <= high) !== negated;
  const ascii = Uint8Array.from({ length: ASCII }, (_, code) => Number(inRanges(code, ranges)));
  const others = beyondAscii(tested);
  return (code) => (code < ASCII ? ascii[code] === 1 : inRanges(code, others));
}
