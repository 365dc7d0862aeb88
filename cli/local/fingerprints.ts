import { hash } from 'node:crypto';

const FIRST_SLOTS = 1 << 12;
const FULLEST = 0.75;

/**
 * Numbers by text, without the texts: 12 bytes for each of ten million names, where a Map of strings takes gigabytes.
 * Two texts are taken for one about once in 2^64 pairs; whoever uses it must only lose comfort by that.
 */
export class Fingerprints {
  #size = 0;
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  #values = new Uint32Array(FIRST_SLOTS);

  get size(): number {
    return this.#size;
  }

  get(text: string): number | undefined {
    const slot = this.#slotOf(...fingerprint(text));
    return this.#isFree(slot) ? undefined : this.#values[slot];
  }

  /** @param next from the value so far, or 0 */
  update(text: string, next: (before: number) => number): void {
    const [high, low] = fingerprint(text);
    const slot = this.#slotOf(high, low);
    if (this.#isFree(slot)) this.#size++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#values[slot] = next(this.#values[slot] ?? 0);
    if (this.#size > this.#values.length * FULLEST) this.#grow();
  }

  add(text: string): void {
    this.update(text, () => 1);
  }

  has(text: string): boolean {
    return this.get(text) !== undefined;
  }

  #isFree(slot: number): boolean {
    return this.#high[slot] === 0 && this.#low[slot] === 0;
  }

  #slotOf(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let slot = low & mask;
    while (!(this.#isFree(slot) || (this.#high[slot] === high && this.#low[slot] === low)))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [highs, lows, values] = [this.#high, this.#low, this.#values];
    this.#high = new Uint32Array(values.length * 2);
    this.#low = new Uint32Array(values.length * 2);
    this.#values = new Uint32Array(values.length * 2);
    for (const [at, value] of values.entries()) {
      const [high = 0, low = 0] = [highs[at], lows[at]];
      if (high === 0 && low === 0) continue;
      const slot = this.#slotOf(high, low);
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#values[slot] = value;
    }
  }
}

/** 32 bits of a text. */
export function shortFingerprint(text: string): number {
  return fingerprint(text)[1];
}

function fingerprint(text: string): [number, number] {
  // Half surrogate pairs would all be the same in UTF-8.
  const digest = hash('sha1', text.isWellFormed() ? text : Buffer.from(text, 'utf16le'), 'buffer');
  const low = digest.readUInt32LE(4);
  return [digest.readUInt32LE(0), low === 0 ? 1 : low];
}
