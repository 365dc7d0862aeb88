import { readFile } from 'node:fs/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { s3Client } from '@holdfast/core/aws/clients.ts';
import { S3ObjectStore } from '@holdfast/core/aws/s3-object-store.ts';
import { describe, expect, inject, it } from 'vitest';
import {
  bytesOf,
  catalog,
  entryOf,
  entryWith,
  finishedJob,
  givenBucket,
  givenProtectedBucket,
  put,
  s3,
  send,
  tryHoldfast,
} from './support/cloud.ts';

// A bucket is deleted, and somebody of another account makes one of the same name, which everybody may read and write.

const STRANGER = '999988887777';
const endpoint = inject('directEndpoint');
/** To the emulator, an access key of 12 digits is an account. */
const stranger = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: STRANGER, secretAccessKey: 'x' },
});

const KEYS = ['a.txt', 'b/c.txt', 'b/d.txt'];

async function take(bucket: string): Promise<void> {
  // No event of what comes now is heard: they are to come when the bucket is the stranger's.
  await s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: {} }),
  );
  for (const Key of KEYS) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  await makeOpen(bucket);
}

async function makeOpen(Bucket: string): Promise<void> {
  await stranger.send(new CreateBucketCommand({ Bucket }));
  await stranger.send(new DeletePublicAccessBlockCommand({ Bucket }));
  const everything = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [everything] });
  await stranger.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

async function keysOf(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await stranger.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

/** What EventBridge sends of a deletion. */
async function removed(bucket: string, key: string): Promise<unknown> {
  const event = JSON.parse(
    await readFile(new URL('../../events/02-eventbridge-deleted.json', import.meta.url), 'utf8'),
  );
  event.detail.bucket.name = bucket;
  event.detail.object = { key, sequencer: '00' };
  return event;
}

it('is a world in which the bucket of a stranger can be read, and an expectation is held', async () => {
  const Bucket = `taken-open-${Date.now().toString(36)}`;
  await makeOpen(Bucket);
  await stranger.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  expect((await bytesOf(Bucket, 'k')).toString()).toBe('x');
  const client = s3Client({ endpoint, account: '000000000000' });
  expect(await new S3ObjectStore(client).head({ bucket: Bucket, key: 'k' })).toEqual({
    found: false,
    why: 'access-denied',
  });
  const theirs = new S3ObjectStore(client).ofAccount(Bucket, STRANGER);
  expect(await theirs.head({ bucket: Bucket, key: 'k' })).toMatchObject({ found: true });
});

describe('a source that a stranger has made again', () => {
  it('has nothing deleted, and is given nothing', async () => {
    const bucket = await givenProtectedBucket('taken');
    for (const key of KEYS) await put(bucket, key, `bytes of ${key}`);
    const before = new Map<string, string | undefined>();
    for (const key of KEYS) {
      const entry = await entryWith(bucket, key, ({ state }) => state === 'current');
      before.set(key, entry.vaultVersionId);
    }
    await take(bucket);

    for (const key of KEYS) await send('capture', await removed(bucket, key));
    for (const key of KEYS) {
      const entry = await entryWith(
        bucket,
        key,
        ({ reason }) => reason === 'access-denied' || reason === 'source-missing',
      );
      expect(entry).toMatchObject({ state: 'unprotected', vaultVersionId: before.get(key) });
    }

    const reconciled = await tryHoldfast('reconcile', `s3://${bucket}`, '--wait');
    expect(reconciled).toMatchObject({ code: 1 });
    const [row] = (await catalog.listSources()).filter(({ source }) => source === `s3://${bucket}`);
    expect(row?.unreachable).toMatch(/another account's bucket/);
    for (const key of KEYS) expect((await entryOf(bucket, key))?.state).toBe('unprotected');

    const refused = await tryHoldfast('restore', `s3://${bucket}`, '--to', `s3://${bucket}`, '--yes');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('another account') });
    const jobId = `taken-${bucket}`;
    await send('restore', {
      source: `s3://${bucket}`,
      target: `s3://${bucket}`,
      overwrite: true,
      jobId,
    });
    expect(await finishedJob(jobId)).toMatchObject({ counts: { failed: KEYS.length } });
    expect(await keysOf(bucket)).toEqual([]);

    // The emulator copies nothing between accounts: that the account is taken is seen by what is looked at.
    const named = ['--to', `s3://${bucket}`, '--target-account', STRANGER, '--dry-run'];
    const planned = await tryHoldfast('restore', `s3://${bucket}`, ...named);
    expect(planned).toMatchObject({ code: 0, output: { plan: { fresh: { objects: KEYS.length } } } });
  });

  it('is refused as a source and as a target', async () => {
    const bucket = await givenBucket('taken-new');
    await take(bucket);
    for (const command of [
      ['protect', `s3://${bucket}`],
      ['cost', `s3://${bucket}`],
    ]) {
      const { code, stderr } = await tryHoldfast(...command);
      expect({ command, refused: code !== 0, stderr }).toEqual({
        command,
        refused: true,
        stderr: expect.stringMatching(/another account/),
      });
    }
  });
});
