import type { Permission } from '../../model/workdocs/records.ts';
import { allPages } from './all-pages.ts';
import type { ItemContext } from './item-context.ts';

/**
 * What is granted on a resource itself. What it inherits stands in the record of the folder that it comes from, so that
 * sharing a folder changes one record and not those of all that is in it.
 */
export async function ownPermissions(id: string, { site }: ItemContext): Promise<Permission[]> {
  const all = await allPages((marker) => site.permissions(id, marker));
  return all.flatMap(({ roles, ...permission }) => {
    const own = roles.filter(({ type }) => type !== 'INHERITED');
    return own.length === 0 ? [] : [{ ...permission, roles: own }];
  });
}
