import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventBridgeClient, s3Client } from '@holdfast/core/aws/clients.ts';
import { checkoutVenv } from '../../scripts/lib/checkout-venv.ts';
import { type BenchCloud, withBenchCloud } from '../cloud/bench-cloud.ts';
import { measureCommand } from '../measure/measured-command.ts';
import type { BenchOptions } from '../options.ts';
import { awsCli } from './aws-cli.ts';
import { Buckets } from './buckets.ts';
import type { Contestant } from './contestant.ts';
import { holdfast } from './holdfast.ts';
import { PeersBench } from './peers.ts';
import { type PeersResult, peersSection } from './peers-report.ts';
import { RCLONE_WAYS, rclone } from './rclone.ts';
import { type PeerTools, peerTools } from './tools.ts';

/** Holdfast beside `rclone sync` and `aws s3 sync`, as far as the machine has them. */
export async function peers(options: BenchOptions): Promise<string[]> {
  const tools = await peerTools(options);
  return peersSection(await withBenchCloud((bench) => compare(bench, tools, options)));
}

async function compare(bench: BenchCloud, tools: PeerTools, options: BenchOptions): Promise<PeersResult> {
  Object.assign(process.env, bench.cloud.env);
  const buckets = new Buckets(s3Client({ concurrency: 32, account: undefined }));
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const contestants = await contestantsOf(bench, tools, buckets, folder);
    const { objects, repeat } = options;
    const results = await new PeersBench(contestants, buckets, bench).run({ objects, repeat });
    return { objects, repeat, results, tools };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function contestantsOf(
  { cloud, proxy, countedEnv: env }: BenchCloud,
  tools: PeerTools,
  buckets: Buckets,
  folder: string,
): Promise<Contestant[]> {
  const { python } = await checkoutVenv();
  const measure = (argv: readonly string[], own: NodeJS.ProcessEnv) =>
    measureCommand({ argv, env: own }, python);
  const newBucket = (purpose: string) => buckets.create(purpose);
  const { endpoint } = proxy;
  const peer = (path: string) => ({ path, env, endpoint, measure, newBucket });
  const vault = cloud.outputs['VaultBucket'] ?? '';
  const { rclone: one, aws: other } = tools;
  return [
    holdfast({ env, endpoint, vault, eventBridge: eventBridgeClient(), measure }),
    ...(one.found ? RCLONE_WAYS.map((flags) => rclone(flags, peer(one.path))) : []),
    ...(other.found ? [await awsCli(join(folder, 'aws-config'), peer(other.path))] : []),
  ];
}
