import type { MemoryS3 } from '@holdfast/core/adapters/memory/memory-s3.ts';
import type { BucketAdmin, BucketSetup } from '../../ports.ts';

/** Buckets of a {@link MemoryS3}, and how each was set up. */
export class MemoryBucketAdmin implements BucketAdmin {
  readonly setups = new Map<string, BucketSetup>();
  readonly #s3: MemoryS3;

  constructor(s3: MemoryS3) {
    this.#s3 = s3;
  }

  async describe(bucket: string): Promise<BucketSetup | undefined> {
    return this.setups.get(bucket);
  }

  async create(bucket: string, setup: BucketSetup & { readonly region: string }): Promise<void> {
    this.#s3.createBucket(bucket, {
      region: setup.region,
      versioning: setup.versioned ? 'enabled' : 'never',
    });
    this.setups.set(bucket, setup);
  }
}
