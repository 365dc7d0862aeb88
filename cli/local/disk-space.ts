import { statfs } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import { bytes, count } from '../text/format.ts';

/** What a disk has left for this user. */
export type Space = {
  readonly blockBytes: number;
  readonly freeBytes: number;
  /** Infinity where the disk does not count files. */
  readonly freeFiles: number;
};

export async function spaceAt(path: string): Promise<Space> {
  const { bsize, bavail, files, ffree } = await statfs(path);
  return {
    blockBytes: bsize,
    freeBytes: bsize * bavail,
    freeFiles: files === 0 ? Number.POSITIVE_INFINITY : ffree,
  };
}

/** Adds up what files take, in whole blocks. */
export class Need {
  readonly #block: number;
  bytes = 0;
  files = 0;

  constructor({ blockBytes }: Space) {
    this.#block = Math.max(1, blockBytes);
  }

  add(size: number): void {
    this.bytes += Math.ceil(size / this.#block) * this.#block;
    this.files++;
  }
}

/** @throws {CommandError} before anything is written, when it cannot all be written */
export function checkSpace(path: string, need: Need, { freeBytes, freeFiles }: Space): void {
  if (need.bytes > freeBytes)
    throw new CommandError(
      `the disk of "${path}" has ${bytes(freeBytes)} left, and ${bytes(need.bytes)} are to be written: nothing was written`,
    );
  if (need.files > freeFiles)
    throw new CommandError(
      `the disk of "${path}" takes ${count(freeFiles)} more files, and ${count(need.files)} are to be written: nothing was written`,
    );
}
