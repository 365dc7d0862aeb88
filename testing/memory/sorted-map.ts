/** A map that can be walked in UTF-8 key order from any key on. Sorted only when it is walked after a change. */
export class SortedMap<T> {
  readonly #values = new Map<string, T>();
  #sorted: readonly string[] | undefined;

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#sorted = undefined;
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#sorted = undefined;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Entries that have the prefix, in order; those after `after`, or from it on when `inclusive`. */
  *walk(options: { prefix?: string; after?: string; inclusive?: boolean } = {}): Generator<[string, T]> {
    const { prefix = '', after = '', inclusive = false } = options;
    const keys = this.#keys();
    const from = compareBytes(prefix, after) > 0 ? prefix : after;
    for (let index = lowerBound(keys, from); index < keys.length; index += 1) {
      const key = keys[index];
      if (key === undefined || !key.startsWith(prefix)) return;
      const value = this.#values.get(key);
      if (value !== undefined && (inclusive || key !== after)) yield [key, value];
    }
  }

  #keys(): readonly string[] {
    this.#sorted ??= [...this.#values.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }
}

function lowerBound(keys: readonly string[], target: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(keys[middle] ?? '', target) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Of its own: what Holdfast itself compares by is judged by what this says.
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
