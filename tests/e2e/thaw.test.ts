import {
  CopyObjectCommand,
  GetBucketNotificationConfigurationCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  RestoreObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { thawId } from '@holdfast/core/model/thaw-wait.ts';
import { describe, expect, it } from 'vitest';
import {
  catalog,
  entryWith,
  eventually,
  finishedJob,
  givenBucket,
  givenProtectedBucket,
  holdfast,
  put,
  s3,
  send,
  textOf,
  vault,
} from './support/cloud.ts';

// The emulator thaws within two seconds, whatever the tier, and tells of it as the vault's notification says.

/** A protected bucket with captured objects, whose copies a lifecycle rule has moved. */
async function givenCopies(classes: Readonly<Record<string, StorageClass>>): Promise<string> {
  const source = await givenProtectedBucket('cold');
  for (const [key, storageClass] of Object.entries(classes)) {
    await put(source, key, `of ${key}`);
    await entryWith(source, key, ({ state }) => state === 'current');
    if (storageClass !== 'STANDARD') await move(`s3/${source}/${key}`, storageClass);
  }
  return source;
}

async function move(Key: string, StorageClass: StorageClass): Promise<void> {
  const CopySource = `${vault}/${Key.split('/').map(encodeURIComponent).join('/')}`;
  await s3.send(new CopyObjectCommand({ Bucket: vault, Key, CopySource, StorageClass }));
}

const jobOf = (id: string) => catalog.getJob(id);

describe('a restore of archived copies', () => {
  it('asks for all of them, and brings each back when S3 says that it can be read', async () => {
    const classes = {
      'flexible/a b+ü': 'GLACIER',
      'flexible/b': 'GLACIER',
      deep: 'DEEP_ARCHIVE',
      instant: 'GLACIER_IR',
      warm: 'STANDARD',
    } as const;
    const source = await givenCopies(classes);
    const target = await givenBucket('holdfast-restore');
    const command = [
      'restore',
      `s3://${source}`,
      '--to',
      `s3://${target}`,
      '--tier',
      'standard',
      '--yes',
      '--wait',
    ];
    expect(await holdfast(...command)).toMatchObject({
      result: { job: { state: 'done', counts: { restored: 5, thawed: 3, thawing: 0 } } },
    });
    for (const key of Object.keys(classes)) expect(await textOf(target, key)).toBe(`of ${key}`);

    const again = await holdfast(...command);
    expect(again).toMatchObject({ result: { job: { state: 'done', counts: { right: 5 } } } });
    expect(JSON.stringify(again)).not.toContain('"thawing"');
  });

  it('recognises what was thawed before', async () => {
    const source = await givenCopies({ a: 'GLACIER' });
    const Key = `s3/${source}/a`;
    const RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: 'Standard' as const } };
    await s3.send(new RestoreObjectCommand({ Bucket: vault, Key, RestoreRequest }));
    await eventually('the thaw', async () => {
      const { Restore = '' } = await s3.send(new HeadObjectCommand({ Bucket: vault, Key }));
      return Restore.includes('"false"');
    });
    const target = await givenBucket('holdfast-restore');
    const result = await holdfast('restore', `s3://${source}`, '--to', `s3://${target}`, '--yes', '--wait');
    expect(result).toMatchObject({ result: { job: { state: 'done', counts: { restored: 1 } } } });
    expect(JSON.stringify(result)).not.toContain('"thawed"');
  });

  it('goes on by the sweep when the event never came', async () => {
    const source = await givenCopies({ a: 'DEEP_ARCHIVE' });
    const { QueueConfigurations } = await s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: vault }),
    );
    // Of copies of buckets, and of sites.
    const tells = { Events: ['s3:ObjectRestore:Completed'] };
    expect(QueueConfigurations).toMatchObject([tells, tells]);
    await setNotifications({});
    try {
      const target = await givenBucket('holdfast-restore');
      const id = `swept-${source}`;
      await holdfast('restore', `s3://${source}`, '--to', `s3://${target}`, '--job-id', id, '--yes');
      const place = thawId(`s3/${source}/a`);
      const wait = await eventually('the wait for a', () => catalog.getThaw(id, place));
      expect(wait).toMatchObject({ archive: 'DEEP_ARCHIVE', tier: 'standard', done: false });
      await eventually('the thaw', async () => {
        const head = await s3.send(new HeadObjectCommand({ Bucket: vault, Key: `s3/${source}/a` }));
        return head.Restore?.includes('"false"');
      });
      expect(await jobOf(id)).toMatchObject({ state: 'running', counts: { thawing: 1 } });
      // Twelve hours later.
      await catalog.patchThaw(id, place, { readyBy: Date.now() - 1000 });
      await send('restoreWork', { kind: 'sweep' });
      expect(await finishedJob(id)).toMatchObject({ state: 'done', counts: { restored: 1, thawed: 1 } });
      expect(await textOf(target, 'a')).toBe('of a');
    } finally {
      await setNotifications({ QueueConfigurations });
    }
  });
});

async function setNotifications(NotificationConfiguration: object): Promise<void> {
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: vault, NotificationConfiguration }));
}
