import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file of a folder, and the key it gets: its path below the folder, with `/` between names. */
export type FolderFile = { readonly path: string; readonly key: string; readonly size: number };
export type Folder = {
  readonly files: readonly FolderFile[];
  readonly bytes: number;
  /** Symbolic links, sockets and the like: an object cannot be one. */
  readonly leftOut: number;
};

/** Reads what a folder holds, all the way down, in the order of its keys. Symbolic links are not followed. */
export async function readFolder(root: string): Promise<Folder> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: FolderFile[] = [];
  for (const path of paths.toSorted()) {
    files.push({ path, key: relative(root, path).split(sep).join('/'), size: (await stat(path)).size });
  }
  const leftOut = entries.filter((entry) => !entry.isFile() && !entry.isDirectory()).length;
  return { files, bytes: files.reduce((sum, { size }) => sum + size, 0), leftOut };
}
