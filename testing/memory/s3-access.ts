import { isStoreError, StoreError } from '@holdfast/core/model/errors.ts';
import type { CopyRequest, ObjectRef, WriteCondition } from '@holdfast/core/ports/object-store.ts';
import type { OwnerOf } from './bucket-owners.ts';
import type { MemoryBucket } from './memory-bucket.ts';
import type { MemoryS3 } from './memory-s3.ts';
import { isFrozen } from './s3-archive.ts';
import type { StoredObject } from './s3-version.ts';

/** Buckets, for somebody who expects each to belong to a certain account. */
export type Access = { readonly world: MemoryS3; readonly ownerOf: OwnerOf };

/** The bucket, when it belongs to whom it should and the pipeline may use it and, if one is named, the key. */
export function openBucket({ world, ownerOf }: Access, name: string, key?: string): MemoryBucket {
  const bucket = world.bucket(name);
  if (bucket.account !== ownerOf(name)) throw new StoreError('access-denied', `access denied to ${name}`);
  if (bucket.denied || (key !== undefined && bucket.deniedKeys.has(key))) {
    throw new StoreError(
      'access-denied',
      `access denied to ${name}${key === undefined ? '' : `, key ${key}`}`,
    );
  }
  return bucket;
}

export function openObject(access: Access, ref: ObjectRef): StoredObject {
  // As the adapter of S3 has it, which would reach the bucket itself.
  if (ref.key === '') throw new StoreError('invalid', `s3://${ref.bucket}/ is no object`);
  const object = openBucket(access, ref.bucket, ref.key).find(ref.key, ref.versionId);
  if (object === undefined)
    throw new StoreError('not-found', `there is no object ${ref.key} in ${ref.bucket}`);
  return object;
}

/** An object whose bytes can be read, in the state the caller expects. */
export function openBytes(access: Access, ref: ObjectRef & { readonly ifMatch?: string }): StoredObject {
  const object = openObject(access, ref);
  if (ref.ifMatch !== undefined && ref.ifMatch !== object.content.etag) {
    throw new StoreError('precondition-failed', `${ref.key} in ${ref.bucket} is no longer ${ref.ifMatch}`);
  }
  if (object.content.customerKey) {
    throw new StoreError('customer-key', `${ref.key} in ${ref.bucket} is encrypted with a customer's key`);
  }
  if (isFrozen(object.content, access.world.now()))
    throw new StoreError('archived', `${ref.key} in ${ref.bucket} is archived`);
  return object;
}

/** The source of a copy. Asked to match an object at the target, S3 does not say which of the two is missing. */
export function openSource(access: Access, { from, to, condition }: CopyRequest): StoredObject {
  try {
    return openBytes(access, from);
  } catch (error) {
    const isClear = condition === undefined || !('ifMatch' in condition) || from.versionId !== undefined;
    if (isClear || !isStoreError(error, 'not-found')) throw error;
    throw new StoreError('precondition-failed', `${from.key} or ${to.key} is not there`);
  }
}

/** Tests the key's current version; a delete marker counts as absent. */
export function checkCondition(bucket: MemoryBucket, key: string, condition?: WriteCondition): void {
  if (condition === undefined) return;
  const current = bucket.current(key)?.content.etag;
  const holds = 'ifMatch' in condition ? current === condition.ifMatch : current === undefined;
  if (!holds) throw new StoreError('precondition-failed', `${key} in ${bucket.name} is not as expected`);
}
