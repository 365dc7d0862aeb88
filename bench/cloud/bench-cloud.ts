import { resolve } from 'node:path';
import { type Cloud, ensureCloud, stopCloud } from '../../scripts/lib/cloud.ts';
import { toolEnv } from '../../scripts/lib/cloud-env.ts';
import { recordedInstance } from '../../scripts/lib/instance.ts';
import { cpuSeconds } from '../measure/proc.ts';
import { CountingProxy } from './counting-proxy.ts';

const STATE_DIR = resolve(import.meta.dirname, '../../.holdfast/bench');

/** As Lambda starts Node in a function of 256 MiB: without these it would collect garbage when it likes. */
export const LAMBDA_NODE_OPTIONS = ['--max-old-space-size=230', '--max-semi-space-size=12'];

/** A local cloud of the bench's own, whose functions talk to it through a proxy that counts. */
export type BenchCloud = {
  readonly cloud: Cloud;
  readonly proxy: CountingProxy;
  /** The environment of a command that goes through the proxy as well. */
  readonly countedEnv: NodeJS.ProcessEnv;
  /** The emulator's own CPU time so far; its functions are processes of their own. */
  readonly emulatorSeconds: () => Promise<number>;
};

/** Gives a fresh local cloud to `work` and takes it away afterwards, whatever came of it. */
export async function withBenchCloud<T>(work: (bench: BenchCloud) => Promise<T>): Promise<T> {
  let port = 0;
  const proxy = await CountingProxy.start(() => port);
  const functionEnv = { AWS_ENDPOINT_URL: proxy.endpoint, NODE_OPTIONS: LAMBDA_NODE_OPTIONS.join(' ') };
  // An endpoint in the environment, the user's or an earlier section's, would be taken for a cloud to use and to spare.
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const options = { stateDir: STATE_DIR, functionEnv, env };
  try {
    // One that an earlier run left behind would not know of the proxy.
    await stopCloud(options);
    const cloud = await ensureCloud(options);
    port = Number(new URL(cloud.endpoint).port);
    const instance = await recordedInstance(STATE_DIR);
    return await work({
      cloud,
      proxy,
      countedEnv: { ...toolEnv(process.env, cloud.env), AWS_ENDPOINT_URL: proxy.endpoint },
      emulatorSeconds: () => cpuSeconds(instance?.pid ?? 0),
    });
  } finally {
    await stopCloud(options);
    proxy.stop();
  }
}
