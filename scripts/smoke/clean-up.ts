import { rm } from 'node:fs/promises';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { destroyBucket } from './buckets.ts';
import { type Checks, expect } from './checks.ts';
import { removeStranger } from './stranger.ts';
import { describeStack, type SmokeWorld, within } from './world.ts';

/** Takes away all that this run made, as far as it was made. Nothing is found by anything but this run's own names. */
export async function cleanUp(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, stack } = world;
  await checks.check("the source's stack is gone", () =>
    removeStack(sourceStackName(stack, `s3://${buckets.source}`, ADDRESSES), world),
  );
  await checks.check('the core stack is gone', () => removeStack(stack, world));
  await checks.check('the role of the stranger is gone', async () => {
    await removeStranger(world);
    return undefined;
  });
  await checks.check('every bucket is gone, the vault too', async () => {
    const names = await bucketNames(world);
    for (const name of names) await destroyBucket(clients.s3, name);
    const left = await bucketNames(world);
    expect(left.length === 0, () => `${left.join(', ')} stay`);
    return names.join(', ');
  });
  await checks.check('the catalog is gone', async () => {
    const names = await tableNames(world);
    for (const TableName of names) await clients.dynamo.send(new DeleteTableCommand({ TableName }));
    return names.join(', ');
  });
  await rm(world.folder, { recursive: true, force: true });
}

/** What a person has to delete who kept it all. */
export async function whatIsKept(world: SmokeWorld): Promise<string[]> {
  const { stack, buckets, strangerRole, folder } = world;
  return [
    `stack ${sourceStackName(stack, `s3://${buckets.source}`, ADDRESSES)}, then stack ${stack}`,
    `buckets ${(await bucketNames(world)).join(', ')}`,
    `table ${(await tableNames(world)).join(', ')}`,
    `role ${strangerRole}`,
    `folder ${folder}`,
  ];
}

async function removeStack(name: string, { clients }: SmokeWorld): Promise<string> {
  const found = await describeStack(name, clients);
  if (found === undefined) return 'there was none';
  await clients.cloudFormation.send(new DeleteStackCommand({ StackName: name }));
  await within(900, `${name} is deleted`, async () => {
    const now = await describeStack(name, clients);
    expect(now?.status !== 'DELETE_FAILED', `${name} cannot be deleted: look at its events`);
    return now === undefined ? true : undefined;
  });
  return name;
}

/** Buckets whose names begin with this run's own, those of the stack too, whatever of it was deployed. */
async function bucketNames({ clients, stack }: SmokeWorld): Promise<string[]> {
  const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name = '' }) => Name).filter((name) => name.startsWith(`${stack}-`));
}

async function tableNames({ clients, stack }: SmokeWorld): Promise<string[]> {
  const names: string[] = [];
  for (let ExclusiveStartTableName: string | undefined; ; ) {
    const page = await clients.dynamo.send(new ListTablesCommand({ ExclusiveStartTableName }));
    names.push(...(page.TableNames ?? []).filter((name) => name.startsWith(`${stack}-`)));
    ExclusiveStartTableName = page.LastEvaluatedTableName;
    if (ExclusiveStartTableName === undefined) return names;
  }
}
