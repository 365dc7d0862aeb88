import type { Content } from '@holdfast/core/adapters/memory/s3-version.ts';
import { ownTags } from '@holdfast/core/model/origin.ts';
import { ABSENT, type Print, print } from './model.ts';

/** What a stored object holds, as the model tells it; what Holdfast adds to its tags left out. */
export function printOf(content: Content | undefined): Print {
  if (content === undefined) return ABSENT;
  const { body, headers, metadata, tags } = content;
  return print({
    body: body.toString(),
    type: headers.contentType ?? '',
    metadata,
    tags: ownTags(tags),
  });
}

/** A key as a breach is told of. */
export function short(key: string): string {
  return key.length > 20 ? `${key.slice(0, 3)}…` : key;
}
