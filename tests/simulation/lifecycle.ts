import type { MemoryObjectStore } from '@holdfast/core/adapters/memory/memory-object-store.ts';
import type { MemoryS3 } from '@holdfast/core/adapters/memory/memory-s3.ts';
import { isStoreError } from '@holdfast/core/model/errors.ts';
import { VAULT } from '../support/pipeline.ts';

export const DAY_MS = 24 * 3600 * 1000;
export const RETENTION_DAYS = 10;
const UPLOAD_DAYS = 7;

/** What the template's lifecycle rules have done to the vault by a moment: once a day, as S3 does it. */
export function runVaultLifecycle(s3: MemoryS3, store: MemoryObjectStore, now: number): void {
  const vault = s3.bucket(VAULT);
  for (const [key, versions] of [...vault.walk({})]) {
    for (const [index, version] of versions.entries()) {
      // A version is noncurrent since the one above it was made.
      const since = versions[index - 1]?.lastModified;
      if (since !== undefined && now - since >= RETENTION_DAYS * DAY_MS) expire(s3, key, version.versionId);
    }
    const [newest, ...older] = vault.versions(key);
    // A delete marker with nothing below it.
    if (newest !== undefined && newest.content === undefined && older.length === 0)
      expire(s3, key, newest.versionId);
  }
  store.expireUploads(VAULT, now - UPLOAD_DAYS * DAY_MS);
}

function expire(s3: MemoryS3, key: string, versionId: string): void {
  try {
    s3.expireVersion(VAULT, key, versionId);
  } catch (error) {
    // Locked: it goes when its lock has run out.
    if (!isStoreError(error, 'access-denied')) throw error;
  }
}
