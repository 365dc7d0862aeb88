import * as v from 'valibot';
import { InvalidInputError } from '../../../model/errors.ts';
import { parseJson } from '../../../model/json.ts';
import { namedValues } from '../../../model/named-values.ts';
import type { Tags } from '../../../model/object.ts';

const TagsRecordSchema = v.object({
  /** The object's key at its source: the record's own is a digest of it. */
  key: v.string(),
  /** The copy that these are the tags of. */
  vaultVersionId: v.string(),
  /** Pairs, since a tag may have any name. */
  tags: v.array(v.tuple([v.string(), v.string()])),
  /** When it was written, ms since 1970: no two records of an object are the same text. */
  at: v.number(),
});

/** What the vault says of a copy's tags after they changed at the source. A copy's own tags count until its first record. */
export type TagsRecord = Omit<v.InferOutput<typeof TagsRecordSchema>, 'tags'> & { readonly tags: Tags };

export function tagsRecordText({ tags, ...record }: TagsRecord): string {
  return `${JSON.stringify({ ...record, tags: Object.entries(tags) })}\n`;
}

/** @throws {InvalidInputError} for a text that is no record */
export function parseTagsRecord(text: string): TagsRecord {
  const parsed = v.safeParse(TagsRecordSchema, parseJson(text));
  if (!parsed.success) throw new InvalidInputError(`not a record of tags: ${text.slice(0, 200)}`);
  return { ...parsed.output, tags: namedValues(parsed.output.tags) };
}

/** True when both are the same names with the same values, in any order. */
export function sameTags(one: Tags, other: Tags): boolean {
  const pairs = Object.entries(one);
  if (pairs.length !== Object.keys(other).length) return false;
  return pairs.every(([name, value]) => Object.hasOwn(other, name) && other[name] === value);
}
