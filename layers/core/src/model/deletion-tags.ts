import { namedValues } from './named-values.ts';
import type { Tags } from './object.ts';

const DELETED = 'Deleted';
const DELETED_AT = 'DeletedAt';
const MAX_TAGS = 10;
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * The tags of a copy whose source was deleted: its own, and the two marks. Tagging replaces the whole set, so the
 * own ones have to be in it.
 *
 * @returns undefined when S3's limit of ten leaves no room: the object keeps its own tags then
 */
export function withDeletionTags(own: Tags, deletedAt: number): Tags | undefined {
  const marks = { [DELETED]: 'True', [DELETED_AT]: new Date(deletedAt).toISOString() };
  const merged = namedValues([...Object.entries(own), ...Object.entries(marks)]);
  return Object.keys(merged).length > MAX_TAGS ? undefined : merged;
}

/**
 * The object's own tags, as they were before Holdfast marked its deletion. Only the two marks together, in the form that
 * Holdfast gives them, are marks; an owner may use the same names for something else.
 */
export function withoutDeletionTags(tags: Tags): Tags {
  if (tags[DELETED] !== 'True' || !ISO.test(tags[DELETED_AT] ?? '')) return tags;
  return namedValues(Object.entries(tags).filter(([key]) => key !== DELETED && key !== DELETED_AT));
}
