import { type Requests, usageOf } from '@holdfast/core/cost/requests.ts';
import { priceOf, total } from '@holdfast/core/cost/usage.ts';
import type { Problem } from '@holdfast/core/model/job.ts';
import { namedValues } from '@holdfast/core/model/named-values.ts';
import { isArchivedClass } from '@holdfast/core/model/object.ts';
import { FailedSum, type RestorePlan, SizeSum } from '@holdfast/core/restore/restore-plan.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import type { Decision } from './decide.ts';

const PAGE = 1000;

/** Counts what a restore to this machine would do. */
export class LocalPlan {
  readonly #at: number;
  readonly #exact: boolean;
  readonly #selected = new SizeSum();
  readonly #fresh = new SizeSum();
  readonly #right = new SizeSum();
  readonly #conflicts = new SizeSum();
  readonly #overwritten = new SizeSum();
  readonly #extras = new SizeSum();
  readonly #failed = new FailedSum();
  /** What has to wait until something beside the restore is deleted. */
  readonly #blocked: Array<{
    readonly object: Selected;
    readonly otherwise: Pick<Problem, 'reason' | 'detail'>;
  }> = [];
  readonly #archived = new Map<string, SizeSum>();
  #heads = 0;

  constructor(at: number, exact: boolean) {
    this.#at = at;
    this.#exact = exact;
  }

  add(object: Selected, decision: Decision): void {
    const { key, version } = object;
    this.#selected.add(key, version.size);
    if (decision.is === 'right') this.#right.add(key, version.size);
    else if (decision.is === 'conflict') this.#conflicts.add(key, version.size);
    else if (decision.is === 'failed') this.#failed.add({ key, ...decision }, version.size);
    else if (decision.is === 'blocked') this.#blocked.push({ object, otherwise: decision.otherwise });
    else this.#write(decision.is === 'fresh' ? this.#fresh : this.#overwritten, object);
  }

  addExtra(path: string, bytes: number): void {
    this.#extras.add(path, bytes);
  }

  /** What cannot be looked into: it stays, and so the target is not exactly what the source was. */
  addUnseen(problem: Problem): void {
    this.#failed.add(problem, 0);
  }

  /** The copy was asked for what it is. */
  asked(): void {
    this.#heads++;
  }

  #write(sum: SizeSum, { key, version }: Selected): void {
    sum.add(key, version.size);
    if (!isArchivedClass(version.storageClass)) return;
    const archived = this.#archived.get(version.storageClass) ?? new SizeSum();
    this.#archived.set(version.storageClass, archived);
    archived.add(key, version.size);
  }

  /** Where anything is left as it is, nothing is deleted, and what waits for that cannot be brought. */
  #settleBlocked(): boolean {
    const held = this.#exact && this.#conflicts.objects + this.#failed.objects + this.#archived.size > 0;
    for (const { object, otherwise } of this.#blocked.splice(0)) {
      if (held) this.#failed.add({ key: object.key, ...otherwise }, object.version.size);
      else this.#write(this.#fresh, object);
    }
    return held;
  }

  /** @param listed how often the vault is listed */
  plan(listed: number): RestorePlan {
    const held = this.#settleBlocked();
    const requests: Requests = {
      listVersions: listed * Math.max(1, Math.ceil(this.#selected.objects / PAGE)),
      head: this.#heads,
      get: this.#fresh.objects + this.#overwritten.objects,
    };
    return {
      at: this.#at,
      selected: this.#selected.size,
      fresh: this.#fresh.size,
      right: this.#right.size,
      conflicts: this.#conflicts,
      overwritten: this.#overwritten,
      failed: this.#failed,
      extras: this.#extras,
      held,
      archived: namedValues([...this.#archived].map(([name, sum]) => [name, sum.size])),
      requests,
      dollars: total(priceOf(usageOf(requests))),
    };
  }
}
