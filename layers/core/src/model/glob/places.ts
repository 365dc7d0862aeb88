/** The bit of a key's first place: the word below stays free. */
export const FIRST = 32;

/** Rows of bits, one for each place of a key: before its first character, between two, and behind its last one. */
export const wordsFor = (characters: number): number => ((characters + FIRST) >>> 5) + 3;

/** What was done: a step for each word that was read and written, and some for each time. */
export type Meter = { steps: number };
/** What an operation takes besides its words, in steps. */
export const EACH = 12;

/** Places of a key, as bits: 32 of them in each word. Behind each of them, a beginning of a glob may end. */
export class Places {
  readonly #meter: Meter;
  #words = new Int32Array(0);
  /** No bit is set outside of these words; nothing is set if they run backwards. The words beside them are 0. */
  #low = 1;
  #high = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  get isEmpty(): boolean {
    return this.#low > this.#high;
  }

  /** @param words the key's (`wordsFor`) */
  clear(words: number): void {
    if (this.#words.length < words) this.#words = new Int32Array(words);
    this.#low = 1;
    this.#high = 0;
  }

  has(bit: number): boolean {
    const word = bit >>> 5;
    return word >= this.#low && word <= this.#high && (((this.#words[word] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /**
   * Behind a unit: each place so many characters further on, if the unit ends there.
   *
   * @param from may be this one
   * @param row in which a bit is set where the unit ends; from `at` on
   * @param bottom words below this can be left out, for what stands behind
   * @param top words above this
   */
  step(from: Places, characters: number, row: Int32Array, at: number, bottom: number, top: number): void {
    const skip = characters >>> 5;
    const left = characters & 31;
    const right = 31 - left;
    const source = from.#words;
    const words = this.#words;
    const low = Math.max(from.#low + skip, bottom);
    const high = Math.min(from.#high + skip + 1, top);
    let own = source[high - skip] ?? 0;
    for (let to = high; to >= low; to--) {
      const below = source[to - skip - 1] ?? 0;
      words[to] = ((own << left) | ((below >>> 1) >>> right)) & (row[at + to] ?? 0);
      own = below;
    }
    this.#trim(low, high);
  }

  /** Behind a star: from each place up to the next slash. @param row in which a bit is set before each character but a slash */
  fill(from: Places, row: Int32Array, bottom: number, top: number): void {
    const source = from.#words;
    const words = this.#words;
    const low = from.#low;
    const beyond = from.#high;
    // Each run of bits of the row is carried through from the lowest place on, as an addition does it.
    let carry = 0;
    let to = low;
    for (; to <= top && (to <= beyond || carry !== 0); to++) {
      const place = to <= beyond ? (source[to] ?? 0) : 0;
      const free = row[to] ?? 0;
      const moving = place & free;
      const sum = (moving + free + carry) | 0;
      carry = ((moving & free) | ((moving | free) & ~sum)) >>> 31;
      words[to] = place | (free ^ sum);
    }
    this.#meter.steps += Math.max(0, Math.min(bottom, to) - low);
    this.#trim(Math.max(low, bottom), to - 1);
  }

  /** Behind folders: each place, and those behind a slash that stand higher than the lowest. @param at -1 where no slash is */
  folders(from: Places, row: Int32Array, at: number, bottom: number, top: number): void {
    const source = from.#words;
    const words = this.#words;
    const low = from.#low;
    if (at < 0) {
      this.copy(from);
      return;
    }
    source.fill(0, from.#high + 1, top + 1);
    const lowest = (source[low] ?? 0) & -(source[low] ?? 0);
    const first = Math.max(low, bottom);
    for (let to = first; to <= top; to++) {
      const above = to === low ? ~(lowest - 1) : -1;
      words[to] = (source[to] ?? 0) | ((row[at + to] ?? 0) & above);
    }
    this.#trim(first, top);
  }

  /** Only this one place. */
  only(bit: number): void {
    this.#meter.steps += EACH + 1;
    this.#words[bit >>> 5] = 1 << (bit & 31);
    this.#bound(bit >>> 5, bit >>> 5);
  }

  copy(from: Places): void {
    this.#meter.steps += EACH + Math.max(0, from.#high - from.#low + 1);
    for (let word = from.#low; word <= from.#high; word++) this.#words[word] = from.#words[word] ?? 0;
    this.#bound(from.#low, from.#high);
  }

  /** These places, too. */
  add(from: Places): void {
    if (from.isEmpty) return;
    if (this.isEmpty) {
      this.copy(from);
      return;
    }
    const [low, high] = [Math.min(this.#low, from.#low), Math.max(this.#high, from.#high)];
    this.#words.fill(0, low, this.#low);
    this.#words.fill(0, this.#high + 1, high + 1);
    for (let word = from.#low; word <= from.#high; word++)
      this.#words[word] = (this.#words[word] ?? 0) | (from.#words[word] ?? 0);
    this.#meter.steps += EACH + from.#high - from.#low + 1;
    this.#bound(low, high);
  }

  /** @param low the lowest word that was written @param high the highest */
  #trim(low: number, high: number): void {
    this.#meter.steps += EACH + Math.max(0, high - low + 1);
    let first = low;
    let last = high;
    while (last >= first && this.#words[last] === 0) last--;
    while (first < last && this.#words[first] === 0) first++;
    this.#bound(first, last);
  }

  #bound(low: number, high: number): void {
    this.#low = low;
    this.#high = high;
    if (low > high) return;
    this.#words[low - 1] = 0;
    this.#words[high + 1] = 0;
  }
}
