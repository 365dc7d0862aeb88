import { HoldfastError, InvalidInputError } from '../../../model/errors.ts';
import { allPages } from '../all-pages.ts';
import type { SiteContent, SiteDocument, SiteReader, SiteUser } from '../site.ts';
import { isSiteError } from '../site-error.ts';

/** Folders whose contents are remembered: those of the path in work, and some beside it. */
const REMEMBERED = 64;

/** What is in a folder of the target, by name. */
type Contents = {
  readonly folders: Map<string, string>;
  /** Documents may share a name. */
  readonly documents: Map<string, string[]>;
};

/** Finds folders and documents at the target, each folder looked into once as long as it is in use. Makes nothing. */
export class FoundFolders {
  readonly #target: SiteReader;
  readonly #contents = new Map<string, Promise<Contents>>();
  #users: Promise<ReadonlyMap<string, SiteUser>> | undefined;

  constructor(target: SiteReader) {
    this.#target = target;
  }

  /**
   * The id of the folder that a path leads to, as far as it is there.
   *
   * @param path names of the user and of folders
   * @throws {InvalidInputError} when there is no such user; SiteError
   */
  async find([username = '', ...names]: readonly string[]): Promise<string | undefined> {
    let id: string | undefined = await this.rootOf(username);
    for (const name of names) {
      id = await this.folder(id, name);
      if (id === undefined) return undefined;
    }
    return id;
  }

  async rootOf(username: string): Promise<string> {
    this.#users ??= this.#readUsers();
    const rootFolderId = (await this.#users).get(username)?.rootFolderId;
    if (rootFolderId !== undefined) return rootFolderId;
    throw new InvalidInputError(
      `the site has no user "${username}": make them there, or restore below a user that is there, ` +
        'with --to workdocs://<site>/<user>/<folder>',
    );
  }

  /** The id of the folder of that name in a folder. */
  async folder(parentId: string, name: string): Promise<string | undefined> {
    return (await this.#contentsOf(parentId)).folders.get(name);
  }

  /** Ids of the documents of a name, those that are being uploaded too. */
  async documents(folderId: string, name: string): Promise<readonly string[]> {
    return (await this.#contentsOf(folderId)).documents.get(name) ?? [];
  }

  /** A folder was made: it is found from now on. */
  async madeFolder(parentId: string, name: string, id: string): Promise<void> {
    (await this.#contentsOf(parentId)).folders.set(name, id);
  }

  /** A document was made: it is found from now on. */
  async madeDocument(folderId: string, name: string, documentId: string): Promise<void> {
    add((await this.#contentsOf(folderId)).documents, name, documentId);
  }

  /** What is in a folder is read anew when it is asked for. */
  forget(folderId: string): void {
    this.#contents.delete(folderId);
  }

  async #readUsers(): Promise<ReadonlyMap<string, SiteUser>> {
    const users = await allPages((marker) => this.#target.users(marker === undefined ? {} : { marker }));
    if (users.length > 0) return new Map(users.map((user) => [user.username, user]));
    throw new HoldfastError('the site tells of no users at all: its service may have ended', 'user');
  }

  #contentsOf(folderId: string): Promise<Contents> {
    const known = this.#contents.get(folderId);
    this.#contents.delete(folderId);
    const contents = known ?? this.#read(folderId);
    // The one that was asked for last is forgotten last.
    this.#contents.set(folderId, contents);
    const [oldest] = this.#contents.keys();
    if (this.#contents.size > REMEMBERED && oldest !== undefined) this.#contents.delete(oldest);
    contents.catch(() => this.#contents.delete(folderId));
    return contents;
  }

  async #read(folderId: string): Promise<Contents> {
    const contents: Contents = { folders: new Map(), documents: new Map() };
    for (const one of await allPages((marker) => this.#target.folderContents(folderId, marker)))
      await this.#remember(one, contents);
    return contents;
  }

  async #remember(one: SiteContent, { folders, documents }: Contents): Promise<void> {
    if (one.kind === 'folder') {
      const { name, id, status } = one.folder;
      if (status === 'ACTIVE' && name !== undefined && !folders.has(name)) folders.set(name, id);
    } else if (one.document.status === 'ACTIVE') {
      const name = one.document.latest?.name ?? (await this.#nameOfDraft(one.document));
      if (name !== undefined) add(documents, name, one.document.id);
    }
  }

  /** A document whose first upload has not ended has a name only by that. */
  async #nameOfDraft({ id }: SiteDocument): Promise<string | undefined> {
    try {
      return (await this.#target.versions(id)).items.at(-1)?.name;
    } catch (error) {
      // It was given up meanwhile.
      if (isSiteError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

function add(documents: Map<string, string[]>, name: string, id: string): void {
  const ids = documents.get(name);
  if (ids === undefined) documents.set(name, [id]);
  else if (!ids.includes(id)) ids.push(id);
}
