import { defined } from '../model/defined.ts';
import { withDeletionTags } from '../model/deletion-tags.ts';
import { isStoreError } from '../model/errors.ts';
import type { ObjectRef, ObjectStore } from '../ports/object-store.ts';

/** A copy in the vault that is to be marked: its key, and, as far as the catalog knows, its version, ETag and size. */
export type Copy = ObjectRef & { readonly etag?: string; readonly size?: number };

type MarkWorld = { readonly store: Pick<ObjectStore, 'getTags' | 'putTags' | 'hide'> };

/**
 * Marks a copy of what is proven to be gone: tags on its version, and a delete marker on top. Its versions stay.
 *
 * @returns false when the vault's current version is not the one that was to be marked
 */
export async function markDeleted(copy: Copy, deletedAt: number, { store }: MarkWorld): Promise<boolean> {
  const { etag, size: _size, ...ref } = copy;
  try {
    // Tagging replaces the whole set, so the copy's own tags are read and kept.
    const tags = withDeletionTags(await store.getTags(ref), deletedAt);
    if (tags !== undefined) await store.putTags(ref, tags);
    await store.hide({ bucket: ref.bucket, key: ref.key, ...defined({ ifMatch: etag }) });
    return true;
  } catch (error) {
    if (isStoreError(error, 'precondition-failed', 'not-found')) return false;
    throw error;
  }
}
