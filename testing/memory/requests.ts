type Hook<Op extends string> = (op: Op, args: readonly unknown[]) => void | Promise<void>;

/**
 * What every adapter in memory does around a request: counts it, and lets a test fail it, delay it or interleave
 * something with it. The work itself is synchronous, so each request is atomic.
 */
export class Requests<Op extends string> {
  /** Runs before the request takes effect; what it throws is what the caller gets. */
  before: Hook<Op> | undefined;
  /** Runs after it took effect; throwing here loses the answer, not the effect. */
  after: Hook<Op> | undefined;
  readonly #counts = new Map<Op, number>();

  /** Requests of one kind so far, or of all kinds. */
  count(op?: Op): number {
    if (op !== undefined) return this.#counts.get(op) ?? 0;
    return this.#counts.values().reduce((sum, n) => sum + n, 0);
  }

  /** Counts by operation, without those that were never asked for. */
  counts(): Partial<Record<Op, number>> {
    return Object.fromEntries(this.#counts) as Partial<Record<Op, number>>;
  }

  resetCounts(): void {
    this.#counts.clear();
  }

  async run<T>(op: Op, args: readonly unknown[], work: () => T): Promise<T> {
    this.#counts.set(op, (this.#counts.get(op) ?? 0) + 1);
    await this.before?.(op, args);
    const result = work();
    await this.after?.(op, args);
    return result;
  }
}
