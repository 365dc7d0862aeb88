import { isStoreError } from '../../../model/errors.ts';
import type { World } from '../../../ports/world.ts';
import { emptyFolderKey } from '../model/site-key.ts';

/**
 * Sees to it that the vault has what stands for an empty folder of a site: whoever registers a site does it once. Nothing
 * happens where it is there already.
 */
export async function ensureEmptyFolder(
  site: string,
  { store, settings }: Pick<World, 'store' | 'settings'>,
): Promise<void> {
  const place = { bucket: settings.vault, key: emptyFolderKey(site) };
  try {
    await store.put(place, '', 'application/x-directory', { ifAbsent: true });
  } catch (error) {
    if (!isStoreError(error, 'precondition-failed')) throw error;
  }
}
