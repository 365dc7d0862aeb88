import { GetBucketOwnershipControlsCommand, type S3Client } from '@aws-sdk/client-s3';
import { OWNERSHIPS, type Ownership } from '../model/acl.ts';
import { attempt } from './s3-attempt.ts';
import { QUICK } from './s3-quick.ts';

/** GetBucketOwnershipControls. A bucket that was made before April 2023, and never told, has none: "ObjectWriter". */
export function bucketOwnership(client: S3Client, bucket: string): Promise<Ownership> {
  return attempt(`read the ownership controls of s3://${bucket}`, async () => {
    try {
      const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket });
      const { OwnershipControls } = await client.send(command, QUICK);
      const named = OwnershipControls?.Rules?.[0]?.ObjectOwnership;
      // What is not known yet is asked of the objects, which answer.
      return OWNERSHIPS.find((one) => one === named) ?? 'ObjectWriter';
    } catch (error) {
      if (error instanceof Error && error.name === 'OwnershipControlsNotFoundError') return 'ObjectWriter';
      throw error;
    }
  });
}
