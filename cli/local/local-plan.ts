import type { Stats } from 'node:fs';
import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import { type Requests, usageOf } from '@holdfast/core/model/cost/requests.ts';
import { priceOf, total } from '@holdfast/core/model/cost/usage.ts';
import { isArchivedClass } from '@holdfast/core/model/object.ts';
import type { RestorePlan, Size } from '@holdfast/core/model/restore-plan.ts';
import type { Overwrite } from '@holdfast/core/model/restore-request.ts';
import { looksRight } from './compare-file.ts';

const MAX_EXAMPLES = 10;
const PAGE = 1000;

class Sum {
  objects = 0;
  bytes = 0;
  readonly examples: string[] = [];

  add(key: string, bytes: number): void {
    this.objects++;
    this.bytes += bytes;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(key);
  }

  get size(): Size {
    return { objects: this.objects, bytes: this.bytes };
  }
}

/** Counts what a restore to this machine would do. Files are compared by size and time: no request is made for one. */
export class LocalPlan {
  readonly #at: number;
  readonly #overwrite: Overwrite;
  readonly #selected = new Sum();
  readonly #fresh = new Sum();
  readonly #right = new Sum();
  readonly #conflicts = new Sum();
  readonly #overwritten = new Sum();
  readonly #extras = new Sum();
  readonly #archived = new Map<string, Sum>();
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
    const archived = this.#archived.get(version.storageClass) ?? new Sum();
    this.#archived.set(version.storageClass, archived);
    archived.add(key, version.size);
  }

  addExtra(path: string, bytes: number): void {
    this.#extras.add(path, bytes);
  }

  #sumFor(object: Selected, stats: Stats | undefined): Sum {
    if (stats === undefined) return this.#fresh;
    if (looksRight(stats, object) || (stats.isDirectory() && object.key.endsWith('/'))) return this.#right;
    const replaced =
      this.#overwrite === 'always' ||
      (this.#overwrite === 'older' && Math.round(stats.mtimeMs) < object.version.lastModified);
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
