import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isStoreError, StoreError } from '../model/errors.ts';
import type { HeadResult, ObjectRef } from '../ports/object-store.ts';
import { uri } from './s3-attempt.ts';
import { bucketRegion, statusOf, toStoreError } from './s3-errors.ts';
import { toObjectFacts } from './s3-facts.ts';
import { withAllMetadata } from './s3-metadata.ts';
import { QUICK } from './s3-quick.ts';
import { objectInput } from './s3-requests.ts';

/** HEAD, with what its statuses mean. @throws StoreError for what proves nothing about the object */
export async function headObject(client: S3Client, ref: ObjectRef): Promise<HeadResult> {
  const input = objectInput(ref);
  try {
    const head = await client.send(
      withAllMetadata(new HeadObjectCommand({ ...input, ChecksumMode: 'ENABLED' })),
      QUICK,
    );
    return { found: true, object: toObjectFacts(head) };
  } catch (error) {
    const status = statusOf(error);
    if (status === 400 && bucketRegion(error) === undefined) return explainRefusal(client, ref);
    const known = toStoreError(error, `head ${uri(ref)}`);
    if (isStoreError(known, 'not-found', 'no-such-bucket')) return { found: false, why: 'absent' };
    if (isStoreError(known, 'access-denied')) return { found: false, why: 'access-denied' };
    throw known;
  }
}

/**
 * A HEAD has no body, so 400 can be SSE-C, an expired token or a mistake of ours, and only the first is a fact about
 * the object. A GET of one byte says which.
 */
async function explainRefusal(client: S3Client, ref: ObjectRef): Promise<HeadResult> {
  const what = `head ${uri(ref)}`;
  const input = objectInput(ref);
  try {
    const { Body } = await client.send(new GetObjectCommand({ ...input, Range: 'bytes=0-0' }), QUICK);
    await Body?.transformToByteArray();
  } catch (error) {
    const known = toStoreError(error, what);
    if (isStoreError(known, 'customer-key')) return { found: false, why: 'customer-key' };
    throw known;
  }
  throw new StoreError('unavailable', `${what}: S3 refused the HEAD and answered the GET`);
}
