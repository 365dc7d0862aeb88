import type { ClientOptions } from '../../../aws/clients.ts';
import { siteOf } from '../model/site-uri.ts';
import type { SiteLookup } from '../site-world.ts';
import { workDocsClient } from './workdocs-client.ts';
import { WorkDocsReader } from './workdocs-reader.ts';

/**
 * Makes the ways to sites, once for each source, region and role.
 *
 * @param options the region is that of a source that names none
 */
export function siteLookup(options: ClientOptions = {}): SiteLookup {
  const known = new Map<string, WorkDocsReader>();
  return (place) => {
    const key = JSON.stringify([place.source, place.site?.region, place.site?.roleArn]);
    const made = known.get(key) ?? new WorkDocsReader(workDocsClient(place, options), siteOf(place.source));
    known.set(key, made);
    return made;
  };
}
