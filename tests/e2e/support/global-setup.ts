import { resolve } from 'node:path';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { TestProject } from 'vitest/node';
import { ensureCloud, stopCloud } from '../../../scripts/lib/cloud.ts';
import { STACK } from '../../../scripts/lib/parameters.ts';
import { freePort } from '../../../scripts/lib/port.ts';
import { ownerProxy } from './owner-proxy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    cloudEnv: Record<string, string>;
    /** Where the tests themselves ask, as the owners of buckets. */
    directEndpoint: string;
    /** The proxy that looks for requests which do not say whose their bucket is. */
    ownerProxy: string | undefined;
    outputs: Record<string, string>;
    stack: string;
  }
}

const TOPIC = 'e2e-notices';

const OPTIONS = {
  stateDir: resolve(import.meta.dirname, '../../../.holdfast/e2e'),
  // The tests are the account's root: with a list of senders, the functions have to be on it as well.
  // Small parts, so that a test can have a large object; no wait between retries, so that one can have a poison message.
  parameters: {
    MultipartThresholdMiB: '5',
    PartMiB: '5',
    RetryBaseSeconds: '0',
    KeysPerStep: '500',
    RestoreSenders: 'arn:aws:iam::000000000000:root',
    NotifyTopicArn: `arn:aws:sns:us-east-1:000000000000:${TOPIC}`,
  },
};

/** A local cloud of the tests' own, with the real template in it; functions and commands reach it by a proxy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let emulatorPort = 0;
  const proxy = await ownerProxy(() => emulatorPort, await freePort());
  const options = { ...OPTIONS, functionEnv: { AWS_ENDPOINT_URL: proxy.endpoint } };
  // One that an earlier run left would look for its proxy.
  await stopCloud(options);
  const cloud = await ensureCloud(options);
  emulatorPort = Number(new URL(cloud.endpoint).port);
  Object.assign(process.env, cloud.env);
  await new SNSClient().send(new CreateTopicCommand({ Name: TOPIC }));
  project.provide('cloudEnv', { ...cloud.env, AWS_ENDPOINT_URL: proxy.endpoint });
  project.provide('directEndpoint', cloud.endpoint);
  project.provide('ownerProxy', proxy.endpoint);
  project.provide('outputs', { ...cloud.outputs });
  project.provide('stack', STACK);
  return async () => {
    proxy.stop();
    await stopCloud(options);
  };
}
