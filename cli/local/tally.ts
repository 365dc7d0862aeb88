import type { Problem } from '@holdfast/core/model/job.ts';
import { TARGET_ITSELF } from '@holdfast/core/model/target-key.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import type { LocalCounts, LocalResult, MappedName } from './local-job.ts';
import type { Proof } from './open-copy.ts';

/** How many problems and names are kept to be shown. */
const KEPT = 1000;

/** Counts what becomes of each object. */
export class Tally {
  readonly counts: LocalCounts = {
    planned: 0,
    plannedBytes: 0,
    restored: 0,
    restoredBytes: 0,
    right: 0,
    conflicts: 0,
    failed: 0,
    unverified: 0,
    verified: 0,
    mapped: 0,
    notes: 0,
    deleted: 0,
  };
  readonly #problems: Problem[] = [];
  readonly #mapped: MappedName[] = [];

  planned(bytes: number): void {
    this.counts.planned++;
    this.counts.plannedBytes += bytes;
  }

  restored(bytes: number, verified: boolean): void {
    this.counts.restored++;
    this.counts.restoredBytes += bytes;
    if (!verified) this.counts.unverified++;
  }

  /** What was read back. */
  verified(proof: Proof): void {
    if (proof === 'verified') this.counts.verified++;
  }

  right(): void {
    this.counts.right++;
  }

  /** The marker of the target itself: to be told, though there is nothing to do. */
  targetItself(key: string): void {
    this.right();
    this.#note({ key, ...TARGET_ITSELF });
  }

  deleted(objects: number): void {
    this.counts.deleted += objects;
  }

  problem(kind: 'conflicts' | 'failed', problem: Problem): void {
    this.counts[kind]++;
    if (this.#problems.length < KEPT) this.#problems.push(problem);
  }

  /** Another version stands in for what was current: to be told, though nothing went wrong. */
  noteLack({ key, lacking }: Pick<Selected, 'key' | 'lacking'>): void {
    if (lacking !== undefined) this.#note({ key, reason: 'not-in-vault', detail: lacking, note: true });
  }

  #note(problem: Problem): void {
    this.counts.notes++;
    if (this.#problems.length < KEPT) this.#problems.push(problem);
  }

  mapped(name: MappedName): void {
    this.counts.mapped++;
    if (this.#mapped.length < KEPT) this.#mapped.push(name);
  }

  result(ended: LocalResult['ended']): LocalResult {
    return { counts: this.counts, problems: this.#problems, mapped: this.#mapped, ended };
  }
}
