import type { Source } from '../../model/source.ts';
import type { Checksums } from '../../ports/checksums.ts';
import type { Unwired } from '../../ports/world.ts';
import type { SiteReader } from './site.ts';

/** Finds the way to a source's site: its region, and the role by which it is read. */
export type SiteLookup = (source: Pick<Source, 'source' | 'site'>) => SiteReader;

/** The world of the flows that read WorkDocs sites. */
export type SiteWorld = Unwired & { readonly sites: SiteLookup; readonly checksums: Checksums };
