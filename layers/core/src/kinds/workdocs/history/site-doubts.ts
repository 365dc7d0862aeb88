import type { World } from '../../../ports/world.ts';
import type { TopDoubt } from '../../../source/candidate.ts';
import { recordKeyOf, refOfEntryKey, versionsPrefix } from '../model/site-key.ts';
import { siteOf } from '../model/site-uri.ts';
import { bytesNamed, isRecordInDoubt, recordPairs } from './record-pairs.ts';

/** Records of a site, and bytes, where something else seems to lie on top in the vault than the catalog names. */
export async function* siteDoubts(
  source: string,
  world: Pick<World, 'store' | 'settings' | 'catalog'>,
): AsyncGenerator<TopDoubt> {
  const site = siteOf(source);
  for await (const pair of recordPairs(source, undefined, world)) {
    if (!isRecordInDoubt(pair)) continue;
    const { key, entry } = pair;
    const hasBytes = entry !== undefined && bytesNamed(entry) > 0;
    const bytesUnder = hasBytes ? { bytesUnder: versionsPrefix(site, refOfEntryKey(key).id) } : {};
    yield { key, vaultKey: recordKeyOf(site, key), ...bytesUnder };
  }
}
