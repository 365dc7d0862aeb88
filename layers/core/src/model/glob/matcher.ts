import type { Part } from './parts.ts';
import { FIRST, type Meter, Places } from './places.ts';
import { Rows } from './rows.ts';
import { LONGEST_KEY, type Units } from './units.ts';

/** What reading a character takes, in steps. */
const READ = 8;

/**
 * Matches keys against globs: for each part of a glob, all places of the key that the glob can have come to are moved on at once. Nothing
 * is tried twice and nothing is remembered from key to key, so that a key never costs more than the globs' parts say (`partsOf`).
 */
export class GlobMatcher {
  readonly meter: Meter = { steps: 0 };
  /** What any key of 1,024 characters costs, whatever the globs then do with it; in steps at most. */
  readonly steps: number;
  readonly #rows: Rows;
  readonly #start = new Places(this.meter);
  readonly #end = new Places(this.meter);
  /** By depth of braces: where all alternatives led, and where one of them did. */
  readonly #alternatives: { readonly all: Places; readonly one: Places }[] = [];

  /** @param units those of all globs that it will be asked for */
  constructor(units: Units) {
    this.#rows = new Rows(units.all);
    this.steps = units.steps + LONGEST_KEY * (READ + this.#rows.mostRunsAtOnce);
  }

  /** The key that is meant from now on. */
  read(key: string): void {
    this.#rows.read(key);
  }

  /** @param glob of one whose units are the matcher's */
  takes(glob: readonly Part[]): boolean {
    this.#start.clear(this.#rows.width);
    this.#start.only(FIRST);
    this.#end.clear(this.#rows.width);
    return this.#run(glob, this.#start, this.#end, 0) && this.#end.has(FIRST + this.#rows.length);
  }

  /** @returns whether parts lead anywhere @param to gets where */
  #run(parts: readonly Part[], from: Places, to: Places, depth: number): boolean {
    if (parts.length === 0) to.copy(from);
    let source = from;
    for (const part of parts) {
      if (!this.#through(part, source, to, depth)) return false;
      source = to;
    }
    return true;
  }

  #through(part: Part, from: Places, to: Places, depth: number): boolean {
    const rows = this.#rows;
    const { least, most } = part.behind;
    const last = FIRST + rows.length;
    if (least > rows.length) return false;
    // Places from which what stands behind cannot reach the end exactly need not be looked at.
    const bottom = most < rows.length ? (last - most) >>> 5 : 1;
    const top = (last - least) >>> 5;
    switch (part.what) {
      case 'unit': {
        const row = rows.rowOf(part.unit);
        if (row < 0) return false;
        to.step(from, part.length, rows.words, row, bottom, top);
        break;
      }
      case 'star':
        to.fill(from, rows.words, bottom, top);
        break;
      case 'folders':
        to.folders(from, rows.words, rows.rowOf(part.slash), bottom, top);
        break;
      case 'rest':
        to.only(last);
        break;
      case 'alternatives':
        this.#either(part.sequences, from, to, depth);
    }
    return !to.isEmpty;
  }

  #either(sequences: readonly (readonly Part[])[], from: Places, to: Places, depth: number): void {
    this.#alternatives[depth] ??= { all: new Places(this.meter), one: new Places(this.meter) };
    const { all, one } = this.#alternatives[depth];
    all.clear(this.#rows.width);
    for (const sequence of sequences) {
      one.clear(this.#rows.width);
      if (this.#run(sequence, from, one, depth + 1)) all.add(one);
    }
    to.copy(all);
  }
}
