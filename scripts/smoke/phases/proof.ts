import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { type Checks, expect } from '../checks.ts';
import { METADATA_KEY, PLAIN_KEY } from '../sample.ts';
import { cli, type SmokeWorld } from '../world.ts';

/** The vault against its checksums, and the catalog made anew from the vault. */
export async function prove(world: SmokeWorld, checks: Checks): Promise<void> {
  const { clients, buckets, outputs } = world;
  const source = `s3://${buckets.source}`;
  await checks.check('verify proves every version in the vault', async () => {
    await cli(world, ['status', source, '--wait']);
    const { counts } = (await cli(world, ['verify', source, '--all'])) as { counts: Record<string, number> };
    return `${counts['right'] ?? 0} versions`;
  });
  await checks.check('the vault has nothing on top of what the catalog names', () => nothingOnTop(world));
  await checks.check('reindex finds rows that the catalog lost, and writes them again', async () => {
    const lost = [PLAIN_KEY, METADATA_KEY];
    for (const key of lost)
      await clients.dynamo.send(
        new DeleteItemCommand({
          TableName: outputs['CatalogTable'] ?? '',
          Key: { pk: { S: source }, sk: { S: key } },
        }),
      );
    const written = await writtenBy(world, ['reindex', '--dry-run']);
    expect(written === lost.length, () => `it would write ${written} entries, not ${lost.length}`);
    await cli(world, ['reindex']);
    const again = await writtenBy(world, ['reindex', '--dry-run']);
    expect(again === 0, () => `after it, it would write ${again} entries again`);
    return `${lost.length} rows`;
  });
}

type Reconciled = {
  readonly result: {
    readonly job: { readonly id: string; readonly counts: Readonly<Record<string, number>> };
  };
};

async function nothingOnTop(world: SmokeWorld): Promise<string> {
  const command = ['reconcile', `s3://${world.buckets.source}`, '--vault', '--wait'];
  const { result } = (await cli(world, command, [0, 3])) as Reconciled;
  const { mended = 0, copies = 0 } = result.job.counts;
  expect(mended === 0, () => `${mended} mended, which the report of ${result.job.id} names`);
  return `${copies} copies compared`;
}

async function writtenBy(world: SmokeWorld, args: readonly string[]): Promise<number> {
  const { sources } = (await cli(world, args)) as { sources: { written: number }[] };
  return sources.reduce((sum, { written }) => sum + written, 0);
}
