import { readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode } from './disk-errors.ts';
import { MARK } from './escape-segment.ts';
import type { Fingerprints } from './fingerprints.ts';
import type { Folder } from './folder.ts';
import type { Naming } from './naming.ts';

export type Extra = { readonly path: string; readonly bytes: number };

/**
 * Files and links below a folder that a restore does not fill, in no order. Links are listed and not followed. What
 * Holdfast itself puts there is left out.
 */
export async function* listExtras(
  folder: Folder,
  expected: Fingerprints,
  naming: Naming,
  below = '',
): AsyncGenerator<Extra> {
  const entries = await readdir(folder.full(below), { withFileTypes: true }).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const entry of entries) {
    const path = below + entry.name;
    if (below === '' && entry.name.startsWith(`${MARK}names`)) continue;
    if (entry.isDirectory()) yield* listExtras(folder, expected, naming, `${path}/`);
    else if (!expected.has(naming.same(path))) yield { path, bytes: (await folder.look(path))?.size ?? 0 };
  }
}

/**
 * Deletes a file or a link, and the folders above it that are empty then, unless a restore has made them.
 *
 * @returns false when it was gone already, or a link now stands on the way to it
 */
export async function deleteExtra(
  folder: Folder,
  path: string,
  expected: Fingerprints,
  naming: Naming,
): Promise<boolean> {
  const stats = await folder.lookSafely(path);
  if (stats === undefined || stats.isDirectory()) return false;
  await unlink(folder.full(path));
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    if (expected.has(naming.same(`${above}/`))) break;
    const removed = await rmdir(folder.full(above)).then(
      () => true,
      () => false,
    );
    if (!removed) break;
  }
  return true;
}
