import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { makeBucket } from '../buckets.ts';
import { type Checks, expect, Unmet } from '../checks.ts';
import type { SmokeWorld } from '../world.ts';

/** What the pipeline's safety rests on: S3's conditions, asked for without any of Holdfast's code. */
export async function conditionalWrites({ clients, buckets, account }: SmokeWorld, checks: Checks) {
  const { s3 } = clients;
  const Bucket = buckets.scratch;
  const put = async (Key: string, Body: string) =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).ETag ?? '';
  const copy = (Key: string, more: object) =>
    s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/from`, ...more }));
  let from = '';
  let there = '';

  await checks.must('a bucket with versions can be made', async () => {
    await makeBucket(s3, Bucket, { region: account.region, versioned: true });
    from = await put('from', 'the source of a copy');
    there = await put('there', 'what is there');
    return undefined;
  });
  await checks.check('a copy that must find nothing is refused where something is', () =>
    refused(412, () => copy('there', { IfNoneMatch: '*' })),
  );
  await checks.check('a copy that must find another version is refused', () =>
    refused(412, () => copy('there', { IfMatch: from })),
  );
  await checks.check('a copy of a source that has changed is refused', () =>
    refused(412, () => copy('new', { CopySourceIfMatch: there })),
  );
  await checks.check('a deletion that must find another version is refused', () =>
    refused(412, () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'there', IfMatch: from }))),
  );
  await checks.check('an upload in parts that must find nothing is refused where something is', () =>
    refused(412, () => uploadInParts(s3, Bucket, 'there')),
  );
  await checks.check('a copy onto the version that it names is made', async () => {
    await copy('there', { IfMatch: there });
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'there' }));
    expect(ETag === from, () => `its ETag is ${ETag}, not ${from}`);
    return undefined;
  });
  await checks.check('a copy that must find nothing is made on top of a delete marker', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'there' }));
    await copy('there', { IfNoneMatch: '*' });
    return undefined;
  });
}

async function uploadInParts(s3: SmokeWorld['clients']['s3'], Bucket: string, Key: string): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'one part' }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload, IfNoneMatch: '*' }));
}

async function refused(status: number, request: () => Promise<unknown>): Promise<string> {
  try {
    await request();
  } catch (error) {
    const found = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    expect(found === status, () => `refused with ${found ?? error}, not with ${status}`);
    return String(status);
  }
  throw new Unmet(`it was let through, where ${status} was expected`);
}
