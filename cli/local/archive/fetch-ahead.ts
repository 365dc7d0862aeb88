import type { Selected } from '@holdfast/core/source/selection.ts';
import { pMapIterable } from 'p-map';
import type { LocalWorld } from '../local-job.ts';
import { type OpenCopy, openCopy } from '../open-copy.ts';

/** Objects up to this size are read before it is their turn. */
const AHEAD_BYTES = 256 * 1024;

export type Fetched = {
  readonly object: Selected;
  /** The copy, its bytes read and proven already if it is small. @throws what reading it threw */
  readonly open: () => Promise<OpenCopy>;
};

/** Reads small objects ahead, some at the same time, and gives all in their order. */
export function fetchAhead(
  select: AsyncIterable<Selected>,
  transfers: number,
  world: LocalWorld,
): AsyncIterable<Fetched> {
  return pMapIterable(select, (object) => fetch(object, world), { concurrency: transfers });
}

async function fetch(object: Selected, world: LocalWorld): Promise<Fetched> {
  if (object.version.size > AHEAD_BYTES) return { object, open: () => openCopy(object, world) };
  try {
    const copy = await readWhole(object, world);
    return { object, open: async () => copy };
  } catch (error) {
    return { object, open: () => Promise.reject(error) };
  }
}

async function readWhole(object: Selected, world: LocalWorld): Promise<OpenCopy> {
  const { body, proof, ...copy } = await openCopy(object, world);
  const bytes = await Array.fromAsync(body);
  const proven = await proof();
  return { ...copy, body: iterate(bytes), proof: async () => proven, read: true };
}

async function* iterate(bytes: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* bytes;
}
