import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { s3Client } from '@holdfast/core/aws/clients.ts';
import { vaultPrefix } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { type BenchCloud, withBenchCloud } from '../cloud/bench-cloud.ts';
import { type CommandUse, measureCommand } from '../measure/measured-command.ts';
import { Buckets } from '../peers/buckets.ts';
import type { Copies } from '../peers/contestant.ts';
import { type PeerTools, peerTools } from '../peers/tools.ts';

/** What restores are measured with. */
export type Setting = {
  readonly bench: BenchCloud;
  readonly tools: PeerTools;
  readonly s3: S3Client;
  readonly buckets: Buckets;
  /** For files, on a disk: a folder of temporary files may be in memory only. */
  readonly folder: string;
  readonly python: string;
  readonly measure: (argv: readonly string[], env: NodeJS.ProcessEnv) => Promise<CommandUse>;
};

/** A protected bucket, and its copies in the vault. */
export type Backup = { readonly source: string; readonly copies: Copies };

/** Gives a cloud of its own and an empty folder to `work`, and takes both away afterwards. */
export function withSetting<T>(
  given: { readonly rclone?: string; readonly aws?: string },
  work: (setting: Setting) => Promise<T>,
): Promise<T> {
  return withBenchCloud(async (bench) => {
    Object.assign(process.env, bench.cloud.env);
    const [tools, { python }, folder] = await Promise.all([peerTools(given), checkoutVenv(), newFolder()]);
    const s3 = s3Client({ concurrency: 32, account: undefined });
    const measure = (argv: readonly string[], env: NodeJS.ProcessEnv) =>
      measureCommand({ argv, env }, python);
    try {
      return await work({ bench, tools, s3, buckets: new Buckets(s3), folder, python, measure });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Protects a bucket and waits until all of it is in the vault. */
export async function backUp(source: string, { bench: { cloud, countedEnv } }: Setting): Promise<Backup> {
  const { code, stderr } = await holdfastJson(['protect', `s3://${source}`, '--wait'], countedEnv);
  if (code !== 0) throw new Error(`holdfast protect ended with ${code}: ${stderr}`);
  return { source, copies: { bucket: cloud.outputs['VaultBucket'] ?? '', prefix: vaultPrefix(source) } };
}

async function newFolder(): Promise<string> {
  const base = join(ROOT, '.holdfast');
  await mkdir(base, { recursive: true });
  return mkdtemp(join(base, 'restores-'));
}
