import { setTimeout as pause } from 'node:timers/promises';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, GetObjectTaggingCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import { put } from '../buckets.ts';
import { type Checks, expect } from '../checks.ts';
import { told, vaultDifferences } from '../compare.ts';
import { DELETED_KEY, LARGE_KEY, OVERWRITTEN_KEY, PLAIN_KEY, type SampleObject } from '../sample.ts';
import { cli, type SmokeWorld, within } from '../world.ts';

const ADDED_KEY = 'added later.txt';
const MISSED_KEY = 'written while the rule was off.txt';
const FOUND_KEY = 'found by the reconcile.txt';

/** Overwrites, adds and deletes, and waits for the events. */
export async function change(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, now, before, plants, account } = world;
  const source = `s3://${buckets.source}`;
  const changed = [
    text(OVERWRITTEN_KEY, 'overwritten'),
    text(ADDED_KEY, 'added later'),
    { key: LARGE_KEY, body: Buffer.alloc(6 * 1024 * 1024, 'changed, and still in parts ') },
  ];
  if (plants.has('object')) await damage(world);
  await checks.must('objects are overwritten, added and deleted', async () => {
    for (const object of changed) await write(world, object);
    if (plants.has('event')) {
      const lost = text(MISSED_KEY, 'nobody was told of it');
      await withoutRule(world, () => write(world, lost));
      changed.push(lost);
    }
    await clients.s3.send(new DeleteObjectCommand({ Bucket: buckets.source, Key: DELETED_KEY }));
    now.delete(DELETED_KEY);
    return `${changed.length + 1} objects`;
  });

  const began = performance.now();
  await checks.check('every change is in the vault by its event', async () => {
    const wanted = new Map(changed.map((object) => [object.key, object]));
    await arrived(world, wanted, account.emulator ? 20 : 180);
    return `all within ${Math.ceil((performance.now() - began) / 1000)} s`;
  });
  await checks.check('status waits until nothing is in flight, and says that all is well', async () => {
    await cli(world, ['status', source, '--wait']);
    return undefined;
  });
  await checks.check('what did not change is in the vault as it was', async () => {
    const same = new Map([...now].filter(([key, { body }]) => before.get(key)?.body === body));
    const wrong = await vaultDifferences(world, same);
    expect(wrong.length === 0, () => told(wrong));
    return `${same.size} objects`;
  });
  await checks.check('the deletion is a delete marker, and the copy below it is tagged', () =>
    deletionIsMarked(world),
  );
  await checks.check('an object whose event is lost is found by a reconcile', async () => {
    await withoutRule(world, () => write(world, text(FOUND_KEY, 'found by the reconcile')));
    await cli(world, ['reconcile', source, '--wait']);
    const wrong = await vaultDifferences(
      world,
      new Map([[FOUND_KEY, text(FOUND_KEY, 'found by the reconcile')]]),
    );
    expect(wrong.length === 0, () => told(wrong));
    return undefined;
  });
}

function text(key: string, words: string): SampleObject {
  return { key, body: Buffer.from(words) };
}

async function write({ clients, buckets, now }: SmokeWorld, object: SampleObject): Promise<void> {
  await put(clients.s3, buckets.source, object);
  now.set(object.key, object);
}

/** Waits for the vault to hold what was written; what is missing at the end is named. */
async function arrived(
  world: SmokeWorld,
  wanted: ReadonlyMap<string, SampleObject>,
  seconds: number,
): Promise<void> {
  let wrong: readonly string[] = [];
  await within(seconds, 'all changes are in the vault', async () => {
    wrong = await vaultDifferences(world, wanted);
    return wrong.length === 0 ? true : undefined;
  }).catch((error: unknown) => {
    expect(wrong.length === 0, () => `after ${seconds} s ${told(wrong)}`);
    throw error;
  });
}

/** EventBridge takes some seconds to notice that a rule is switched off or on. */
const RULE_SECONDS = 10;

async function withoutRule(world: SmokeWorld, work: () => Promise<void>): Promise<void> {
  const { clients, stack, buckets, account } = world;
  const Name = captureRuleName(stack, buckets.source);
  const noticed = () => pause(account.emulator ? 0 : RULE_SECONDS * 1000);
  await clients.eventBridge.send(new DisableRuleCommand({ Name }));
  try {
    await noticed();
    await work();
    await noticed();
  } finally {
    await clients.eventBridge.send(new EnableRuleCommand({ Name }));
  }
  await noticed();
}

/** Planted: other bytes on top of a good copy. */
async function damage({ clients, outputs, buckets }: SmokeWorld): Promise<void> {
  const { key } = vaultPlace(buckets.source, PLAIN_KEY);
  await put(clients.s3, outputs['VaultBucket'] ?? '', text(key, 'damaged on purpose'));
}

async function deletionIsMarked(world: SmokeWorld): Promise<undefined> {
  const { clients, outputs, buckets, account } = world;
  const at = {
    Bucket: outputs['VaultBucket'] ?? '',
    Prefix: vaultPlace(buckets.source, DELETED_KEY).key,
  };
  await within(account.emulator ? 20 : 180, 'a delete marker is on top', async () => {
    const { DeleteMarkers = [] } = await clients.s3.send(new ListObjectVersionsCommand(at));
    return DeleteMarkers.some(({ IsLatest }) => IsLatest) ? true : undefined;
  });
  const { Versions = [] } = await clients.s3.send(new ListObjectVersionsCommand(at));
  const VersionId = Versions[0]?.VersionId;
  const copy = { Bucket: at.Bucket, Key: at.Prefix, VersionId };
  const { TagSet = [] } = await clients.s3.send(new GetObjectTaggingCommand(copy));
  const deleted = TagSet.find(({ Key }) => Key === 'Deleted')?.Value;
  expect(deleted === 'True', () => `its tag Deleted is ${deleted ?? 'not there'}`);
  return undefined;
}
