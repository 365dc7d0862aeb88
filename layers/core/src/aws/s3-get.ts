import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectRef } from '../ports/object-store.ts';
import { attempt, uri } from './s3-attempt.ts';
import { QUICK } from './s3-quick.ts';
import { objectInput } from './s3-requests.ts';

/** Reads a small text object. @throws StoreError `not-found` */
export function getText(client: S3Client, ref: ObjectRef): Promise<string> {
  return attempt(`get ${uri(ref)}`, async () => {
    const { Body } = await client.send(new GetObjectCommand(objectInput(ref)), QUICK);
    return (await Body?.transformToString()) ?? '';
  });
}
