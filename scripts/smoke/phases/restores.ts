import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { makeBucket, read } from '../buckets.ts';
import { type Checks, expect } from '../checks.ts';
import { bucketDifferences, notInFolder, told } from '../compare.ts';
import { LARGE_KEY, METADATA_KEY, OVERWRITTEN_KEY } from '../sample.ts';
import { cli, type SmokeWorld } from '../world.ts';

const BY_MESSAGE = 'by-message/';

/** Brings the moment before the changes back: into a bucket, by message, into a folder, into the source itself. */
export async function restore(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, account, before, moment, folder } = world;
  const source = `s3://${buckets.source}`;
  await checks.must('a bucket for restores can be made', async () => {
    await makeBucket(clients.s3, buckets.target, { region: account.region, versioned: false });
    return undefined;
  });
  const intoBucket = ['restore', source, '--to', `s3://${buckets.target}`, '--at', moment, '--wait'];
  await checks.check(
    'a restore into a bucket brings bytes, headers, metadata and tags of the moment',
    async () => {
      await cli(world, intoBucket);
      const wrong = await bucketDifferences(world, before);
      expect(wrong.length === 0, () => told(wrong));
      return `${before.size} objects`;
    },
  );
  await checks.check('the same restore again writes nothing', async () => {
    const { result } = (await cli(world, intoBucket)) as Started;
    const { restored = 0, right = 0 } = result.job.counts;
    expect(restored === 0 && right === before.size, () => `${restored} restored, ${right} right already`);
    return undefined;
  });
  await checks.check('a message on the restore queue does the same', () => byMessage(world));
  await checks.check('a restore into a folder brings the same bytes', async () => {
    const to = join(folder, 'restored');
    await mkdir(to, { recursive: true });
    await cli(world, ['restore', source, '--to', to, '--at', moment]);
    const wrong = await notInFolder(to, before);
    expect(wrong.length === 0, () => told(wrong));
    return undefined;
  });
  await checks.check('a restore into the source itself brings an overwritten object back', async () => {
    const one = `${source}/${OVERWRITTEN_KEY}`;
    await cli(world, ['restore', one, '--to', source, '--at', moment, '--overwrite', '--yes', '--wait']);
    const found = await read(clients.s3, buckets.source, OVERWRITTEN_KEY);
    const wanted = before.get(OVERWRITTEN_KEY);
    expect(wanted !== undefined && found.equals(wanted.body), `it holds ${found.length} other bytes`);
    world.now.set(OVERWRITTEN_KEY, wanted);
    return undefined;
  });
}

type Started = { readonly result: { readonly job: { readonly counts: Readonly<Record<string, number>> } } };

async function byMessage(world: SmokeWorld): Promise<string> {
  const { clients, buckets, outputs, stack, moment, before } = world;
  const jobId = `${stack}-by-message`;
  const include = [METADATA_KEY, LARGE_KEY];
  await clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs['RestoreQueueUrl'] ?? '',
      MessageBody: JSON.stringify({
        source: `s3://${buckets.source}`,
        target: `s3://${buckets.target}/${BY_MESSAGE}`,
        at: moment,
        include,
        jobId,
      }),
    }),
  );
  await cli(world, ['job', jobId, '--wait']);
  const wanted = new Map([...before].filter(([key]) => include.includes(key)));
  const wrong = await bucketDifferences(world, wanted, BY_MESSAGE);
  expect(wrong.length === 0, () => told(wrong));
  return `${wanted.size} objects`;
}
