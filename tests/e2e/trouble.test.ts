import { createHash } from 'node:crypto';
import { BatchWriteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import {
  catalog,
  depthOf,
  dynamo,
  emptyDeadLetters,
  entryOf,
  entryWith,
  eventBridge,
  eventually,
  finishedJob,
  givenBucket,
  givenProtectedBucket,
  holdfast,
  outputs,
  put,
  remove,
  s3,
  send,
  settled,
  stack,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';

describe('what cannot be captured', () => {
  it('is an entry with its reason, and counted by status', async () => {
    const source = await givenProtectedBucket('hard');
    const key = Buffer.alloc(32, 'k');
    await put(source, 'archived', 'x', { StorageClass: 'DEEP_ARCHIVE' });
    await put(source, 'customer', 'x', {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    });
    await deny(source, 'denied');
    await put(source, 'denied', 'x');
    await put(source, 'fine', 'x');
    const reasons = { archived: 'archived', customer: 'customer-key', denied: 'access-denied' };
    for (const [name, reason] of Object.entries(reasons)) {
      expect(await entryWith(source, name, ({ state }) => state === 'unprotected')).toMatchObject({ reason });
    }
    await entryWith(source, 'fine', ({ state }) => state === 'current');
    const status = await tryHoldfast('status', `s3://${source}`);
    expect(status.code).toBe(3);
    expect(JSON.stringify(status.output)).toContain('customer-key');
  });

  async function deny(bucket: string, name: string): Promise<void> {
    const roles = ['CaptureChangesRoleName', 'CaptureBacklogRoleName'].map(
      (role) => `arn:aws:iam::000000000000:role/${outputs[role]}`,
    );
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: roles },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/${name}`,
        },
      ],
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  }
});

describe('a source that is gone', () => {
  it('is never taken for deletions', async () => {
    const source = await givenProtectedBucket('gone');
    await put(source, 'a', 'one');
    await entryWith(source, 'a', ({ state }) => state === 'current');
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: source, NotificationConfiguration: {} }),
    );
    await remove(source, 'a');
    await s3.send(new DeleteBucketCommand({ Bucket: source }));
    const { code, output } = await tryHoldfast('reconcile', `s3://${source}`, '--wait');
    expect(code).toBe(1);
    expect(JSON.stringify(output)).toContain('nothing was marked deleted');
    expect((await entryOf(source, 'a'))?.state).toBe('current');
  });
});

describe('lost events', () => {
  it('are found by a reconcile, which also mends the wiring', async () => {
    const source = await givenProtectedBucket('deaf');
    await put(source, 'a', 'one');
    await put(source, 'b', 'one');
    await entryWith(source, 'a', ({ state }) => state === 'current');
    await entryWith(source, 'b', ({ state }) => state === 'current');
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: source, NotificationConfiguration: {} }),
    );
    await eventBridge.send(new DisableRuleCommand({ Name: captureRuleName(stack, source) }));
    await put(source, 'a', 'two');
    await put(source, 'c', 'one');
    await remove(source, 'b');
    await holdfast('reconcile', `s3://${source}`, '--wait');
    expect([await textOf(vault, `s3/${source}/a`), await textOf(vault, `s3/${source}/c`)]).toEqual([
      'two',
      'one',
    ]);
    expect((await entryOf(source, 'b'))?.state).toBe('deleted');
    expect(await catalog.getSource(`s3://${source}`)).toMatchObject({ wiring: 'repaired' });
    await put(source, 'd', 'heard again');
    await entryWith(source, 'd', ({ state }) => state === 'current');
  });
});

describe('a lifecycle deletion', () => {
  it('is recorded from its own kind of event', async () => {
    const source = await givenProtectedBucket('expiring');
    await put(source, 'a', 'one');
    await entryWith(source, 'a', ({ state }) => state === 'current');
    // The emulator runs no lifecycle rules: the object goes unheard, and the event that S3 would send is sent.
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: source, NotificationConfiguration: {} }),
    );
    await remove(source, 'a');
    await send('capture', {
      source: 'aws.s3',
      'detail-type': 'Object Deleted',
      time: new Date().toISOString(),
      detail: { bucket: { name: source }, object: { key: 'a' }, reason: 'Lifecycle Expiration' },
    });
    await entryWith(source, 'a', ({ state }) => state === 'deleted');
  });
});

describe('a poison message', () => {
  it('ends in the dead-letter queue, is told of by failures, and can be sent again', async () => {
    // A cloud that stayed up may have those of earlier runs, which failed.
    const before = await depthOf('capture', 'deadLetters');
    const oneMore = async () => (await depthOf('capture', 'deadLetters')) === before + 1;
    await send('capture', '{"poison":true}');
    await eventually('the message in the dead-letter queue', oneMore);
    expect(JSON.stringify((await tryHoldfast('failures')).output)).toContain('poison');
    expect(await oneMore()).toBe(true);
    await holdfast('failures', '--redrive');
    await eventually('the message back in the dead-letter queue', oneMore);
    await emptyDeadLetters('capture');
  });
});

describe('a restore message', () => {
  it('is done once for its jobId, by the same planner as the command', async () => {
    const source = await givenProtectedBucket('asked');
    await put(source, 'docs/a', 'one');
    await put(source, 'other', 'one');
    await entryWith(source, 'docs/a', ({ state }) => state === 'current');
    await entryWith(source, 'other', ({ state }) => state === 'current');
    const target = await givenBucket('holdfast-restore');
    const jobId = `by-message-${source}`;
    const message = { source: `s3://${source}`, prefix: 'docs/', target: `s3://${target}/back/`, jobId };
    await send('restore', message);
    await send('restore', message);
    expect(await finishedJob(jobId)).toMatchObject({ state: 'done', counts: { planned: 1, restored: 1 } });
    expect(await textOf(target, 'back/docs/a')).toBe('one');
  });

  it('that is wrong ends as a failed job with a reason', async () => {
    const jobId = `wrong-${Date.now()}`;
    await send('restore', { source: 's3://some-bucket', target: `s3://${vault}/x`, jobId });
    const job = await finishedJob(jobId);
    expect(job.state).toBe('failed');
    expect(job.message).toContain('vault');
    // Written a moment after the job's end.
    const report = await eventually('its report', () =>
      textOf(vault, job.report ?? '').catch(() => undefined),
    );
    expect(report).toContain('"failed"');
    expect(await depthOf('restore', 'deadLetters')).toBe(0);
  });
});

describe('a mass deletion', () => {
  it('found by a reconcile is held until it is approved', async () => {
    const source = await givenBucket('mass');
    const keys = Array.from({ length: 1_100 }, (_, i) => `k${String(i).padStart(4, '0')}`);
    await pMap(keys, (key) => put(source, key, key), { concurrency: 16 });
    await holdfast('protect', `s3://${source}`, '--wait');
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: source, NotificationConfiguration: {} }),
    );
    await pMap(keys.slice(0, 1_050), (key) => remove(source, key), { concurrency: 16 });
    const held = await tryHoldfast('reconcile', `s3://${source}`, '--wait');
    expect(held.code).toBe(3);
    expect((await entryOf(source, 'k0000'))?.state).toBe('current');
    await holdfast('approve', `s3://${source}`, '--yes', '--wait');
    expect((await entryOf(source, 'k0000'))?.state).toBe('deleted');
  });
});

describe('a catalog that was lost', () => {
  it('is rebuilt by reindex, and a restore brings back the same', async () => {
    const source = await givenProtectedBucket('lost');
    for (const key of ['a', 'b/c d', 'é🦊']) await put(source, key, `of ${key}`);
    await put(source, 'gone', 'x');
    await settled(source);
    await remove(source, 'gone');
    await entryWith(source, 'gone', ({ state }) => state === 'deleted');
    await emptyCatalog();
    expect(await entryOf(source, 'a')).toBeUndefined();
    await holdfast('reindex');
    expect((await entryOf(source, 'a'))?.state).toBe('current');
    expect((await entryOf(source, 'gone'))?.state).toBe('deleted');
    const target = await givenBucket('holdfast-restore');
    await holdfast('restore', `s3://${source}`, '--to', `s3://${target}`, '--wait');
    for (const key of ['a', 'b/c d', 'é🦊']) expect(await textOf(target, key)).toBe(`of ${key}`);
    const { counts } = await reconciled(source);
    expect(counts).toMatchObject({ unchanged: 3 });
  });

  async function reconciled(source: string) {
    const output = (await holdfast('reconcile', `s3://${source}`, '--wait')) as { jobId: string };
    return finishedJob(output.jobId);
  }

  async function emptyCatalog(): Promise<void> {
    const TableName = outputs['CatalogTable'] ?? '';
    for (;;) {
      const { Items = [] } = await dynamo.send(
        new ScanCommand({ TableName, ProjectionExpression: 'pk, sk', Limit: 25 }),
      );
      if (Items.length === 0) return;
      const requests = Items.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
      await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests as never } }));
    }
  }
});
