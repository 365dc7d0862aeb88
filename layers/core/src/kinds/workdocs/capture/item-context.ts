import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import { defined } from '../../../model/defined.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import { allPages } from '../all-pages.ts';
import type { LargeVersion, SiteItem } from '../model/site-messages.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteFolder, SiteReader, SiteUser } from '../site.ts';
import type { SiteWorld } from '../site-world.ts';

/** WorkDocs' clock and ours may differ, and what it answers be a little older than its activities. */
export const MARGIN_MS = 2 * 60 * 1000;

/** Where a thing lies. */
export type Place = {
  /** In a recycle bin, or in a folder that is: gone, though its own status may not say so. */
  readonly gone: boolean;
  /** What above it the catalog does not have, or has as deleted. */
  readonly items: readonly SiteItem[];
};

/** Where and how one thing of a site is looked at. */
export type ItemContext = {
  /** The site's name. */
  readonly name: string;
  readonly source: Source;
  readonly site: SiteReader;
  readonly owners: SiteOwners;
  /** Folders above what is looked at, and what climbing through them came to, by the id where it began. */
  readonly folders: Once<SiteFolder | undefined>;
  readonly climbs: Once<Place>;
  readonly world: SiteWorld;
  /** The message was delivered before: a first handler may have died half-way. */
  readonly redelivered: boolean;
  /** What is large is being brought: nothing of it is asked for again. */
  readonly bringsLarge: boolean;
  /** The message is not delivered again: what fails has to be recorded. */
  readonly last: boolean;
  /** Looks at everything, however lately that was done. */
  readonly deep: boolean;
  /** A person said that it may be gone, whatever the site looks like. */
  readonly approved: boolean;
  /** A crawl listed it, within a folder that is there. */
  readonly listed: boolean;
  /** The poll that found it tells of everything since then; absent of what no poll found. */
  readonly since: number | undefined;
  /** Of the delivery, in ms. */
  readonly timeLeft: () => number;
  /** A crawl found it: whatever waits for another message may wait for one that was lost. */
  readonly crawled: boolean;
};

/** What a message says of the look at all that it names. */
export type Look = Pick<
  ItemContext,
  'redelivered' | 'bringsLarge' | 'deep' | 'approved' | 'listed' | 'since' | 'crawled'
>;

/** The context of one delivery: what is asked of the site for one thing, the others in it have for nothing. */
export function contextOf(
  source: Source,
  { receiveCount, timeLeft }: Pick<Delivery, 'receiveCount' | 'timeLeft'>,
  world: SiteWorld,
  look: Look,
): ItemContext {
  const site = world.sites(source);
  return {
    name: siteOf(source.source),
    source,
    site,
    owners: new SiteOwners(source, site),
    folders: new Once(),
    climbs: new Once(),
    world,
    last: receiveCount >= world.settings.maxReceives,
    timeLeft,
    ...look,
  };
}

/** What became of one thing, and what has to be done because of it. */
export type ItemResult = {
  /** `outside`: the source's filters leave it out, and the vault has nothing of it. */
  readonly outcome: CaptureOutcome | { readonly kind: 'outside' };
  /** Bytes that were brought into the vault. */
  readonly newBytes?: number;
  /** Id of a folder that was recycled or brought back: what is in it has to be looked at. */
  readonly walk?: string;
  readonly large?: readonly LargeVersion[];
  readonly items?: readonly SiteItem[];
};

/** `lost-race`: somebody else recorded meanwhile, or the site changed while it was read; look again. */
export type Tried = ItemResult | 'lost-race';

/** Answers that hold for a batch: each is asked for once, and again only where asking failed. */
export class Once<T> {
  readonly #answers = new Map<string, Promise<T>>();

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}

/** Whose a folder without a parent is: a user's root folder, or recycle bin. */
type Owner = { readonly user: SiteUser; readonly as: 'root' | 'bin' };

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
