import type { CharacterClass } from './read-class.ts';

/** The longest key, in bytes and so in characters at most. Source: S3 user guide, "Naming Amazon S3 objects". */
export const LONGEST_KEY = 1_024;

/** What takes a fixed number of characters: a run of characters themselves, so many of one segment, or one of a class. */
export type Unit =
  | { readonly run: readonly number[] }
  | { readonly ones: number }
  | { readonly class: CharacterClass };

/** The units of all globs of a filter, each once: what of a key they take is found once, however many globs ask. */
export class Units {
  readonly all: Unit[] = [];
  /** What finding their places takes at most, in steps. */
  steps = 0;
  readonly #known = new Map<string, number>();

  /** The unit's number. */
  numberOf(unit: Unit): number {
    const name = JSON.stringify(unit);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const number = this.all.push(unit) - 1;
    this.#known.set(name, number);
    if ('ones' in unit) this.steps += LONGEST_KEY;
    if ('class' in unit) this.steps += LONGEST_KEY + (LONGEST_KEY / 2) * beyondAscii(unit.class).length;
    return number;
  }
}

export const ASCII = 128;

/** Of UTF-8, at most half as many such characters are in a key as it has bytes. */
export const beyondAscii = ({ ranges }: CharacterClass): CharacterClass['ranges'] =>
  ranges.filter(([, high]) => high >= ASCII);

export const lengthOf = (unit: Unit): number =>
  'run' in unit ? unit.run.length : 'ones' in unit ? unit.ones : 1;
