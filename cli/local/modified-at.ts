import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import type { ObjectFacts } from '@holdfast/core/model/object.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * When the bytes were last changed, in milliseconds: what the source knew, else what rclone and others keep in the metadata `mtime` (seconds, with
 * or without a fraction), if it can be true; else when the vault got them.
 */
export function modifiedAt(
  { metadata, lastModified }: Pick<ObjectFacts, 'metadata' | 'lastModified'>,
  { modifiedAt: known }: Pick<Selected, 'modifiedAt'> = {},
): number {
  if (known !== undefined) return known;
  const text = metadata['mtime'] ?? '';
  const at = /^\d{1,11}(?:\.\d{1,9})?$/.test(text) ? Math.floor(Number(text) * 1000) : 0;
  return at > 0 && at <= lastModified + DAY_MS ? at : lastModified;
}
