import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientOptions } from '@holdfast/core/aws/clients.ts';
import { type CloudEnv, externalCloudEnv, localCloudEnv } from '../../../scripts/lib/cloud-env.ts';
import { withLock } from '../../../scripts/lib/lock.ts';
import { startMinistack, stopMinistack } from '../../../scripts/lib/ministack.ts';
import { freePort } from '../../../scripts/lib/port.ts';
import { silent } from '../../../scripts/lib/progress.ts';
import { run } from '../../../scripts/lib/run.ts';
import { cloudSettings, type Settings } from '../../../scripts/lib/settings.ts';
import { resolveTarget } from '../../../scripts/lib/target.ts';
import { ensureVenv } from '../../../scripts/lib/venv.ts';

/** An AWS-compatible endpoint without the stack in it. */
export type LocalCloud = {
  readonly client: Required<Omit<ClientOptions, 'limits'>>;
  readonly stop: () => Promise<void>;
};

/** Starts an emulator for this test run alone, or takes the endpoint in AWS_ENDPOINT_URL. */
export async function startLocalCloud(): Promise<LocalCloud> {
  const stateDir = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
  const settings = cloudSettings({ stateDir, auth: false, report: silent });
  const stop = async () => {
    await stopMinistack(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    const target = await resolveTarget(settings);
    const env =
      target.kind === 'own'
        ? localCloudEnv(await startOwn(settings))
        : externalCloudEnv(target.endpoint, process.env);
    return { client: use(env), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns the endpoint */
async function startOwn({ root, stateDir, auth, env, sharedDir, report }: Settings): Promise<string> {
  const venv = { link: join(sharedDir, 'venv'), requirements: join(root, 'scripts/requirements.txt') };
  const { python } = await withLock(join(sharedDir, 'lock'), { report }, () =>
    ensureVenv({ ...venv, env, run, report }),
  );
  const port = await freePort();
  return (await startMinistack({ python, root, stateDir, port, auth, env })).endpoint;
}

/** Credentials reach the SDK by the environment of this worker, which no other test file shares. */
function use(env: CloudEnv): Required<Omit<ClientOptions, 'limits'>> {
  Object.assign(process.env, env);
  return { endpoint: env['AWS_ENDPOINT_URL'] ?? '', region: env['AWS_REGION'] ?? '', concurrency: 10 };
}
