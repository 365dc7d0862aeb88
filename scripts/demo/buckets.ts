import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import pMap from 'p-map';
import type { FolderFile } from './folder.ts';

const CONCURRENCY = 16;

/** What a comparison of a bucket with a folder found. */
export type Comparison = {
  readonly equal: number;
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
};

/** Makes a bucket. */
export async function makeBucket(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
}

/** Puts files into a bucket under their keys. */
export async function upload(
  s3: S3Client,
  Bucket: string,
  files: readonly FolderFile[],
  onDone: (done: number) => void = () => {},
): Promise<void> {
  let done = 0;
  await pMap(
    files,
    async ({ path, key, size }) => {
      await s3.send(
        new PutObjectCommand({ Bucket, Key: key, Body: createReadStream(path), ContentLength: size }),
      );
      onDone(++done);
    },
    { concurrency: CONCURRENCY },
  );
}

/** Puts one text object. */
export async function putText(s3: S3Client, Bucket: string, Key: string, text: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: text }));
}

/** Deletes one object. */
export async function remove(s3: S3Client, Bucket: string, Key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}

/** Reads every object of a bucket and every file of a folder, and compares them byte by byte (by SHA-256 of each). */
export async function compareWithFolder(
  s3: S3Client,
  bucket: string,
  files: readonly FolderFile[],
): Promise<Comparison> {
  const keys = new Set(await listKeys(s3, bucket));
  const missing = files.filter(({ key }) => !keys.has(key)).map(({ key }) => key);
  const present = files.filter(({ key }) => keys.has(key));
  const wanted = new Set(files.map(({ key }) => key));
  const different: string[] = [];
  await pMap(
    present,
    async ({ path, key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const [is, was] = await Promise.all([
        digest(Body as AsyncIterable<Uint8Array>),
        digest(createReadStream(path)),
      ]);
      if (is !== was) different.push(key);
    },
    { concurrency: CONCURRENCY },
  );
  const extra = [...keys].filter((key) => !wanted.has(key));
  return { equal: present.length - different.length, missing, different, extra };
}

async function listKeys(s3: S3Client, bucket: string): Promise<string[]> {
  const store = new S3ObjectStore(s3);
  const keys: string[] = [];
  for (;;) {
    const after = keys.at(-1);
    const page = await store.list({ bucket, ...(after === undefined ? {} : { after }) });
    keys.push(...page.objects.map(({ key }) => key));
    if (!page.more) return keys;
  }
}

async function digest(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
