import { MemoryObjectStore } from '../../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../../testing/memory/memory-s3.ts';
import type { StoreWorld } from '../suites/object-store-world.ts';

/** Buckets in memory, all within one second. */
export function memoryStoreWorld(): StoreWorld {
  let now = Date.parse('2026-03-01T12:00:00.345Z');
  const s3 = new MemoryS3({ now: () => now });
  let buckets = 0;
  return {
    store: new MemoryObjectStore(s3),
    createBucket: async ({ versioned, ownership = 'BucketOwnerEnforced' }) => {
      const name = `bucket-${++buckets}`;
      s3.createBucket(name, { versioning: versioned ? 'enabled' : 'never' }).ownership = ownership;
      return name;
    },
    put: async (bucket, key, body, attributes) => s3.put(bucket, key, body, attributes).versionId,
    grant: async ({ bucket, key, versionId }, grants) => s3.grant(bucket, key, grants, versionId),
    delete: async (bucket, key) => {
      s3.delete(bucket, key);
    },
    untilThawed: async () => {
      now += 48 * 3600 * 1000;
    },
  };
}
