/** A time that varies: half of the samples are below the median, one in a hundred is above p99. */
export type Spread = { readonly median: number; readonly p99: number };

/** How many standard deviations above its median a normal distribution has its 99th percentile. */
const Z99 = 2.326;

/** Random numbers that are the same in every run with the same seed. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** A sample of a log-normal distribution: latencies have a long tail to one side. */
  sample({ median, p99 }: Spread): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp((normal * Math.log(p99 / median)) / Z99);
  }
}
