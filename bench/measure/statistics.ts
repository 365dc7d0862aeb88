/** The value that a share of the values does not exceed. @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value; of an even number of values, the lower one of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The middle value with the lowest and the highest. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** For each name that any of the counts has, the middle of its values; a count that lacks it has none of it. */
export function medianCounts(all: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const names = [...new Set(all.flatMap((counts) => Object.keys(counts)))].toSorted();
  return Object.fromEntries(names.map((name) => [name, median(all.map((counts) => counts[name] ?? 0))]));
}
