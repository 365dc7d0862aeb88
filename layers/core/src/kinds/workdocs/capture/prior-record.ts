import { defined } from '../../../model/defined.ts';
import { InvalidInputError, isStoreError } from '../../../model/errors.ts';
import { parseRecord, type SiteRecord } from '../model/records.ts';
import { type RecordRef, recordKey } from '../model/site-key.ts';
import type { RecordWorld, Seen } from './keep-record.ts';

/**
 * The newest record that the vault has of something, also of something that was deleted; undefined when it has none, or one
 * that nobody can read: that has to be written again, and what it said is not known.
 */
export async function priorRecord(
  site: string,
  ref: RecordRef,
  { entry, top }: Seen,
  { store, settings }: RecordWorld,
): Promise<SiteRecord | undefined> {
  const onTop = top?.found === true;
  const versionId = onTop ? top.object.versionId : entry?.vaultVersionId;
  if (!onTop && versionId === undefined) return undefined;
  const key = recordKey(site, ref);
  try {
    const text = await store.get({ bucket: settings.vault, key, ...defined({ versionId }) });
    return parseRecord(text, key);
  } catch (error) {
    // Of something deleted so long ago that its retention has ended.
    if (isStoreError(error, 'not-found') || error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
