import type { Clock } from '@holdfast/core/ports/clock.ts';
import { SiteIds } from './site-ids.ts';
import { type LoggedActivity, SiteLog } from './site-log.ts';
import { noSuch, SiteRefusal } from './site-refusal.ts';
import {
  type DocumentThing,
  type FolderThing,
  nameOf,
  type ResourceThing,
  type UserThing,
  type VersionThing,
} from './site-things.ts';
import { SiteUrls } from './site-urls.ts';

export type SiteOptions = {
  /** The present, in ms since 1970. */
  readonly clock: Clock;
  /** `d-9067e0513b` unless given. */
  readonly organizationId?: string;
};

/** What a listing or an answer by id comes to after the end of the service. */
type End = {
  /**
   * What is asked for by id. AWS says nothing of it, and what is reported are empty lists: so the worst case is the usual
   * one here.
   */
  readonly byId: 'not-found' | 'access-denied' | 'answers';
};

/** Users, folders, documents and activities of a site in memory, and what makes it refuse. */
export class SiteState {
  readonly organizationId: string;
  readonly clock: Clock;
  readonly ids: SiteIds;
  readonly log = new SiteLog();
  readonly urls: SiteUrls;
  readonly users = new Map<string, UserThing>();
  /** Ids of things that the caller may not look at. */
  readonly denied = new Set<string>();
  /** Set once the service has ended. */
  ended: End | undefined;
  readonly #resources = new Map<string, ResourceThing>();
  readonly #children = new Map<string, Set<ResourceThing>>();
  #order = 0;
  #throttled = 0;

  constructor({ clock, organizationId = 'd-9067e0513b' }: SiteOptions) {
    this.clock = clock;
    this.organizationId = organizationId;
    this.ids = new SiteIds(organizationId);
    this.urls = new SiteUrls(organizationId);
  }

  /** The service ends: from now on every list is empty. */
  end(end: End = { byId: 'not-found' }): void {
    this.ended = end;
  }

  /** The next requests are throttled. */
  throttle(requests: number): void {
    this.#throttled = requests;
  }

  /** What every request goes through. @throws {SiteRefusal} `ThrottlingException` */
  pass(): void {
    if (this.#throttled === 0) return;
    this.#throttled -= 1;
    throw new SiteRefusal('ThrottlingException', 'Rate exceeded');
  }

  user(id: string): UserThing {
    const user = this.users.get(id);
    if (user === undefined) throw noSuch('user', id);
    return user;
  }

  resource(id: string): ResourceThing {
    const found = this.#resources.get(id);
    if (found === undefined) throw noSuch('resource', id);
    return found;
  }

  folder(id: string): FolderThing {
    const found = this.#resources.get(id);
    if (found?.kind !== 'folder') throw noSuch('folder', id);
    return found;
  }

  document(id: string): DocumentThing {
    const found = this.#resources.get(id);
    if (found?.kind !== 'document') throw noSuch('document', id);
    return found;
  }

  version(documentId: string, versionId: string): VersionThing {
    const found = this.document(documentId).versions.find(({ id }) => id === versionId);
    if (found === undefined) throw noSuch(`version of document ${documentId}`, versionId);
    return found;
  }

  /** All folders and documents, in the order in which they were made. */
  resources(): IteratorObject<ResourceThing> {
    return this.#resources.values();
  }

  /** What lies in a folder, in the order in which it was made. */
  childrenOf(folderId: string): ResourceThing[] {
    return [...(this.#children.get(folderId) ?? [])].sort((a, b) => a.order - b.order);
  }

  /** Whatever lies below a folder, at any depth. */
  *below(folderId: string): Generator<ResourceThing> {
    for (const child of this.childrenOf(folderId)) {
      yield child;
      if (child.kind === 'folder') yield* this.below(child.id);
    }
  }

  /** From the root folder or recycle bin down to the thing itself. */
  pathOf(id: string): ResourceThing[] {
    const path: ResourceThing[] = [];
    for (let at: ResourceThing | undefined = this.resource(id); at !== undefined; ) {
      path.unshift(at);
      at = at.parentId === undefined ? undefined : this.#resources.get(at.parentId);
    }
    return path;
  }

  /** Whose root folder or recycle bin a thing lies in. */
  ownerOf(id: string): UserThing {
    const top = this.pathOf(id)[0]?.id;
    const owner = this.users
      .values()
      .find(({ rootFolderId, recycleBinFolderId }) => top === rootFolderId || top === recycleBinFolderId);
    if (owner === undefined) throw noSuch('owner of', id);
    return owner;
  }

  protected put<T extends ResourceThing>(thing: T): T {
    this.#resources.set(thing.id, thing);
    this.#placed(thing);
    return thing;
  }

  protected place(thing: ResourceThing, parentId: string): void {
    this.#unplaced(thing);
    thing.parentId = parentId;
    this.#placed(thing);
  }

  protected remove(thing: ResourceThing): void {
    this.#unplaced(thing);
    this.#resources.delete(thing.id);
    this.#children.delete(thing.id);
  }

  protected nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  /** Writes what happened to a thing into the log. */
  protected note(
    type: string,
    thing: ResourceThing,
    more: Partial<Omit<LoggedActivity, 'type' | 'order' | 'kind' | 'id'>> = {},
  ): void {
    const { kind, id, parentId } = thing;
    const where = parentId === undefined ? {} : { parentId };
    this.log.add({
      type,
      at: this.clock(),
      kind,
      id,
      name: nameOf(thing),
      indirect: false,
      ...where,
      ...more,
    });
  }

  /** @throws {SiteRefusal} for what lies in a recycle bin, or under what does */
  protected checkActive(thing: ResourceThing): void {
    if (thing.status !== 'ACTIVE')
      throw new SiteRefusal('ProhibitedStateException', `${thing.kind} ${thing.id} is ${thing.status}`);
  }

  #placed(thing: ResourceThing): void {
    if (thing.parentId === undefined) return;
    const siblings = this.#children.get(thing.parentId) ?? new Set();
    siblings.add(thing);
    this.#children.set(thing.parentId, siblings);
  }

  #unplaced(thing: ResourceThing): void {
    if (thing.parentId !== undefined) this.#children.get(thing.parentId)?.delete(thing);
  }
}
