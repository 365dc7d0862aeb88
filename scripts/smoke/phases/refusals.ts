import {
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { queueAddresses } from '@holdfast/core/runtime/queue-addresses.ts';
import { type Checks, expect, Unmet } from '../checks.ts';
import { rolesCannotDestroy } from '../roles.ts';
import { PLAIN_KEY } from '../sample.ts';
import { asStranger, makeStranger } from '../stranger.ts';
import { cli, type SmokeWorld } from '../world.ts';

/** What has to be refused. */
export async function refusals(world: SmokeWorld, checks: Checks): Promise<void> {
  const { account } = world;
  if (account.emulator) checks.skip('plain http is refused', 'the emulator speaks nothing else');
  else await plainHttp(world, checks);

  const made = await checks.check(
    'a role can be made that may send to every queue by its own policy',
    async () => {
      await makeStranger(world);
      return undefined;
    },
  );
  if (made)
    await checks.check('a sender that RestoreSenders does not name is refused', () =>
      strangerIsRefused(world),
    );

  await checks.check('no role of the stack may destroy anything in the vault', () =>
    rolesCannotDestroy(world),
  );
  await lock(world, checks);
  await checks.check('a restore into a bucket that nobody allowed ends as a failed job', () =>
    failsByMessage(world, 'not-allowed', { target: `s3://${world.buckets.artifacts}/stolen/` }),
  );
  await checks.check('a restore message with a field that does not exist ends as a failed job', () =>
    failsByMessage(world, 'unknown-field', { target: `s3://${world.buckets.target}/x/`, overwrit: 'always' }),
  );
  await checks.check('a source that is not protected is refused by the command line', async () => {
    await cli(world, ['reconcile', `s3://${world.buckets.scratch}`], [1, 2]);
    return undefined;
  });
}

async function plainHttp({ account, outputs }: SmokeWorld, checks: Checks): Promise<void> {
  const suffix = account.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  await checks.check('the vault refuses plain http', () => {
    const s3 = new S3Client({ endpoint: `http://s3.${account.region}.${suffix}`, maxAttempts: 1 });
    const Bucket = outputs['VaultBucket'] ?? '';
    return denied(() => s3.send(new HeadBucketCommand({ Bucket })));
  });
  const { capture, restore } = queueAddresses(outputs);
  const asked = { capture: capture.url, restore: restore.url, 'dead letters': restore.deadLetters };
  for (const [queue, QueueUrl] of Object.entries(asked))
    await checks.check(`the queue ${queue} refuses plain http`, () => {
      const sqs = new SQSClient({
        endpoint: `http://sqs.${account.region}.${suffix}`,
        useQueueUrlAsEndpoint: false,
        maxAttempts: 1,
      });
      return denied(() => sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })));
    });
}

async function strangerIsRefused(world: SmokeWorld): Promise<string> {
  const credentials = await asStranger(world);
  const sqs = new SQSClient({ credentials, useQueueUrlAsEndpoint: false });
  const message = { QueueUrl: world.outputs['RestoreQueueUrl'] ?? '', MessageBody: '{}' };
  return denied(() => sqs.send(new SendMessageCommand(message)));
}

async function lock(world: SmokeWorld, checks: Checks): Promise<void> {
  if (world.parameters['LockMode'] !== 'GOVERNANCE') return;
  const name = 'a locked version cannot be deleted without the leave to bypass the lock';
  if (world.account.emulator) checks.skip(name, "the emulator's CloudFormation does not lock buckets");
  else await checks.check(name, () => lockHolds(world));
}

async function lockHolds({ clients, outputs, buckets }: SmokeWorld): Promise<string> {
  const at = { Bucket: outputs['VaultBucket'] ?? '', Prefix: vaultPlace(buckets.source, PLAIN_KEY).key };
  const { Versions = [] } = await clients.s3.send(new ListObjectVersionsCommand(at));
  const VersionId = Versions[0]?.VersionId;
  expect(VersionId !== undefined, `the vault has no version of ${PLAIN_KEY}`);
  return denied(() =>
    clients.s3.send(new DeleteObjectCommand({ Bucket: at.Bucket, Key: at.Prefix, VersionId })),
  );
}

async function denied(request: () => Promise<unknown>): Promise<string> {
  try {
    await request();
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 403 || (error instanceof Error && /denied/i.test(`${error.name} ${error.message}`)))
      return 'access denied';
    throw error;
  }
  throw new Unmet('it was let in');
}

async function failsByMessage(world: SmokeWorld, name: string, more: object): Promise<string> {
  const { clients, outputs, buckets, stack } = world;
  const jobId = `${stack}-${name}`;
  await clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs['RestoreQueueUrl'] ?? '',
      MessageBody: JSON.stringify({ source: `s3://${buckets.source}`, jobId, ...more }),
    }),
  );
  const { job } = (await cli(world, ['job', jobId, '--wait'], [1])) as {
    job: { state: string; message: string | null };
  };
  expect(job.state === 'failed' && !!job.message, () => `it is ${job.state}: ${job.message}`);
  return job.message ?? '';
}
