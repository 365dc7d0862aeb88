import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type ClientOptions, s3Client } from '@holdfast/core/aws/clients.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { grantInput } from '@holdfast/core/aws/s3-requests.ts';
import type { Ownership } from '@holdfast/core/model/acl.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import type { ObjectRef } from '@holdfast/core/ports/object-store.ts';
import type { OwnerAttributes, StoreWorld } from '../suites/object-store-world.ts';

/** Buckets of an AWS-compatible endpoint. */
export function cloudStoreWorld(options: ClientOptions): StoreWorld {
  const client = s3Client({ ...options, account: '000000000000' });
  const store = new S3ObjectStore(client);
  return {
    store,
    createBucket: ({ versioned, ownership }) => createBucket(client, versioned, ownership),
    put: async (Bucket, Key, Body, attributes = {}) => {
      const input = { Bucket, Key, Body, ...putInput(attributes) };
      return (await client.send(new PutObjectCommand(input))).VersionId ?? 'null';
    },
    grant: async ({ bucket, key, versionId }, grants) => {
      const ref = { Bucket: bucket, Key: key, ...defined({ VersionId: versionId }) };
      await client.send(new PutObjectAclCommand({ ...ref, ...grantInput(grants) }));
    },
    delete: async (Bucket, Key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    // The emulator takes two seconds, whatever the tier.
    untilThawed: (ref) => thawed(store, ref),
  };
}

async function thawed(store: S3ObjectStore, ref: ObjectRef): Promise<void> {
  for (;;) {
    const head = await store.head(ref);
    if (head.found && head.object.thaw?.state === 'thawed') return;
    await sleep(100);
  }
}

export async function createBucket(
  client: S3Client,
  versioned: boolean,
  ownership?: Ownership,
): Promise<string> {
  const Bucket = `contract-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket, ...defined({ ObjectOwnership: ownership }) }));
  // What new buckets block is another thing than what they take.
  if (ownership !== undefined) await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
  if (versioned) {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  return Bucket;
}

function putInput({
  headers = {},
  metadata = {},
  tags = {},
  storageClass,
  customerKey,
  grants,
}: OwnerAttributes) {
  return {
    ...grantInput(grants),
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentDisposition: headers.contentDisposition,
    ContentEncoding: headers.contentEncoding,
    ContentLanguage: headers.contentLanguage,
    Expires: headers.expires === undefined ? undefined : new Date(headers.expires),
    Metadata: { ...metadata },
    Tagging: new URLSearchParams(tags).toString(),
    StorageClass: storageClass,
    ...(customerKey === true && { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32) }),
  };
}
