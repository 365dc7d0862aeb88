import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A random sample of what passes by, each with the same chance, without knowing how many there will be (algorithm R). */
export class Reservoir<T> {
  readonly #size: number;
  readonly #random: RandomGenerator;
  readonly #kept: T[] = [];
  #seen = 0;

  /** @param seed the same seed takes the same sample of the same things */
  constructor(size: number, seed: number) {
    this.#size = size;
    this.#random = xoroshiro128plus(seed);
  }

  /** How many have passed. */
  get seen(): number {
    return this.#seen;
  }

  offer(item: T): void {
    const place = this.#seen < this.#size ? this.#seen : uniformInt(this.#random, 0, this.#seen);
    if (place < this.#size) this.#kept[place] = item;
    this.#seen++;
  }

  sample(): readonly T[] {
    return this.#kept;
  }
}
