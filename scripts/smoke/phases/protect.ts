import { makeBucket, put } from '../buckets.ts';
import { type Checks, expect } from '../checks.ts';
import { told, vaultDifferences } from '../compare.ts';
import { KMS_KEY, sampleObjects } from '../sample.ts';
import { cli, quietSecond, type SmokeWorld } from '../world.ts';

/** A source with what has broken backup tools, protected while it is full. */
export async function protect(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, account, before, now } = world;
  const source = `s3://${buckets.source}`;
  await checks.must(
    'a bucket is filled with awkward keys, headers, and objects above the threshold',
    async () => {
      await makeBucket(clients.s3, buckets.source, { region: account.region, versioned: true });
      for (const object of sampleObjects()) {
        if (object.key === KMS_KEY && account.emulator) continue;
        await put(clients.s3, buckets.source, object);
        before.set(object.key, object);
        now.set(object.key, object);
      }
      return `${before.size} objects`;
    },
  );
  if (account.emulator) checks.skip('an object of a key of KMS', 'the emulator does not encrypt');

  await checks.check('cost says what backing it up would cost', async () => {
    await cli(world, ['cost', source]);
    return undefined;
  });
  await checks.must('protect wires the bucket, and its first backup ends without a problem', async () => {
    await cli(world, ['protect', source, '--wait']);
    return undefined;
  });
  await checks.must('status waits until large copies are done, and says that all is well', async () => {
    await cli(world, ['status', source, '--wait']);
    return undefined;
  });
  await checks.must('the vault holds every object, with the same bytes', async () => {
    const wrong = await vaultDifferences(world, now);
    expect(wrong.length === 0, () => told(wrong));
    return `${now.size} objects`;
  });
  await quietSecond();
  world.moment = new Date().toISOString();
  await quietSecond();
}
