import { StoreError } from '@holdfast/core/model/errors.ts';
import type { ListedObject, ListedVersion } from '@holdfast/core/model/object.ts';
import type {
  ListRequest,
  ListVersionsRequest,
  ObjectPage,
  VersionPage,
} from '@holdfast/core/ports/object-store.ts';
import type { MemoryBucket } from './memory-bucket.ts';
import { isObject, type StoredObject, toListedVersion } from './s3-version.ts';

/** One page of ListObjectsV2. @param pageSize S3's own limit, which a request cannot raise */
export function objectPage(bucket: MemoryBucket, request: ListRequest, pageSize: number): ObjectPage {
  const { items, more } = cut(listObjects(bucket, request), request.limit, pageSize);
  return { objects: items, more };
}

/** One page of ListObjectVersions. */
export function versionPage(
  bucket: MemoryBucket,
  request: ListVersionsRequest,
  pageSize: number,
): VersionPage {
  const { items, more } = cut(listVersions(bucket, request), request.limit, pageSize);
  const last = items.at(-1);
  if (!more || last === undefined) return { versions: items };
  return { versions: items, next: { key: last.key, versionId: last.versionId } };
}

function* listObjects(bucket: MemoryBucket, { prefix, after }: ListRequest): Generator<ListedObject> {
  for (const [, [newest]] of bucket.walk(walkOptions(prefix, after))) {
    if (isObject(newest)) yield toListedObject(newest);
  }
}

function* listVersions(
  bucket: MemoryBucket,
  { prefix, marker }: ListVersionsRequest,
): Generator<ListedVersion> {
  const below = marker && markerOrder(bucket, marker);
  const options = { ...walkOptions(prefix, marker?.key), inclusive: below !== undefined };
  for (const [key, versions] of bucket.walk(options)) {
    for (const [index, version] of versions.entries()) {
      const seen = below !== undefined && key === marker?.key && version.order >= below;
      if (!seen) yield toListedVersion(version, index === 0);
    }
  }
}

function markerOrder(bucket: MemoryBucket, marker: { key: string; versionId?: string }): number | undefined {
  if (marker.versionId === undefined) return undefined;
  const order = bucket.orderOf(marker.key, marker.versionId);
  if (order === undefined) throw new StoreError('invalid', `invalid version id marker: ${marker.versionId}`);
  return order;
}

function walkOptions(prefix: string | undefined, after: string | undefined) {
  return { ...(prefix === undefined ? {} : { prefix }), ...(after === undefined ? {} : { after }) };
}

function toListedObject({ key, lastModified, content }: StoredObject): ListedObject {
  const { etag, body, storageClass } = content;
  return { key, etag, size: body.length, lastModified, storageClass };
}

function cut<T>(all: Iterable<T>, limit: number | undefined, pageSize: number) {
  const size = Math.min(limit ?? pageSize, pageSize);
  const items: T[] = [];
  for (const item of all) {
    if (items.length === size) return { items, more: true };
    items.push(item);
  }
  return { items, more: false };
}
