import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckResult } from './checks.ts';
import { count } from './checks.ts';
import type { SmokeWorld } from './world.ts';

/** Writes what was asserted and what came of it, for machines and for a colleague. */
export async function writeReport(
  file: string,
  { account, stack, plants }: SmokeWorld,
  results: readonly CheckResult[],
  { startedAt, kept }: { readonly startedAt: string; readonly kept: readonly string[] },
): Promise<void> {
  const report = {
    stack,
    account: account.id,
    region: account.region,
    emulator: account.emulator,
    planted: [...plants],
    startedAt,
    finishedAt: new Date().toISOString(),
    counts: count(results),
    kept,
    results,
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}
