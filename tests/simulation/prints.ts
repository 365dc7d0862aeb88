import { createHash } from 'node:crypto';
import type { MemoryBucket } from '@holdfast/core/adapters/memory/memory-bucket.ts';
import type { Content } from '@holdfast/core/adapters/memory/s3-content.ts';
import { isObject } from '@holdfast/core/adapters/memory/s3-version.ts';
import { ownTags } from '@holdfast/core/model/origin.ts';
import { vaultPlace } from '@holdfast/core/model/vault-key.ts';
import { ABSENT, type Print, print } from './model.ts';

/**
 * What a stored object holds, as the model tells it; what Holdfast adds to its tags left out.
 *
 * @param beside the tags that a record beside it says, if there is one
 */
export function printOf(content: Content | undefined, beside?: Content['tags']): Print {
  if (content === undefined) return ABSENT;
  const { body, headers, metadata, tags } = content;
  return print({
    body: body.toString(),
    type: headers.contentType ?? '',
    metadata,
    tags: beside ?? ownTags(tags),
  });
}

/** What is on top of an object in the vault, with the tags that the newest record beside it says of it. */
export function printOfCopy(vault: MemoryBucket, bucket: string, key: string): Print {
  const copy = vault.current(vaultPlace(bucket, key).key);
  const digest = createHash('sha256').update(key).digest('hex');
  const newest = vault.versions(`s3/${bucket}~tags/${digest}.json`).find(isObject);
  if (copy === undefined || newest === undefined) return printOf(copy?.content);
  const record = JSON.parse(newest.content.body.toString()) as {
    readonly vaultVersionId: string;
    readonly tags: ReadonlyArray<readonly [string, string]>;
  };
  const isOfIt = record.vaultVersionId === copy.versionId;
  return printOf(copy.content, isOfIt ? Object.fromEntries(record.tags) : undefined);
}

/** A key as a breach is told of. */
export function short(key: string): string {
  return key.length > 20 ? `${key.slice(0, 3)}…` : key;
}
