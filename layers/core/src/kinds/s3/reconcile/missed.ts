import type { Entry } from '../../../model/entry.ts';
import type { ListedObject } from '../../../model/object.ts';
import type { Source } from '../../../model/source.ts';
import type { CaptureBatch } from '../model/bucket-messages.ts';

/** What the backlog is told of an object that is to be captured. */
export function toCapture(object: ListedObject, entry: Entry | undefined): CaptureBatch['items'][number] {
  const { key, etag, size, lastModified } = object;
  return { key, etag, size, lastModified, ...(entry === undefined ? { unrecorded: true } : {}) };
}

/**
 * Of an object that differs from its entry: whether its event should have come by now. If the object was looked at since,
 * one did, whatever came of it.
 *
 * @param before what changed later, ms since 1970, may still be on its way
 */
export function isMissed(
  { lastModified }: ListedObject,
  entry: Entry | undefined,
  { protectedAt }: Pick<Source, 'protectedAt'>,
  before: number,
): boolean {
  if (lastModified <= protectedAt || lastModified >= before) return false;
  return entry === undefined || entry.state !== 'unprotected' || entry.updatedAt < lastModified;
}
