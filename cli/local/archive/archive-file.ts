import { createWriteStream } from 'node:fs';
import { lstat, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { diskWords, isCode } from '../disk-errors.ts';
import { moveNew } from '../move-new.ts';

/** Where an archive is written to, until it is whole. */
export type ArchiveOutput = {
  readonly stream: Writable;
  /** Puts the finished archive there. */
  readonly commit: () => Promise<void>;
  /** Leaves nothing behind. */
  readonly discard: () => Promise<void>;
};

/** What an archive is called while it is being written. */
const PART = '.holdfast-part';

/** Refuses a path where no archive can be made. Changes nothing. @throws {InvalidInputError} */
export async function checkArchivePath(path: string): Promise<void> {
  const there = await lstat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw refused(path, error);
  });
  if (there !== undefined)
    throw new InvalidInputError(`"${path}" exists: name another archive, or delete that one first`);
  const folder = dirname(resolve(path));
  const stats = await stat(folder).catch(() => undefined);
  if (!stats?.isDirectory())
    throw new InvalidInputError(`cannot write "${path}": there is no folder "${folder}"`);
}

/** Begins an archive beside its path. What an earlier run left there half-written is replaced. @throws {InvalidInputError} */
export async function openArchiveFile(path: string): Promise<ArchiveOutput> {
  await checkArchivePath(path);
  const part = `${path}${PART}`;
  await rm(part, { force: true }).catch((error: unknown) => {
    throw refused(path, error);
  });
  // Flushed to the disk before it gets its name.
  const stream = createWriteStream(part, { flags: 'wx', flush: true });
  await new Promise<void>((ready, fail) => {
    stream.once('open', () => ready()).once('error', (error) => fail(refused(path, error)));
  });
  const discard = () => rm(part, { force: true });
  return { stream, commit: () => moveNew(part, path), discard };
}

/** An archive that goes to whoever reads on. */
export function streamedArchive(stream: Writable): ArchiveOutput {
  return { stream, commit: async () => {}, discard: async () => {} };
}

function refused(path: string, error: unknown): InvalidInputError {
  return new InvalidInputError(`cannot write "${path}": ${diskWords(error)}`, { cause: error });
}
