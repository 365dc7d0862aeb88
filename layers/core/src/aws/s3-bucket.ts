import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { isStoreError } from '../model/errors.ts';
import type { BucketState } from '../ports/object-store.ts';
import { bucketRegion, statusOf, toStoreError } from './s3-errors.ts';
import { QUICK } from './s3-quick.ts';

/** HeadBucket; of a bucket of another region S3 says where it is, before it looks at whose. */
export async function bucketState(client: S3Client, bucket: string): Promise<BucketState> {
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }), QUICK);
    return { state: 'exists', ...defined({ region: BucketRegion }) };
  } catch (error) {
    const region = bucketRegion(error);
    const status = statusOf(error);
    if (region !== undefined && (status === 301 || status === 400)) return { state: 'elsewhere', region };
    const known = toStoreError(error, `look for the bucket ${bucket}`);
    if (isStoreError(known, 'not-found', 'no-such-bucket')) return { state: 'absent' };
    if (isStoreError(known, 'access-denied')) return { state: 'access-denied' };
    throw known;
  }
}
