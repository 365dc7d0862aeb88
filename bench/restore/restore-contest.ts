import { Contest, type Results } from '../peers/contest.ts';
import type { Restorer } from './restorers.ts';
import type { Backup, Setting } from './setting.ts';

/** What each finds: an empty target, and what it has just made of it. */
const RESTORE_PHASES = ['first', 'again'] as const;
export type RestorePhase = (typeof RESTORE_PHASES)[number];
export type RestoreResults = Results<RestorePhase>;

/** Where restores go, all of one kind. */
export type Targets = {
  /** A new one, empty. */
  readonly make: () => Promise<string>;
  /** @throws when it does not hold what was backed up, byte for byte */
  readonly check: (backup: Backup, target: string) => Promise<void>;
  readonly drop: (target: string) => Promise<void>;
};

/** Lets every contestant restore the same, twice, one after the other, each into new targets. */
export class RestoreContest {
  readonly #contest: Contest<RestorePhase, Restorer>;
  readonly #targets: Targets;

  constructor(name: string, restorers: readonly Restorer[], targets: Targets, { bench }: Setting) {
    this.#contest = new Contest(name, RESTORE_PHASES, restorers, bench);
    this.#targets = targets;
  }

  /** Starts what starts only once; not part of the results. */
  async warmUp(backup: Backup): Promise<void> {
    await this.#round(0, backup);
    this.#contest.forget();
  }

  async run(backup: Backup, repeat: number): Promise<RestoreResults> {
    for (let round = 1; round <= repeat; round++) await this.#round(round, backup);
    return this.#contest.results();
  }

  async #round(round: number, backup: Backup): Promise<void> {
    for (const one of this.#contest.order(round)) {
      const target = await this.#targets.make();
      for (const phase of RESTORE_PHASES) {
        const act = () => one.restore(backup, target);
        const check = () => this.#targets.check(backup, target);
        await this.#contest.measure(one, phase, round, { act, check });
      }
      await this.#targets.drop(target);
    }
  }
}
