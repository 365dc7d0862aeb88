/** Sets of positions: 32 of them in each word. */
export const WORD_BITS = 32;

export const wordOf = (position: number): number => position >>> 5;
export const bitOf = (position: number): number => 1 << (position & 31);

/** The number of the highest bit of a word that is not 0. */
export const lastBit = (word: number): number => 31 - Math.clz32(word);

export function set(mask: Int32Array, position: number): void {
  mask[wordOf(position)] = (mask[wordOf(position)] ?? 0) | bitOf(position);
}

export function maskOf(positions: readonly number[], words: number): Int32Array {
  const mask = new Int32Array(words);
  for (const position of positions) set(mask, position);
  return mask;
}
