import { SiteRefusal } from './site-refusal.ts';
import { SiteState } from './site-state.ts';
import {
  type FolderThing,
  latestOf,
  nameOf,
  type ResourceThing,
  type ThingStatus,
  type UserThing,
} from './site-things.ts';

/** Source: WorkDocs API reference, "ResourceNameType": `[\u0020-\u202D\u202F-\uFFFF]+`, 1 to 255 characters. */
const NAME = /^[\u0020-\u202D\u202F-\uFFFF]{1,255}$/;

/** Of a new user: what is not given is as WorkDocs has it for a new user. */
type UserOptions = Partial<
  Pick<UserThing, 'email' | 'givenName' | 'surname' | 'status' | 'type' | 'timeZone' | 'locale'>
>;

/**
 * What people do with users, folders, and the places of things. Each operation happens now, by the site's clock, and leaves
 * the activities that WorkDocs leaves of it; `by` is who does it, the owner unless given.
 *
 * Assumptions, where AWS says nothing: two documents of one folder may share a name, two folders may not; a restored thing
 * goes back to where it lay, or into the root folder when that is gone; a document that is deleted for good leaves no
 * activity (there is no type for it), nor do changes of users, labels and custom metadata.
 */
export class SiteTree extends SiteState {
  createUser(username: string, options: UserOptions = {}): UserThing {
    if (this.users.values().some((user) => user.username === username))
      throw new SiteRefusal('EntityAlreadyExistsException', `there is a user ${username} already`);
    const id = this.ids.user();
    const now = this.clock();
    const user: UserThing = {
      id,
      username,
      email: `${username}@example.com`,
      status: 'ACTIVE',
      type: 'USER',
      ...options,
      rootFolderId: this.#putFolder('/', id).id,
      recycleBinFolderId: this.#putFolder('RecycleBin', id).id,
      createdAt: now,
      modifiedAt: now,
    };
    this.users.set(id, user);
    return user;
  }

  deactivateUser(id: string): void {
    this.#setStatus(id, 'INACTIVE');
  }

  activateUser(id: string): void {
    this.#setStatus(id, 'ACTIVE');
  }

  /** Renames a user, as a change in the directory does. */
  renameUser(id: string, username: string): void {
    const user = this.user(id);
    user.username = username;
    user.modifiedAt = this.clock();
  }

  /** Deletes a user with all that is theirs. */
  deleteUser(id: string): void {
    const user = this.user(id);
    for (const folderId of [user.rootFolderId, user.recycleBinFolderId])
      this.#removeAll(this.folder(folderId));
    this.users.delete(id);
  }

  /**
   * Hands an inactive user's folders and documents over to an active one: into a folder named after the former.
   * The folder is an assumption.
   */
  transferOwnership(fromId: string, toId: string): FolderThing {
    const [from, to] = [this.user(fromId), this.user(toId)];
    if (from.status !== 'INACTIVE')
      throw new SiteRefusal('IllegalUserStateException', `${from.username} is not inactive`);
    const folder = this.createFolder(to.rootFolderId, from.username, to.id);
    for (const thing of this.childrenOf(from.rootFolderId)) this.move(thing.id, folder.id, to.id);
    for (const thing of this.below(folder.id)) thing.creatorId = to.id;
    return folder;
  }

  createFolder(parentId: string, name: string, by = this.ownerOf(this.folder(parentId).id).id): FolderThing {
    this.checkActive(this.folder(parentId));
    this.#checkFolderName(parentId, name);
    const folder = this.#putFolder(name, by, parentId);
    this.note('FOLDER_CREATED', folder, { by });
    return folder;
  }

  rename(id: string, name: string, by?: string): void {
    const thing = this.resource(id);
    this.checkActive(thing);
    const originalName = nameOf(thing);
    if (thing.kind === 'folder') {
      this.#checkFolderName(thing.parentId ?? '', name, id);
      thing.name = name;
    } else {
      this.checkName(name);
      const named = latestOf(thing) ?? thing.versions.at(-1);
      if (named !== undefined) named.name = name;
    }
    this.#changed(thing, 'RENAMED', by, { originalName });
  }

  move(id: string, parentId: string, by?: string): void {
    const thing = this.resource(id);
    this.checkActive(thing);
    if (thing.parentId === undefined)
      throw new SiteRefusal('InvalidOperationException', `root folder ${id} cannot be moved`);
    this.checkActive(this.folder(parentId));
    if (this.pathOf(parentId).includes(thing))
      throw new SiteRefusal('InvalidOperationException', `${id} cannot be moved into itself`);
    if (thing.kind === 'folder') this.#checkFolderName(parentId, thing.name, id);
    const originalParentId = thing.parentId;
    this.place(thing, parentId);
    this.#changed(thing, 'MOVED', by, { originalParentId });
  }

  /** Into the recycle bin of whoever owns it, a folder with all that is in it. */
  recycle(id: string, by?: string): void {
    const thing = this.resource(id);
    this.checkActive(thing);
    const originalParentId = thing.parentId;
    if (originalParentId === undefined)
      throw new SiteRefusal('InvalidOperationException', `root folder ${id} cannot be recycled`);
    const owner = this.ownerOf(id);
    thing.recycledFrom = originalParentId;
    this.place(thing, owner.recycleBinFolderId);
    this.#setState(thing, 'RECYCLED');
    this.#changed(thing, 'RECYCLED', by, { originalParentId });
  }

  /** Out of the recycle bin: to a folder, or back to where it was. */
  restore(id: string, parentId?: string, by?: string): void {
    const thing = this.resource(id);
    if (thing.status !== 'RECYCLED' || thing.recycledFrom === undefined)
      throw new SiteRefusal('ProhibitedStateException', `${id} does not lie in a recycle bin`);
    this.place(thing, parentId ?? this.#placeBefore(thing));
    delete thing.recycledFrom;
    this.#setState(thing, 'ACTIVE');
    this.#changed(thing, 'RESTORED', by);
  }

  /** Deletes for good, a folder with all that is in it. */
  delete(id: string, by?: string): void {
    const thing = this.resource(id);
    if (thing.parentId === undefined)
      throw new SiteRefusal('InvalidOperationException', `root folder ${id} cannot be deleted`);
    if (thing.kind === 'folder') this.note('FOLDER_DELETED', thing, this.#who(thing, by));
    this.#removeAll(thing);
  }

  /** DeleteFolderContents. */
  emptyFolder(id: string): void {
    for (const child of this.childrenOf(this.folder(id).id)) this.delete(child.id);
  }

  /** Overwrites what is there of a status, as an operation that takes its time does. */
  setState(id: string, status: ThingStatus): void {
    this.#setState(this.resource(id), status);
  }

  protected checkName(name: string): void {
    if (!NAME.test(name)) throw new SiteRefusal('InvalidArgumentException', `"${name}" is not a name`);
  }

  #checkFolderName(parentId: string, name: string, except?: string): void {
    this.checkName(name);
    const rival = this.childrenOf(parentId).find(
      (child) => child.kind === 'folder' && child.name === name && child.id !== except,
    );
    if (rival !== undefined)
      throw new SiteRefusal(
        'EntityAlreadyExistsException',
        `folder ${parentId} has a folder "${name}" already`,
      );
  }

  #putFolder(name: string, creatorId: string, parentId?: string): FolderThing {
    const now = this.clock();
    return this.put({
      kind: 'folder',
      id: this.ids.resource(),
      order: this.nextOrder(),
      ...(parentId === undefined ? {} : { parentId }),
      name,
      creatorId,
      createdAt: now,
      modifiedAt: now,
      status: 'ACTIVE',
      labels: new Set(),
      customMetadata: new Map(),
      grants: new Map(),
    });
  }

  #placeBefore(thing: ResourceThing): string {
    try {
      const before = this.folder(thing.recycledFrom ?? '');
      if (before.status === 'ACTIVE') return before.id;
    } catch {
      // It was deleted for good meanwhile.
    }
    return this.ownerOf(thing.id).rootFolderId;
  }

  #setState(thing: ResourceThing, status: ThingStatus): void {
    thing.status = status;
    for (const inner of thing.kind === 'folder' ? this.below(thing.id) : []) inner.status = status;
  }

  #setStatus(id: string, status: UserThing['status']): void {
    const user = this.user(id);
    user.status = status;
    user.modifiedAt = this.clock();
  }

  /** What happens to a folder happens, indirectly, to all that is in it. */
  #changed(
    thing: ResourceThing,
    what: 'RENAMED' | 'MOVED' | 'RECYCLED' | 'RESTORED',
    by: string | undefined,
    more: { readonly originalName?: string; readonly originalParentId?: string } = {},
  ): void {
    thing.modifiedAt = this.clock();
    this.note(`${thing.kind.toUpperCase()}_${what}`, thing, { ...this.#who(thing, by), ...more });
    if (thing.kind === 'document' || what === 'RENAMED') return;
    for (const inner of this.below(thing.id))
      this.note(`${inner.kind.toUpperCase()}_${what}`, inner, { ...this.#who(inner, by), indirect: true });
  }

  #who(thing: ResourceThing, by: string | undefined): { readonly by: string } {
    return { by: by ?? this.ownerOf(thing.id).id };
  }

  #removeAll(thing: ResourceThing): void {
    for (const inner of thing.kind === 'folder' ? [...this.below(thing.id)] : []) this.remove(inner);
    this.remove(thing);
  }
}
