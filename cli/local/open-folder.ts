import { randomBytes } from 'node:crypto';
import { lstat, mkdir, realpath, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { CommandError } from '../errors.ts';
import { diskWords, isCode, isDiskFull } from './disk-errors.ts';
import { Folder, PART } from './folder.ts';

export type OpenedFolder = {
  readonly folder: Folder;
  /** True when there was none before. */
  readonly fresh: boolean;
  /** True when the disk takes names for one that differ in case or in how accents are written. */
  readonly insensitive: boolean;
  /** Takes away what opening it made. */
  readonly undo: () => Promise<void>;
};

/**
 * Makes the target folder if there is none, and finds out what its disk does with names.
 *
 * @throws {InvalidInputError} when it is no folder, or nothing can be written there
 */
export async function openFolder(
  path: string,
  probe: (root: string) => Promise<boolean> = probeNames,
): Promise<OpenedFolder> {
  await checkFolder(path);
  const made = await makeFolders(resolve(path)).catch((error: unknown) => refuse(path, error));
  const undo = async () => {
    // Only as far as they are empty.
    for (const one of made.toReversed()) await rmdir(one).catch(() => {});
  };
  try {
    const root = await realpath(path);
    const insensitive = await probe(root);
    return { folder: new Folder(root), fresh: made.length > 0, insensitive, undo };
  } catch (error) {
    await undo();
    return refuse(path, error);
  }
}

/** Refuses a target that cannot be one. Changes nothing. @throws {InvalidInputError} */
export async function checkFolder(path: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    return refuse(path, error);
  });
  if (stats !== undefined && !stats.isDirectory())
    throw new InvalidInputError(
      `"${path}" is not a folder: name another, or an archive (.tar, .tar.gz, .zip)`,
    );
}

/** Whether a name that was written is found under another spelling. */
export async function probeNames(root: string): Promise<boolean> {
  const name = `${PART}probe-e\u0301-${randomBytes(6).toString('hex')}`;
  const path = join(root, name);
  await writeFile(path, '', { flag: 'wx' });
  try {
    const others = [name.toUpperCase(), name.normalize('NFC')];
    const found = await Promise.all(
      others.map((other) =>
        lstat(join(root, other)).then(
          () => true,
          () => false,
        ),
      ),
    );
    return found.includes(true);
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * What a disk does with names, by looking alone: a name that is there is looked for under another spelling. Where none can
 * tell, as the system usually does.
 */
export async function looksInsensitive(folder: Folder): Promise<boolean> {
  const names = (await folder.list('').catch(() => [])).slice(0, ASKED_NAMES);
  for (const { name } of names) {
    const other = name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase();
    if (other === name || names.some((one) => one.name === other)) continue;
    const [own, found] = await Promise.all([folder.look(name), folder.look(other)]);
    if (own !== undefined) return found !== undefined && found.ino === own.ino;
  }
  return process.platform === 'darwin' || process.platform === 'win32';
}

/** Names that are tried. */
const ASKED_NAMES = 100;

function refuse(path: string, error: unknown): never {
  const message = `cannot write into "${path}": ${diskWords(error)}`;
  if (isDiskFull(error))
    throw new CommandError(`cannot write into "${path}": the disk is full`, 'failed', { cause: error });
  throw new InvalidInputError(message, { cause: error });
}

/** Makes a folder and those above it that are missing. Node's own way never ends in /proc. @returns what was made */
async function makeFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = path; !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  for (const one of missing) await mkdir(one);
  return missing;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}
