import type { BucketAdmin, BucketSetup } from '../../operations/ports.ts';
import type { MemoryS3 } from './memory-s3.ts';

/** Buckets of a {@link MemoryS3}, and how each was set up. */
export class MemoryBucketAdmin implements BucketAdmin {
  readonly setups = new Map<string, BucketSetup>();
  /** Buckets whose settings the caller may not read. */
  readonly unseen = new Set<string>();
  readonly #s3: MemoryS3;

  constructor(s3: MemoryS3) {
    this.#s3 = s3;
  }

  async describe(bucket: string): Promise<BucketSetup | undefined> {
    const known = this.setups.get(bucket);
    if (known !== undefined || this.unseen.has(bucket)) return known;
    return { versioned: false, encryption: { algorithm: 'AES256', bucketKey: false } };
  }

  async create(bucket: string, setup: BucketSetup & { readonly region: string }): Promise<void> {
    this.#s3.createBucket(bucket, {
      region: setup.region,
      versioning: setup.versioned ? 'enabled' : 'never',
    });
    this.setups.set(bucket, setup);
  }

  async keepVersions(bucket: string): Promise<void> {
    this.#s3.bucket(bucket).versioning = 'enabled';
    this.setups.set(bucket, { ...this.setups.get(bucket), versioned: true } as BucketSetup);
  }
}
