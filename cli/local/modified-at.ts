import type { ObjectFacts } from '@holdfast/core/model/object.ts';
import type { Selected } from '@holdfast/core/source/selection.ts';
import { metadataTime } from './metadata-time.ts';

const DAY_MS = 24 * 3600 * 1000;
/** 1901-12-13T20:45:53Z: what every disk and archive here can hold, with a fraction of a second. */
const EARLIEST = (1 - 2 ** 31) * 1000;

/**
 * When the bytes were last changed, in milliseconds since 1970: what the source knew, else what tools keep in the metadata
 * (docs/restore.md, "The time of a file"), if it can be true; else when the vault got them.
 */
export function modifiedAt(
  { metadata, lastModified }: Pick<ObjectFacts, 'metadata' | 'lastModified'>,
  { modifiedAt: known }: Pick<Selected, 'modifiedAt'> = {},
): number {
  if (known !== undefined) return known;
  const at = metadataTime(metadata);
  return at !== undefined && at >= EARLIEST && at <= lastModified + DAY_MS ? at : lastModified;
}
