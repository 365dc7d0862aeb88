import type { BenchCloud } from '../cloud/bench-cloud.ts';
import type { Buckets } from './buckets.ts';
import { Contest, type Results } from './contest.ts';
import { type Contestant, type Copies, PHASES, type PhaseName } from './contestant.ts';

export type PeersOptions = { readonly objects: number; readonly repeat: number };

const WARM_UP_OBJECTS = 1000;

/**
 * Lets every contestant back up the same bucket through the same phases, one after the other, and the order turned by
 * one in each repetition. Every repetition begins with new buckets.
 */
export class PeersBench {
  readonly #buckets: Buckets;
  readonly #contest: Contest<PhaseName, Contestant>;

  constructor(contestants: readonly Contestant[], buckets: Buckets, bench: BenchCloud) {
    this.#buckets = buckets;
    this.#contest = new Contest('peers', PHASES, contestants, bench);
  }

  async run({ objects, repeat }: PeersOptions): Promise<Results<PhaseName>> {
    // What starts a process, or is compiled, only once is not a part of any phase.
    await this.#round(0, Math.min(WARM_UP_OBJECTS, objects));
    this.#contest.forget();
    for (let round = 1; round <= repeat; round++) await this.#round(round, objects);
    return this.#contest.results();
  }

  async #round(round: number, objects: number): Promise<void> {
    const source = await this.#buckets.create('source');
    await this.#buckets.fill(source, objects);
    const order = this.#contest.order(round);
    const all = new Map<Contestant, Copies>();
    for (const one of order) all.set(one, await one.prepare(source));
    for (const phase of PHASES) {
      if (phase === 'changed') await this.#buckets.change(source, Math.ceil(objects / 100));
      for (const [one, copies] of all) {
        const act = () => one.backUp(source, copies);
        const check = () => this.#buckets.compare(source, copies);
        await this.#contest.measure(one, phase, round, { act, check });
      }
    }
  }
}
