import type { Stats } from 'node:fs';
import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import { type Requests, usageOf } from '@holdfast/core/model/cost/requests.ts';
import { priceOf, total } from '@holdfast/core/model/cost/usage.ts';
import { isArchivedClass } from '@holdfast/core/model/object.ts';
import { type RestorePlan, SizeSum } from '@holdfast/core/model/restore-plan.ts';
import { mayOverwrite, type Overwrite } from '@holdfast/core/model/restore-request.ts';
import { looksRight, modified } from './compare-file.ts';

const PAGE = 1000;

/** Counts what a restore to this machine would do. Files are compared by size and time: no request is made for one. */
export class LocalPlan {
  readonly #at: number;
  readonly #overwrite: Overwrite;
  readonly #selected = new SizeSum();
  readonly #fresh = new SizeSum();
  readonly #right = new SizeSum();
  readonly #conflicts = new SizeSum();
  readonly #overwritten = new SizeSum();
  readonly #extras = new SizeSum();
  readonly #archived = new Map<string, SizeSum>();
  #compared = 0;

  constructor(at: number, overwrite: Overwrite) {
    this.#at = at;
    this.#overwrite = overwrite;
  }

  /** @param stats what stands at the object's path */
  add(object: Selected, stats: Stats | undefined): void {
    const { key, version } = object;
    this.#selected.add(key, version.size);
    const sum = this.#sumFor(object, stats);
    sum.add(key, version.size);
    if (stats?.isFile() && sum !== this.#right) this.#compared++;
    if (sum === this.#right || !isArchivedClass(version.storageClass)) return;
    const archived = this.#archived.get(version.storageClass) ?? new SizeSum();
    this.#archived.set(version.storageClass, archived);
    archived.add(key, version.size);
  }

  addExtra(path: string, bytes: number): void {
    this.#extras.add(path, bytes);
  }

  #sumFor(object: Selected, stats: Stats | undefined): SizeSum {
    if (stats === undefined) return this.#fresh;
    if (looksRight(stats, object) || (stats.isDirectory() && object.key.endsWith('/'))) return this.#right;
    const replaced = mayOverwrite(
      this.#overwrite,
      modified(stats),
      object.modifiedAt ?? object.version.lastModified,
    );
    return replaced ? this.#overwritten : this.#conflicts;
  }

  /** @param listed how often the vault is listed */
  plan(listed: number): RestorePlan {
    const requests: Requests = {
      listVersions: listed * Math.max(1, Math.ceil(this.#selected.objects / PAGE)),
      head: this.#compared,
      get: this.#fresh.objects + this.#overwritten.objects,
    };
    return {
      at: this.#at,
      selected: this.#selected.size,
      fresh: this.#fresh.size,
      right: this.#right.size,
      conflicts: this.#conflicts,
      overwritten: this.#overwritten,
      extras: this.#extras,
      archived: Object.fromEntries([...this.#archived].map(([name, sum]) => [name, sum.size])),
      requests,
      dollars: total(priceOf(usageOf(requests))),
    };
  }
}
