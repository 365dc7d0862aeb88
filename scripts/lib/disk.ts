import { statfs } from 'node:fs/promises';
import { CloudError } from './errors.ts';

const MB = 1_000_000;

export type FreeBytes = (directory: string) => Promise<number>;

export const freeBytes: FreeBytes = async (directory) => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
};

/** Refuses before a long installation what would fail in the middle of it. */
export async function assertFreeSpace(directory: string, needed: number, free = freeBytes): Promise<void> {
  const available = await free(directory);
  if (available >= needed) return;
  throw new CloudError(
    `The disk of ${directory} has ${Math.floor(available / MB)} MB free and ${Math.ceil(needed / MB)} MB are needed: free some space.`,
  );
}

/** Whether a failure, ours or that of a tool we ran, was a full disk. */
export function isDiskFull(failure: unknown): boolean {
  if (typeof failure === 'string') return /No space left on device|ENOSPC/i.test(failure);
  return failure instanceof Error && 'code' in failure && failure.code === 'ENOSPC';
}
