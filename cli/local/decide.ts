import type { Stats } from 'node:fs';
import { asksForBytes } from '@holdfast/core/model/equality.ts';
import { mayOverwrite, type Overwrite } from '@holdfast/core/model/restore-request.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { type ComparingWorld, compareFile, modified } from './compare-file.ts';
import { PlaceError, troubleOf } from './disk-errors.ts';
import { findKept, type MayGo } from './extras.ts';
import type { Folder, Standing } from './folder.ts';
import { type Place, refuseTwice } from './naming.ts';
import type { Proof } from './open-copy.ts';

/** What a restore into a folder is asked to do with what is there. */
export type Manner = {
  readonly overwrite: Overwrite;
  /** Reads back what was written, and what was right already. */
  readonly verify?: boolean;
  /** One version was named. */
  readonly versionId?: string | undefined;
  /** Of an exact restore: what it deletes anyway may go first, where it stands in the way. */
  readonly mayGo?: MayGo;
  /** Something cannot be brought back, or is left alone: nothing is deleted then, in the way or not. */
  readonly held?: boolean;
};
type Refusal = { readonly reason: string; readonly detail: string };

/** What becomes of one object. Plan and run both ask here, so that one says what the other does. */
export type Decision =
  | { readonly is: 'fresh' | 'replace' }
  /** What is at that path has to go first; `otherwise`, nothing can be brought there. */
  | { readonly is: 'blocked'; readonly clears: string; readonly otherwise: Refusal }
  /** `time`: which the file has to get; ms since 1970. */
  | { readonly is: 'right'; readonly proof?: Proof; readonly time?: number }
  | { readonly is: 'conflict' | 'failed'; readonly reason: string; readonly detail: string };

const EXACT_WOULD = 'with --exact, what the restore does not bring goes first';
const HELD = 'nothing is deleted while anything is left alone or cannot be brought back';

/**
 * Decides about one object, and changes nothing.
 *
 * @throws what no object is to blame for
 */
export async function decide(
  object: Selected,
  place: Place,
  folder: Folder,
  manner: Manner,
  world: ComparingWorld,
): Promise<Decision> {
  try {
    return await decideOn(object, place, folder, manner, world);
  } catch (error) {
    const trouble = world.signal.aborted ? undefined : troubleOf(error);
    if (trouble === undefined) throw error;
    return { is: 'failed', ...trouble };
  }
}

async function decideOn(
  object: Selected,
  place: Place,
  folder: Folder,
  manner: Manner,
  world: ComparingWorld,
): Promise<Decision> {
  refuseTwice(place);
  const { path, kind } = place;
  if (path === '') return { is: 'right' };
  if (kind === 'file' && object.version.versionId === '')
    throw new PlaceError('not-in-vault', object.lacking ?? '');
  const above = await folder.inTheWay(path);
  if (above !== undefined) return clearing(above, folder, manner);
  const name = path.endsWith('/') ? path.slice(0, -1) : path;
  const stats = await folder.lookSafely(name);
  if (stats === undefined) return { is: 'fresh' };
  if (kind === 'folder')
    return stats.isDirectory() ? { is: 'right' } : clearing({ path: name, stats }, folder, manner);
  if (stats.isDirectory()) return clearing({ path, stats }, folder, manner, true);
  if (!stats.isFile()) return standsThere({ path, stats }, manner);
  return compare(object, path, stats, folder, manner, world);
}

/** @param asFile whether a file has to be there, not a folder */
async function clearing(
  there: Standing,
  folder: Folder,
  { mayGo, held }: Manner,
  asFile = false,
): Promise<Decision> {
  if (mayGo === undefined) return { is: 'failed', ...refusal(there, asFile, EXACT_WOULD) };
  const kept = await findKept(folder, there, mayGo);
  if (kept !== undefined) return { is: 'failed', ...refusal(there, asFile, keptWords(there, kept)) };
  const otherwise = refusal(there, asFile, HELD);
  return held ? { is: 'failed', ...otherwise } : { is: 'blocked', clears: there.path, otherwise };
}

function refusal({ path, stats }: Standing, asFile: boolean, rest: string): Refusal {
  if (stats.isSymbolicLink())
    return { reason: 'symlink', detail: `"${path}" is a symbolic link, and is not followed; ${rest}` };
  if (asFile) return { reason: 'not-a-file', detail: `the folder "${path}" stands in its way; ${rest}` };
  return { reason: 'not-a-folder', detail: `"${path}" is no folder, and one has to be there; ${rest}` };
}

function keptWords({ path }: Standing, kept: string): string {
  const what = kept === path ? 'it' : `"${kept}" in it`;
  return `${what} is not among what this restore deletes: move it away`;
}

/** A link, or what is no file: it is never written through. An exact restore that replaces puts the file in its place. */
function standsThere({ path, stats }: Standing, { overwrite, mayGo }: Manner): Decision {
  if (mayGo !== undefined && overwrite === 'always') return { is: 'replace' };
  const rest = 'with --exact and --overwrite, the file takes its place';
  if (stats.isSymbolicLink()) return { is: 'failed', ...refusal({ path, stats }, true, rest) };
  return { is: 'failed', reason: 'not-a-file', detail: `"${path}" is no file; ${rest}` };
}

async function compare(
  object: Selected,
  path: string,
  stats: Stats,
  folder: Folder,
  { overwrite, verify = false, versionId }: Manner,
  world: ComparingWorld,
): Promise<Decision> {
  const byBytes = asksForBytes({ overwrite, verify, versionId });
  const how = { byBytes, wantsTime: overwrite === 'older' };
  const { is, at, proof } = await compareFile(folder.full(path), stats, object, how, world);
  if (is === 'same')
    return {
      is: 'right',
      ...(proof === undefined ? {} : { proof }),
      ...(modified(stats) === at ? {} : { time: at }),
    };
  if (mayOverwrite(overwrite, modified(stats), at)) return { is: 'replace' };
  // Nothing says that it is another: it is left as it is, and not counted as proven.
  if (proof === 'unverified' && modified(stats) === at) return { is: 'right', proof };
  const what = proof === 'wrong' && modified(stats) === at ? 'has other bytes than its copy' : 'differs';
  const detail = `"${path}" ${what} and was left alone; say --overwrite to replace it`;
  return { is: 'conflict', reason: 'conflict', detail };
}
