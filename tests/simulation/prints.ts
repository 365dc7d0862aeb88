import type { Content } from '@holdfast/core/adapters/memory/s3-version.ts';
import { withoutDeletionTags } from '@holdfast/core/model/deletion-tags.ts';
import { ABSENT, type Print, print } from './model.ts';

/** What a stored object holds, as the model tells it; the marks of a deletion left out. */
export function printOf(content: Content | undefined): Print {
  if (content === undefined) return ABSENT;
  const { body, headers, metadata, tags } = content;
  return print({
    body: body.toString(),
    type: headers.contentType ?? '',
    metadata,
    tags: withoutDeletionTags(tags),
  });
}

/** A key as a breach is told of. */
export function short(key: string): string {
  return key.length > 20 ? `${key.slice(0, 3)}…` : key;
}
