import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import pMap from 'p-map';
import type { Copies } from './contestant.ts';

const CONCURRENCY = 16;
const BYTES = 1024;

/** The buckets that all contestants back up, and what they make of them. */
export class Buckets {
  readonly #s3: S3Client;
  readonly #store: S3ObjectStore;
  #made = 0;

  constructor(s3: S3Client) {
    this.#s3 = s3;
    this.#store = new S3ObjectStore(s3);
  }

  async create(purpose: string): Promise<string> {
    return this.#create(`bench-${purpose}-${++this.#made}`);
  }

  /** A target that Holdfast's functions may write to. */
  async createTarget(): Promise<string> {
    return this.#create(`holdfast-restore-bench-${++this.#made}`);
  }

  async #create(Bucket: string): Promise<string> {
    await this.#s3.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }

  async fill(bucket: string, count: number): Promise<void> {
    await each(0, count, (n) => this.#put(bucket, n, BYTES));
  }

  /** Changes the first `count` objects, which makes them one byte longer, and deletes the next `count`. */
  async change(bucket: string, count: number): Promise<void> {
    await each(0, count, (n) => this.#put(bucket, n, BYTES + 1));
    await each(count, 2 * count, (n) =>
      this.#s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(n) })),
    );
  }

  /** @throws when the copies are not, key by key and byte by byte, what the source holds */
  async compare(source: string, { bucket, prefix }: Copies): Promise<void> {
    const [wanted, found] = await Promise.all([this.#etags(source, ''), this.#etags(bucket, prefix)]);
    const wrong = [...wanted].filter(([key, etag]) => found.get(key) !== etag);
    if (wrong.length > 0 || found.size !== wanted.size) {
      const first = wrong[0]?.[0] ?? 'more than the source has';
      throw new Error(`${wrong.length} of ${wanted.size} objects are not backed up as they are: ${first}`);
    }
  }

  #put(Bucket: string, n: number, bytes: number): Promise<unknown> {
    const Body = Buffer.alloc(bytes, String(n));
    return this.#s3.send(new PutObjectCommand({ Bucket, Key: keyOf(n), Body }));
  }

  async #etags(bucket: string, prefix: string): Promise<Map<string, string>> {
    const etags = new Map<string, string>();
    for (let after: string | undefined; ; ) {
      const page = await this.#store.list({ bucket, prefix, ...(after === undefined ? {} : { after }) });
      for (const { key, etag } of page.objects) etags.set(key.slice(prefix.length), etag);
      after = page.objects.at(-1)?.key;
      if (!page.more || after === undefined) return etags;
    }
  }
}

function keyOf(n: number): string {
  return `folder-${n % 10}/${String(n).padStart(7, '0')}`;
}

async function each(from: number, to: number, work: (n: number) => Promise<unknown>): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  await pMap(numbers, work, { concurrency: CONCURRENCY });
}
