import { sumUsage, timesUsage, type Usage } from '@holdfast/core/cost/usage.ts';

/** What was asked of AWS, by kind of request, and what is billed for it. */
export class Ledger {
  readonly requests = new Map<string, number>();
  throttled = 0;
  conflicts = 0;
  #usage: Record<string, number> = {};

  /** @param kind as `s3 CopyObject` */
  add(kind: string, usage: Partial<Usage>, times = 1): void {
    this.requests.set(kind, (this.requests.get(kind) ?? 0) + times);
    this.bill(usage, times);
  }

  bill(usage: Partial<Usage>, times = 1): void {
    for (const [name, value] of Object.entries(usage)) {
      this.#usage[name] = (this.#usage[name] ?? 0) + value * times;
    }
  }

  /** Begins anew. */
  reset(): void {
    this.requests.clear();
    this.throttled = 0;
    this.conflicts = 0;
    this.#usage = {};
  }

  get usage(): Usage {
    return sumUsage([this.#usage as Partial<Usage>]);
  }

  /** Requests and usage for each of so many objects. */
  per(objects: number): {
    readonly requests: ReadonlyArray<readonly [string, number]>;
    readonly usage: Usage;
  } {
    const requests = [...this.requests]
      .map(([kind, n]) => [kind, n / objects] as const)
      .sort(([, a], [, b]) => b - a);
    return { requests, usage: timesUsage(this.usage, 1 / objects) };
  }
}
