/**
 * Finds where in a key runs of characters stand, all of them in one pass (Aho and Corasick, "Efficient string matching", 1975): a tree of
 * the runs, and for each node of it the one that the longest proper end of what it stands for leads to.
 */
export class Runs {
  /** How many runs can end at one place. */
  readonly mostAtOnce: number;
  /** By node: its character, and its first child. Children stand side by side, by character. */
  readonly #codes: number[] = [0];
  readonly #first: number[] = [];
  /** By node: the run that ends there, or -1; the node of the longest proper end, and the nearest such with a run, or 0. */
  readonly #run: number[] = [];
  readonly #back: number[] = [0];
  readonly #nextRun: number[] = [0];

  /** @param runs each once, none empty */
  constructor(runs: readonly (readonly [run: readonly number[], number: number])[]) {
    const sorted = runs.toSorted(([a], [b]) => compare(a, b));
    this.#grow(sorted);
    this.mostAtOnce = this.#goBack();
  }

  /** Calls `found` with the number of each run and the place behind it. @param count how many of the codes are the key's */
  find(codes: Uint32Array, count: number, found: (run: number, end: number) => void): void {
    let node = 0;
    for (let at = 0; at < count; at++) {
      node = this.#go(node, codes[at] ?? 0);
      for (
        let ends = (this.#run[node] ?? -1) >= 0 ? node : (this.#nextRun[node] ?? 0);
        ends > 0;
        ends = this.#nextRun[ends] ?? 0
      )
        found(this.#run[ends] ?? 0, at + 1);
    }
  }

  #grow(sorted: readonly (readonly [run: readonly number[], number: number])[]): void {
    const nodes = [{ from: 0, to: sorted.length, depth: 0 }];
    for (const { from, to, depth } of nodes) {
      this.#first.push(nodes.length);
      const [run, number] = sorted[from] ?? [];
      const isEnd = run?.length === depth;
      this.#run.push(isEnd ? (number ?? -1) : -1);
      for (let at = isEnd ? from + 1 : from; at < to; ) {
        const begins = at;
        const code = sorted[at]?.[0][depth] ?? 0;
        while (at < to && sorted[at]?.[0][depth] === code) at++;
        nodes.push({ from: begins, to: at, depth: depth + 1 });
        this.#codes.push(code);
      }
    }
    this.#first.push(nodes.length);
  }

  /** Nodes stand by depth, so that of shorter ones all is known. @returns how many runs can end at once */
  #goBack(): number {
    const ends = [0];
    let most = 0;
    for (let node = 0; node < this.#run.length; node++)
      for (let child = this.#first[node] ?? 0; child < (this.#first[node + 1] ?? 0); child++) {
        const back = node === 0 ? 0 : this.#go(this.#back[node] ?? 0, this.#codes[child] ?? 0);
        this.#back.push(back);
        this.#nextRun.push((this.#run[back] ?? -1) >= 0 ? back : (this.#nextRun[back] ?? 0));
        const count = (ends[back] ?? 0) + ((this.#run[child] ?? -1) >= 0 ? 1 : 0);
        ends.push(count);
        most = Math.max(most, count);
      }
    return most;
  }

  #go(from: number, code: number): number {
    for (let node = from; ; node = this.#back[node] ?? 0) {
      const child = this.#child(node, code);
      if (child > 0 || node === 0) return child;
    }
  }

  /** @returns 0 for none */
  #child(node: number, code: number): number {
    let low = this.#first[node] ?? 0;
    let high = this.#first[node + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#codes[middle] ?? 0;
      if (found === code) return middle;
      if (found < code) low = middle + 1;
      else high = middle;
    }
    return 0;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length && at < b.length; at++)
    if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  return a.length - b.length;
}
