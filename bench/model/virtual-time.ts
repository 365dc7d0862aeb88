type Alarm = { readonly at: number; readonly order: number; readonly wake: () => void };

/**
 * Time that passes only when everybody waits: a queue of alarms, the earliest first, in whole milliseconds. Alarms of
 * the same moment ring in the order in which they were set, so a run with the same seed is the same run.
 */
export class VirtualTime {
  #now: number;
  #order = 0;
  readonly #heap: Alarm[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** Waits until a moment; a fraction of a millisecond counts as a whole one. */
  until(at: number): Promise<void> {
    return new Promise((wake) => this.#push(Math.max(this.#now, Math.ceil(at)), wake));
  }

  sleep(ms: number): Promise<void> {
    return this.until(this.#now + ms);
  }

  /** Lets time pass until something is so. @throws when everybody waits for something that no alarm will bring */
  async runUntil(isSo: () => boolean): Promise<void> {
    await settled();
    while (!isSo()) {
      const next = this.#heap[0];
      if (next === undefined) throw new Error('everybody waits, and no alarm is set');
      this.#now = next.at;
      while (this.#heap[0]?.at === this.#now) this.#pop()?.wake();
      await settled();
    }
  }

  /** Lets so much time pass. */
  async run(ms: number): Promise<void> {
    let over = false;
    void this.sleep(ms).then(() => {
      over = true;
    });
    await this.runUntil(() => over);
  }

  #push(at: number, wake: () => void): void {
    this.#order += 1;
    const alarm = { at, order: this.#order, wake };
    let index = this.#heap.push(alarm) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(this.#at(parent), alarm)) break;
      this.#heap[index] = this.#at(parent);
      index = parent;
    }
    this.#heap[index] = alarm;
  }

  #pop(): Alarm | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(alarm: Alarm): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && isBefore(this.#at(child + 1), this.#at(child))) child += 1;
      if (isBefore(alarm, this.#at(child))) break;
      this.#heap[index] = this.#at(child);
      index = child;
    }
    this.#heap[index] = alarm;
  }

  #at(index: number): Alarm {
    return this.#heap[index] as Alarm;
  }
}

function isBefore(left: Alarm, right: Alarm): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}

/** Everything that can go on without time passing has gone on: the flows over memory wait for nothing else. */
function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
