import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { thawId } from '@holdfast/core/model/thaw-wait.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from './support/moto.ts';
import { motoStack } from './support/moto-stack.ts';

// The real handlers against moto's server, which refuses to copy what is archived until it was thawed, as S3 does.

let moto: Moto;
let stack: Awaited<ReturnType<typeof motoStack>>;
beforeAll(async () => {
  moto = await startMoto();
  stack = await motoStack(moto.endpoint);
});
afterAll(() => moto?.stop());

const CLASSES: Readonly<Record<string, StorageClass>> = {
  'flexible/a b+ü': 'GLACIER',
  'flexible/b': 'GLACIER',
  deep: 'DEEP_ARCHIVE',
  instant: 'GLACIER_IR',
  warm: 'STANDARD',
};
const COLD = ['flexible/a b+ü', 'flexible/b', 'deep'];

/** Copies in the vault, as lifecycle rules have moved them. */
async function givenCopies(keys: readonly string[]) {
  const suffix = randomBytes(4).toString('hex');
  const [source, target] = [`photos-${suffix}`, `holdfast-restore-${suffix}`];
  for (const key of keys) {
    const Key = `s3/${source}/${key}`;
    const input = { Bucket: stack.vault, Key, Body: `of ${key}`, StorageClass: CLASSES[key] };
    await stack.s3.send(new PutObjectCommand(input));
  }
  await stack.s3.send(new CreateBucketCommand({ Bucket: target }));
  return { source, target };
}

async function ask(jobId: string, source: string, target: string): Promise<void> {
  const message = { source: `s3://${source}`, target: `s3://${target}`, jobId, thaw: { tier: 'bulk' } };
  await send(stack.restore, message);
}

async function send(QueueUrl: string, message: object): Promise<void> {
  await stack.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  await stack.work();
}

/** Looks at an object: with each look, its thaw goes on. */
async function look(source: string, key: string): Promise<string | undefined> {
  const head = new HeadObjectCommand({ Bucket: stack.vault, Key: `s3/${source}/${key}` });
  return (await stack.s3.send(head)).Restore;
}

async function textOf(bucket: string, key: string): Promise<string | undefined> {
  const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body?.transformToString();
}

describe('a restore of archived copies, at moto', () => {
  it('asks for all of them, waits, and goes on with each by its event', async () => {
    const { source, target } = await givenCopies(Object.keys(CLASSES));
    await ask('events', source, target);
    expect(await stack.catalog.getJob('events')).toMatchObject({
      state: 'running',
      counts: { restored: 2, thawing: 3 },
    });

    for (const key of COLD) expect(await look(source, key)).toContain('ongoing-request="true"');
    await stack.work();
    expect(await stack.catalog.getJob('events')).toMatchObject({ counts: { thawing: 3 } });

    expect(await look(source, 'deep')).toContain('ongoing-request="false"');
    await stack.work();
    expect(await stack.catalog.getJob('events')).toMatchObject({ counts: { thawing: 2, thawed: 1 } });

    for (const key of COLD) await look(source, key);
    await stack.work();
    expect(await stack.catalog.getJob('events')).toMatchObject({
      state: 'done',
      counts: { restored: 5, thawing: 0, thawed: 3 },
    });
    for (const key of Object.keys(CLASSES)) expect(await textOf(target, key)).toBe(`of ${key}`);
  });

  it('goes on by the sweep when no event comes', async () => {
    await stack.setNotification(false);
    const { source, target } = await givenCopies(['deep']);
    await ask('sweep', source, target);
    const place = thawId(`s3/${source}/deep`);
    await stack.catalog.patchThaw('sweep', place, { readyBy: Date.now() - 1000 });
    // Its first look finds it on its way, the second finds it done.
    await send(stack.restoreWork, { kind: 'sweep' });
    expect(await stack.catalog.getJob('sweep')).toMatchObject({ state: 'running', counts: { thawing: 1 } });
    await send(stack.restoreWork, { kind: 'sweep' });
    expect(await stack.catalog.getJob('sweep')).toMatchObject({ state: 'done', counts: { restored: 1 } });
    expect(await textOf(target, 'deep')).toBe('of deep');
    await stack.setNotification(true);
  });

  it('asks for nothing that is right already', async () => {
    const { source, target } = await givenCopies(['flexible/b', 'warm']);
    for (const key of ['flexible/b', 'warm'])
      await stack.s3.send(new PutObjectCommand({ Bucket: target, Key: key, Body: `of ${key}` }));
    await ask('right', source, target);
    expect(await stack.catalog.getJob('right')).toMatchObject({ state: 'done', counts: { right: 2 } });
    expect(await look(source, 'flexible/b')).toBeUndefined();
  });
});
