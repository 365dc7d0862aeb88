import { type Ownership, takesAcls } from '@holdfast/core/model/acl.ts';
import { bucketOf } from '@holdfast/core/model/bucket-uri.ts';
import { asksForAcls, type Source, type SourceSettings } from '@holdfast/core/model/source.ts';
import type { Connection } from '../context.ts';

/** What a bucket does with ACLs, where those are to be remembered: it is asked with one's own rights. */
export async function ownershipOf(
  { acls, settings }: { readonly acls?: boolean; readonly settings: Pick<SourceSettings, 'source'> },
  { world }: Connection,
): Promise<Ownership | undefined> {
  return acls === true ? world.store.ownership(bucketOf(settings.source)) : undefined;
}

/** What somebody should know who has ACLs remembered. */
export function aclLines(source: string, ownership: Ownership | null): string[] {
  if (ownership === null) return [];
  return takesAcls(ownership)
    ? [`  ACLs are remembered where they are not the default one (object ownership: ${ownership})`]
    : [
        `  ${source} has ACLs switched off (object ownership: ${ownership}): there are none to remember, and none are read`,
      ];
}

/**
 * Since when ACLs are remembered. Where that ends, until when they were is still of use, for restores of what was before.
 *
 * @param now ms since 1970
 */
export function aclsSetting(
  asked: boolean,
  known: Source | undefined,
  now: number,
): Pick<SourceSettings, 'acls'> {
  const before = known?.acls;
  if (asked) return { acls: before !== undefined && asksForAcls(known) ? before : { since: now } };
  if (before === undefined) return {};
  return { acls: asksForAcls(known) ? { ...before, until: now } : before };
}
