import { createHash } from 'node:crypto';
import { FAULTS, type Fault, fitting, type Rates } from './faults.ts';

/**
 * Which request meets which fault. It depends on the seed, on what is asked for which object, and on how often that
 * was asked before, and not on the order in which others ask: so a seed gives the same faults again as far as the
 * same requests come.
 */
export class FaultPlan {
  readonly #seed: string;
  readonly #asked = new Map<string, number>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The fault of the next request of this kind; undefined: none. */
  next(operation: string, subject: string, rates: Rates): Fault | undefined {
    const identity = `${operation} ${subject}`;
    const before = this.#asked.get(identity) ?? 0;
    this.#asked.set(identity, before + 1);
    let left = this.#draw(`${identity} ${before}`);
    for (const fault of FAULTS) {
      left -= rates[fault] ?? 0;
      if (left < 0) return fitting(fault, operation);
    }
    return undefined;
  }

  /** How long a slow answer takes, ms. */
  delayOf(operation: string, subject: string, longest: number): number {
    const identity = `${operation} ${subject}`;
    return Math.round(this.#draw(`delay ${identity} ${this.#asked.get(identity) ?? 0}`) * longest);
  }

  /** From 0 to 1, evenly. */
  #draw(what: string): number {
    return createHash('sha256').update(`${this.#seed} ${what}`).digest().readUInt32BE(0) / 2 ** 32;
  }
}
