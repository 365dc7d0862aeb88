import { defined } from '../../../model/defined.ts';
import type { Source } from '../../../model/source.ts';
import { allPages } from '../all-pages.ts';
import type { SiteReader, SiteUser } from '../site.ts';

/** Whose a folder without a parent is: a user's root folder, or recycle bin. */
export type Owner = { readonly user: SiteUser; readonly as: 'root' | 'bin' };

/** The users of a site by their root folders and recycle bins: listed at most once, and only when somebody asks. */
export class SiteOwners {
  readonly #source: Source;
  readonly #site: SiteReader;
  #anybody: Promise<boolean> | undefined;
  #owners: Promise<ReadonlyMap<string, Owner>> | undefined;

  constructor(source: Source, site: SiteReader) {
    this.#source = source;
    this.#site = site;
  }

  /** @returns undefined for a folder of nobody, or of a user who is not backed up */
  async of(folderId: string): Promise<Owner | undefined> {
    this.#owners ??= this.#list();
    return (await this.#owners).get(folderId);
  }

  /** False for a site that lists no user at all: one whose service has ended, and that says of everything that it is gone. */
  anybody(): Promise<boolean> {
    this.#anybody ??= this.#askForAnybody();
    return this.#anybody;
  }

  async #askForAnybody(): Promise<boolean> {
    let marker: string | undefined;
    do {
      const { items, next } = await this.#site.users(defined({ marker }));
      if (items.length > 0) return true;
      marker = next;
    } while (marker !== undefined);
    return false;
  }

  async #list(): Promise<ReadonlyMap<string, Owner>> {
    const query = this.#source.site?.users;
    const users = await allPages((marker) => this.#site.users(defined({ query, marker })));
    const owners = new Map<string, Owner>();
    for (const user of users) {
      if (user.rootFolderId !== undefined) owners.set(user.rootFolderId, { user, as: 'root' });
      if (user.recycleBinFolderId !== undefined) owners.set(user.recycleBinFolderId, { user, as: 'bin' });
    }
    return owners;
  }
}
