import type { SitePage } from './site.ts';
import { isSiteError } from './site-error.ts';

/** So often a listing is begun again: one whose markers are never good would be read for ever. */
const MAX_RESTARTS = 3;

/** Where in a listing somebody is, and how often it was begun again. */
type ListingPlace = { readonly marker?: string | undefined; readonly restarts?: number | undefined };

/** A page, and how often its listing was begun again by then. */
export type CountedPage<T> = SitePage<T> & { readonly restarts: number };

/** Asks for the next page of a listing, or for its first one again when the marker is good no more, which takes only time. */
export async function pageOrAnew<T>(
  { marker, restarts = 0 }: ListingPlace,
  ask: (marker?: string) => Promise<SitePage<T>>,
): Promise<CountedPage<T>> {
  try {
    return { ...(await ask(marker)), restarts };
  } catch (error) {
    if (!isSiteError(error, 'invalid') || marker === undefined || restarts >= MAX_RESTARTS) throw error;
    return { ...(await ask()), restarts: restarts + 1 };
  }
}
