import { allPages } from '../all-pages.ts';
import type { Permission } from '../model/records.ts';
import { SiteError } from '../site-error.ts';
import type { ItemContext } from './item-context.ts';

/**
 * What is granted on a resource itself. What it inherits stands in the record of the folder that it comes from, so that
 * sharing a folder changes one record and not those of all that is in it.
 *
 * Everything has an owner. A site without users that answers with none has ended: its lists are empty, of comments too, and
 * a record made of them would forget what the one before it knows.
 *
 * @throws {SiteError} `unavailable` for such a site
 */
export async function ownPermissions(
  id: string,
  { site, source, owners }: ItemContext,
): Promise<Permission[]> {
  const all = await allPages((marker) => site.permissions(id, marker));
  if (all.length === 0 && !(await owners.anybody()))
    throw new SiteError(
      'unavailable',
      `${source.source} lists no users, nor who may see ${id}: WorkDocs ended on 2025-04-25. The record stays as it is`,
    );
  return all.flatMap(({ roles, ...permission }) => {
    const own = roles.filter(({ type }) => type !== 'INHERITED');
    return own.length === 0 ? [] : [{ ...permission, roles: own }];
  });
}
