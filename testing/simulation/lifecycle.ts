import { isStoreError } from '@holdfast/core/model/errors.ts';
import type { MemoryObjectStore } from '../memory/memory-object-store.ts';
import type { MemoryS3 } from '../memory/memory-s3.ts';
import { isObject, type StoredVersion } from '../memory/s3-version.ts';
import { VAULT } from '../pipeline.ts';

export const DAY_MS = 24 * 3600 * 1000;
export const RETENTION_DAYS = 10;
const UPLOAD_DAYS = 7;
/** As ColdAfterDays sets it. */
const COLD_DAYS = 1;

/** Where noncurrent versions move to, if anywhere: the template's ColdStorageClass. */
export type ColdClass = 'GLACIER' | 'DEEP_ARCHIVE' | undefined;

/** What the template's lifecycle rules have done to the vault by a moment: once a day, as S3 does it. */
export function runVaultLifecycle(
  s3: MemoryS3,
  store: MemoryObjectStore,
  now: number,
  cold: ColdClass,
): void {
  const vault = s3.bucket(VAULT);
  for (const [key, versions] of [...vault.walk({})]) {
    for (const [index, version] of versions.entries()) {
      // A version is noncurrent since the one above it was made.
      const since = versions[index - 1]?.lastModified;
      const age = since === undefined ? 0 : now - since;
      if (age >= RETENTION_DAYS * DAY_MS) expire(s3, key, version.versionId);
      else if (cold !== undefined && age >= COLD_DAYS * DAY_MS) freeze(s3, version, cold);
    }
    const [newest, ...older] = vault.versions(key);
    // A delete marker with nothing below it.
    if (newest !== undefined && newest.content === undefined && older.length === 0)
      expire(s3, key, newest.versionId);
  }
  store.expireUploads(VAULT, now - UPLOAD_DAYS * DAY_MS);
}

/** Moves a version into an archive, unless it is in one: then a copy of it that was thawed stays as it is. */
function freeze(s3: MemoryS3, version: StoredVersion, cold: NonNullable<ColdClass>): void {
  // S3 moves nothing below 128 KiB, which the objects of histories stand for more than that, and records never are.
  if (/~(?:tags|acls)\//.test(version.key)) return;
  if (isObject(version) && version.content.storageClass !== cold) s3.moveTo(version, cold);
}

function expire(s3: MemoryS3, key: string, versionId: string): void {
  try {
    s3.expireVersion(VAULT, key, versionId);
  } catch (error) {
    // Locked: it goes when its lock has run out.
    if (!isStoreError(error, 'access-denied')) throw error;
  }
}
