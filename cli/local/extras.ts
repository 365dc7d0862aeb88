import { rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Problem } from '@holdfast/core/model/job.ts';
import { isCode, troubleOf } from './disk-errors.ts';
import { MARK } from './escape-segment.ts';
import type { Fingerprints } from './fingerprints.ts';
import type { Folder, Listed, Standing } from './folder.ts';
import type { Naming } from './naming.ts';

/** A file, a link, or a folder with nothing in it, whose path ends in `/`. */
export type Extra = { readonly path: string; readonly bytes: number };
/** Whether something that stands in the way may be deleted: what an exact restore has shown that it deletes. */
export type MayGo = (path: string) => boolean;

/** What a restore brings to a folder. */
export type Expected = { readonly paths: Fingerprints; readonly naming: Naming };

/**
 * What is below a folder that a restore does not bring, in no order. Links are listed and not followed. What Holdfast itself
 * puts there is left out.
 *
 * @param unseen told of what cannot be looked into
 */
export async function* listExtras(
  folder: Folder,
  { paths, naming }: Expected,
  unseen: (problem: Problem) => void,
  below = '',
): AsyncGenerator<Extra> {
  const entries = await list(folder, below, unseen);
  if (entries?.length === 0 && below !== '' && !paths.has(naming.same(below)))
    yield { path: below, bytes: 0 };
  for (const { name, isFolder } of entries ?? []) {
    const path = below + name;
    if (below === '' && name.startsWith(`${MARK}names`)) continue;
    if (isFolder) yield* listExtras(folder, { paths, naming }, unseen, `${path}/`);
    else if (!paths.has(naming.same(path))) yield { path, bytes: (await folder.look(path))?.size ?? 0 };
  }
}

async function list(
  folder: Folder,
  path: string,
  unseen: (problem: Problem) => void,
): Promise<Listed[] | undefined> {
  try {
    return await folder.list(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    const { reason, detail } = trouble;
    unseen({ key: path, reason, detail: `it cannot be looked into (${detail}): what is there stays` });
    return undefined;
  }
}

/** Looks whether all that stands somewhere may go. @returns the path of something that may not */
export async function findKept(
  folder: Folder,
  { path, stats }: Standing,
  mayGo: MayGo,
): Promise<string | undefined> {
  if (!stats.isDirectory()) return mayGo(path) ? undefined : path;
  for await (const inside of contentsOf(folder, path)) if (!mayGo(inside)) return inside;
  return undefined;
}

/**
 * Takes away what stands in the way of an object: nothing of it unless all of it may go.
 *
 * @returns how many files, links and empty folders went
 * @throws what the disk says
 */
export async function clearAway(folder: Folder, path: string, mayGo: MayGo): Promise<number> {
  const stats = await folder.lookSafely(path);
  if (stats === undefined || (await findKept(folder, { path, stats }, mayGo)) !== undefined) return 0;
  if (!stats.isDirectory()) return (await take(() => unlink(folder.onDisk(path)))) ? 1 : 0;
  let gone = 0;
  const inside = await Array.fromAsync(contentsOf(folder, path));
  for (const one of inside) if (await takeOne(folder, one, path)) gone++;
  await take(() => rmdir(folder.onDisk(path)));
  return gone;
}

/** Every file, link and empty folder at and below a folder's path. */
async function* contentsOf(folder: Folder, path: string): AsyncGenerator<string> {
  const entries = await folder.list(path);
  if (entries.length === 0) yield `${path}/`;
  for (const { name, isFolder } of entries) {
    if (isFolder) yield* contentsOf(folder, `${path}/${name}`);
    else yield `${path}/${name}`;
  }
}

/**
 * Deletes a file, a link or an empty folder, and the folders above it that are empty then, unless a restore has made them.
 *
 * @returns false when it was gone already, is not what it was, or a link now stands on the way to it
 * @throws what the disk says
 */
export async function deleteExtra(
  folder: Folder,
  path: string,
  { paths, naming }: Expected,
): Promise<boolean> {
  const gone = await takeOne(folder, path, '');
  for (let above = dirname(path); gone && above !== '.'; above = dirname(above)) {
    if (paths.has(naming.same(`${above}/`))) break;
    if (!(await rmdirIfEmpty(folder, above))) break;
  }
  return gone;
}

/** @param until the folders above it go with it as far as below this one, and when they are empty */
async function takeOne(folder: Folder, path: string, until: string): Promise<boolean> {
  const isFolder = path.endsWith('/');
  const name = isFolder ? path.slice(0, -1) : path;
  const stats = await folder.lookSafely(name);
  if (stats === undefined || stats.isDirectory() !== isFolder) return false;
  const disk = folder.onDisk(name);
  const gone = await take(() => (isFolder ? rmdir(disk) : unlink(disk)), isFolder ? FILLED : []);
  if (until === '') return gone;
  for (let above = dirname(name); above.length > until.length; above = dirname(above))
    if (!(await rmdirIfEmpty(folder, above))) break;
  return gone;
}

/** A folder above what went is no more than tidied up: whatever keeps it there may. */
function rmdirIfEmpty(folder: Folder, path: string): Promise<boolean> {
  return rmdir(folder.onDisk(path)).then(
    () => true,
    () => false,
  );
}

/** What a folder says that something came into. */
const FILLED = ['ENOTEMPTY', 'EEXIST'];

/** @returns false when it was gone already, or for one of the reasons that are named */
function take(work: () => Promise<void>, reasons: readonly string[] = []): Promise<boolean> {
  return work().then(
    () => true,
    (error: unknown) => {
      if (isCode(error, 'ENOENT', ...reasons)) return false;
      throw error;
    },
  );
}
