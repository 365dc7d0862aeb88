import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode, PlaceError } from './disk-errors.ts';
import { MARK } from './escape-segment.ts';
import { pathOnDisk, pathText } from './path-text.ts';

/** A file that is being written. Nothing else is called so: one that is found at the beginning is an earlier run's. */
export const PART = `${MARK}part-`;
const REMEMBERED = 10_000;

/** What stands where a path has to lead through, or to. */
export type Standing = { readonly path: string; readonly stats: Stats };
export type Listed = { readonly name: string; readonly isFolder: boolean };

/**
 * The target folder. No path below it goes through a symbolic link. Paths are text with `/` between names; that of a name
 * which is no UTF-8 is as {@link pathText} makes it.
 */
export class Folder {
  readonly root: string;
  /** Two restores into one folder never write the same part, nor put each other's in place. */
  readonly run = randomBytes(4).toString('hex');
  readonly #ready = new Map<string, Promise<void>>();
  readonly #folders = new Set<string>();
  readonly #parts = new Set<string>();

  /** @param root its real path */
  constructor(root: string) {
    this.root = root;
  }

  /** @param path relative, with `/`; one that a key got */
  full(path: string): string {
    return join(this.root, ...path.split('/'));
  }

  /** As {@link full}, for whatever path there is on the disk. */
  onDisk(path: string): string | Buffer {
    return pathOnDisk(this.full(path));
  }

  /** What is in a folder, by names that lead back to every byte of them. */
  async list(path: string): Promise<Listed[]> {
    const entries = await readdir(this.onDisk(path), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => ({ name: pathText(entry.name), isFolder: entry.isDirectory() }));
  }

  /** The first thing on the way to a path that is no folder, a link too. Undefined also where the way is still to be made. */
  async inTheWay(path: string): Promise<Standing | undefined> {
    const names = path.split('/').filter((name) => name !== '');
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join('/');
      if (this.#folders.has(above)) continue;
      const stats = await this.look(above);
      if (stats === undefined) return undefined;
      if (!stats.isDirectory()) return { path: above, stats };
      if (this.#folders.size > REMEMBERED) this.#folders.clear();
      this.#folders.add(above);
    }
    return undefined;
  }

  /**
   * Makes the folders on the way to a path, and takes away what an earlier run left half-written in the last of them.
   *
   * @throws {PlaceError} when a link or a file stands in the way; what the disk says
   */
  async prepare(path: string): Promise<void> {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const known = this.#ready.get(folder);
    if (known !== undefined) return known;
    if (this.#ready.size > REMEMBERED) this.#ready.clear();
    const ready = this.#prepare(folder);
    this.#ready.set(folder, ready);
    // One that failed is tried again for the next object.
    ready.catch(() => this.#ready.delete(folder));
    return ready;
  }

  /** What stands at a path; a link itself, not what it leads to. */
  async look(path: string): Promise<Stats | undefined> {
    try {
      return await lstat(this.onDisk(path));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Reads beside the folders that are there already, following no link. */
  async lookSafely(path: string): Promise<Stats | undefined> {
    const names = path.split('/').filter((name) => name !== '');
    for (let depth = 1; depth < names.length; depth++) {
      const stats = await this.look(names.slice(0, depth).join('/'));
      if (stats === undefined || !stats.isDirectory()) return undefined;
    }
    return this.look(names.join('/'));
  }

  beginPart(name: string): void {
    this.#parts.add(name);
  }

  endPart(name: string): void {
    this.#parts.delete(name);
  }

  async #prepare(folder: string): Promise<void> {
    const names = folder.split('/').slice(0, -1);
    for (let depth = 1; depth <= names.length; depth++) {
      await this.#makeFolder(names.slice(0, depth).join('/'));
    }
    const inside = await this.list(folder);
    const stale = inside.filter(({ name }) => name.startsWith(PART) && !this.#parts.has(folder + name));
    await Promise.all(stale.map(({ name }) => rm(this.onDisk(folder + name), { force: true })));
  }

  async #makeFolder(path: string): Promise<void> {
    let stats = await this.look(path);
    if (stats === undefined) {
      await mkdir(this.full(path)).catch((error: unknown) => {
        if (!isCode(error, 'EEXIST')) throw error;
      });
      stats = await this.look(path);
    }
    if (stats?.isSymbolicLink())
      throw new PlaceError('symlink', `"${path}" is a symbolic link, and is not followed`);
    if (!stats?.isDirectory()) throw new PlaceError('not-a-folder', `"${path}" is not a folder`);
  }
}
