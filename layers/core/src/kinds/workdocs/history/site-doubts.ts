import type { Entry } from '../../../model/entry.ts';
import type { World } from '../../../ports/world.ts';
import type { TopDoubt, TopRules } from '../../../source/candidate.ts';
import { recordKeyOf, refOfEntryKey, versionsPrefix } from '../model/site-key.ts';
import { siteOf } from '../model/site-uri.ts';
import { bytesNamed, isRecordInDoubt, recordPairs } from './record-pairs.ts';

/** A crawl compares every record with the catalog, and what has none by then is told by the doubts about it alone. */
export const SITE_TOP: TopRules = {
  unprotectedMayBeHidden: false,
  toldUnmatched: false,
  comparedByFilter: false,
};

/** Records of a site, and bytes, where something else seems to lie on top in the vault than the catalog names. */
export async function* siteDoubts(
  source: string,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<TopDoubt> {
  const site = siteOf(source);
  for await (const pair of recordPairs(source, undefined, world)) {
    if (!isRecordInDoubt(pair)) continue;
    const { key, entry } = pair;
    const doubt = { key, vaultKey: recordKeyOf(site, key) };
    if (named(entry) === 0) yield doubt;
    else yield { ...doubt, bytes: { under: versionsPrefix(site, refOfEntryKey(key).id), named } };
  }
}

function named(entry: Entry | undefined): number {
  return entry === undefined ? 0 : bytesNamed(entry);
}
