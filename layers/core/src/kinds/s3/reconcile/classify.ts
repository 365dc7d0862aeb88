import { isSameState } from '../../../model/entry.ts';
import { isArchivedClass } from '../../../model/object.ts';
import type { Pair } from '../../../vault/merge-listings.ts';

/** What a comparison says of one key. `waiting`: unprotected for a reason that the listing shows to hold still. */
export type Finding = 'unchanged' | 'new' | 'changed' | 'gone' | 'waiting' | 'nothing';

/**
 * Compares a source's listing with the catalog's entry, for one key. It says what to look at, not what is true.
 *
 * @param retryWaiting a listing shows a thawed object in its archive class like others: only a look at each can tell
 */
export function classify({ object, entry }: Pair, retryWaiting: boolean): Finding {
  if (object === undefined) return entry === undefined || entry.state === 'deleted' ? 'nothing' : 'gone';
  if (entry === undefined || entry.state === 'deleted') return 'new';
  const same = isSameState(entry, object);
  if (entry.state === 'current') return same ? 'unchanged' : 'changed';
  const stillArchived = entry.reason === 'archived' && isArchivedClass(object.storageClass);
  // Other reasons cannot be seen in a listing (a policy may have been mended): those objects are tried again.
  return same && stillArchived && !retryWaiting ? 'waiting' : 'changed';
}
