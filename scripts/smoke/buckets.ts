import {
  type BucketLocationConstraint,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { SampleObject } from './sample.ts';

/** Makes a bucket of this run's own. */
export async function makeBucket(
  s3: S3Client,
  Bucket: string,
  { region, versioned }: { readonly region: string; readonly versioned: boolean },
): Promise<void> {
  // us-east-1 is the one region that may not be named. Source: S3 API reference, CreateBucket.
  const elsewhere = region !== 'us-east-1';
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(elsewhere
        ? { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }
        : {}),
    }),
  );
  if (versioned)
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}

/**
 * Writes an object. Its fields come by a copy onto itself, which has no body: Node sends headers beyond ASCII in another encoding
 * beside one.
 */
export async function put(s3: S3Client, Bucket: string, { key, body, fields }: SampleObject): Promise<void> {
  const at = { Bucket, Key: key };
  await s3.send(new PutObjectCommand({ ...at, Body: body }));
  if (fields === undefined) return;
  await s3.send(
    new CopyObjectCommand({
      ...at,
      CopySource: `${Bucket}/${encodeURIComponent(key)}`,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      ...fields,
    }),
  );
}

export async function read(s3: S3Client, Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Destroys every version and marker of a bucket, then the bucket. @returns false when there was none */
export async function destroyBucket(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      const all = [...Versions, ...DeleteMarkers];
      if (all.length === 0) break;
      await destroyVersions(s3, Bucket, all);
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return false;
    throw error;
  }
}

async function destroyVersions(
  s3: S3Client,
  Bucket: string,
  versions: readonly { readonly Key?: string | undefined; readonly VersionId?: string | undefined }[],
): Promise<void> {
  const Objects: ObjectIdentifier[] = versions.map(({ Key = '', VersionId }) => ({ Key, VersionId }));
  const { Errors = [] } = await s3.send(
    // The smoke test's own vault may be locked in the mode GOVERNANCE.
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects, Quiet: true },
      BypassGovernanceRetention: true,
    }),
  );
  const [first] = Errors;
  if (first !== undefined)
    throw new Error(`${Errors.length} versions stay, such as ${first.Key}: ${first.Code} ${first.Message}`);
}
