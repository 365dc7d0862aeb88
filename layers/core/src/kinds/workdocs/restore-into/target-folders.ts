import { FoundFolders } from '../crawl/found-folders.ts';
import type { SiteReader, SiteWriter } from '../site.ts';
import { isSiteError } from '../site-error.ts';

/** Finds folders at the target, and makes those that are not there. */
export class TargetFolders {
  readonly found: FoundFolders;
  readonly #target: SiteWriter;
  readonly #making = new Map<string, Promise<string>>();

  constructor(target: SiteReader & SiteWriter) {
    this.#target = target;
    this.found = new FoundFolders(target);
  }

  /**
   * The folder that a path leads to, made as far as it is not there.
   *
   * @param path names of the user and of folders
   * @throws {InvalidInputError} when there is no such user; SiteError
   */
  async folder([username = '', ...names]: readonly string[]): Promise<{ id: string; made: boolean }> {
    let id = await this.found.rootOf(username);
    let made = false;
    for (const name of names) {
      const there = await this.found.folder(id, name);
      made = there === undefined;
      id = there ?? (await this.#makeOnce(id, name));
    }
    return { id, made };
  }

  /** Two documents of a new folder ask for it at the same time. */
  #makeOnce(parentId: string, name: string): Promise<string> {
    const key = `${parentId}/${name}`;
    const making =
      this.#making.get(key) ?? this.#make(parentId, name).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #make(parentId: string, name: string): Promise<string> {
    try {
      const { id } = await this.#target.createFolder(parentId, name);
      await this.found.madeFolder(parentId, name, id);
      return id;
    } catch (error) {
      if (!isSiteError(error, 'conflict')) throw error;
      // Somebody made it meanwhile, or an answer was lost.
      this.found.forget(parentId);
      const there = await this.found.folder(parentId, name);
      if (there === undefined) throw error;
      return there;
    }
  }
}
