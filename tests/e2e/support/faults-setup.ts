import type { TestProject } from 'vitest/node';
import { ensureCloud, stopCloud } from '../../../scripts/lib/cloud.ts';
import { STACK } from '../../../scripts/lib/parameters.ts';
import { freePort } from '../../../scripts/lib/port.ts';
import { faultsCloud } from './faults-cloud.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the functions look for AWS: the suite starts its proxy there. */
    proxyPort: number;
  }
}

/** A local cloud of the suite's own, always begun anew: one that an earlier run left would look for its proxy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const proxyPort = await freePort();
  const options = faultsCloud(proxyPort);
  await stopCloud(options);
  const cloud = await ensureCloud(options);
  project.provide('cloudEnv', { ...cloud.env });
  project.provide('directEndpoint', cloud.endpoint);
  project.provide('ownerProxy', undefined);
  project.provide('outputs', { ...cloud.outputs });
  project.provide('stack', STACK);
  project.provide('proxyPort', proxyPort);
  return async () => {
    await stopCloud(options);
  };
}
