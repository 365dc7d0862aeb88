import { isSiteError, SiteError } from '../site-error.ts';
import type { ItemContext } from './item-context.ts';

/**
 * Asks a site for one thing by its id. That it is not there is the only proof of that there is, and only from a site that
 * has users: since its end, WorkDocs may say so of everything.
 *
 * @returns undefined when it is proven to be gone
 * @throws {SiteError} `unavailable` when nothing that the site says of the kind can be believed
 */
export async function askById<T>(
  ask: () => Promise<T>,
  { owners, approved, source: { source } }: ItemContext,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isSiteError(error, 'not-found')) throw error;
    if (approved || (await owners.anybody())) return undefined;
    const why = 'the site lists no users: WorkDocs ended on 2025-04-25. Nothing is marked deleted';
    throw new SiteError('unavailable', `${source} says that it is not there, but ${why}`, { cause: error });
  }
}
