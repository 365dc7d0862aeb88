import { inParts, partBytesFor } from '@holdfast/core/vault/parts.ts';
import { describe, expect, it } from 'vitest';

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function partsOf(bytes: number, ...texts: readonly string[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of inParts(chunksOf(...texts), bytes)) parts.push(Buffer.from(part).toString());
  return parts;
}

describe('bytes in parts', () => {
  it.each([
    ['nothing', [], []],
    ['less than a part', ['ab'], ['ab']],
    ['chunks that end within parts', ['ab', 'cdefg', 'h'], ['abc', 'def', 'gh']],
    ['a chunk of many parts, and empty ones', ['', 'abcdefg', ''], ['abc', 'def', 'g']],
    ['whole parts only', ['abcd', 'ef'], ['abc', 'def']],
  ])('have the same size each, the last one less: %s', async (_, texts, parts) => {
    expect(await partsOf(3, ...texts)).toEqual(parts);
  });

  it('are larger only where 10,000 of the smallest would not hold the whole', () => {
    expect(partBytesFor(0, 8)).toBe(8);
    expect(partBytesFor(80_000, 8)).toBe(8);
    expect(partBytesFor(80_001, 8)).toBe(9);
    expect(Math.ceil(80_001 / partBytesFor(80_001, 8))).toBeLessThanOrEqual(10_000);
  });

  it('of a body that fails come up to there, and no further', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunksOf('abcd');
      throw new Error('cut off');
    }
    const parts: string[] = [];
    const reading = (async () => {
      for await (const part of inParts(failing(), 3)) parts.push(Buffer.from(part).toString());
    })();
    await expect(reading).rejects.toThrow('cut off');
    expect(parts).toEqual(['abc']);
  });
});
