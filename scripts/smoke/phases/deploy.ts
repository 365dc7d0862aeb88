import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { makeBucket } from '../buckets.ts';
import type { Checks } from '../checks.ts';
import { buildCore, deployCore } from '../core-stack.ts';
import type { SmokeWorld } from '../world.ts';

/** The stack of this checkout, under a name of its own. */
export async function deploy(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, account, plants } = world;
  await checks.must('sam build builds the functions', async () => {
    await buildCore(world);
    return undefined;
  });
  await checks.must('a bucket for what sam uploads can be made', async () => {
    await makeBucket(clients.s3, buckets.artifacts, { region: account.region, versioned: false });
    return undefined;
  });
  await checks.must('sam deploy creates the stack', () => deployCore(world));
  if (plants.has('policy')) await openRestoreQueue(world);
}

/** Planted: everybody of the account may send restores. */
async function openRestoreQueue({ clients, outputs }: SmokeWorld): Promise<void> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
  });
  const QueueUrl = outputs['RestoreQueueUrl'] ?? '';
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
}
