import type { CaptureOutcome } from '../../../model/capture-outcome.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import type { LargeVersion, SiteItem } from '../model/site-messages.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteFolder, SiteReader } from '../site.ts';
import type { SiteWorld } from '../site-world.ts';
import { Once } from './once.ts';
import { SiteOwners } from './site-owners.ts';

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
