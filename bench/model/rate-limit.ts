/** So many units a second for each partition, and no more than one second's worth saved up. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #levels = new Map<string, { units: number; at: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @returns false when the partition has served all it can for now */
  take(partition: string, units: number, now: number): boolean {
    const level = this.#levels.get(partition) ?? { units: this.#perSecond, at: now };
    this.#levels.set(partition, level);
    level.units = Math.min(this.#perSecond, level.units + ((now - level.at) / 1000) * this.#perSecond);
    level.at = now;
    // What is larger than a second's worth is served when the partition is full, and owes the rest.
    if (level.units < Math.min(units, this.#perSecond)) return false;
    level.units -= units;
    return true;
  }
}
