import { join } from 'node:path';
import { type CloudEnv, externalCloudEnv, localCloudEnv } from './cloud-env.ts';
import { ensureDeployed } from './deploy.ts';
import { CloudError } from './errors.ts';
import { answersHttp } from './health.ts';
import { type Instance, recordedInstance } from './instance.ts';
import { withLock } from './lock.ts';
import { restartMinistack, runningInstance, startMinistack, stopMinistack } from './ministack.ts';
import { freePortPair } from './port.ts';
import { step } from './progress.ts';
import { run } from './run.ts';
import { type CloudOptions, cloudSettings, type Settings } from './settings.ts';
import { resolveTarget } from './target.ts';
import { ensureVenv, type Venv } from './venv.ts';

/** A cloud with the stack in it. */
export type Cloud = {
  readonly endpoint: string;
  /** What a program needs in its environment to use it. */
  readonly env: CloudEnv;
  /** The stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
};

export type StopResult = 'stopped' | 'not running' | 'external';

/**
 * Makes sure that a local cloud runs with the present sources deployed in it. Does nothing that is already done, may
 * be called by several processes at once, and uses the endpoint in AWS_ENDPOINT_URL when the user brings one.
 */
export function ensureCloud(options?: CloudOptions): Promise<Cloud> {
  return exclusively(options, ensure);
}

/** Empties the cloud, whatever is in it, and deploys again. */
export function resetCloud(options?: CloudOptions): Promise<Cloud> {
  return exclusively(options, async (settings) => {
    const target = await resolveTarget(settings);
    if (target.kind === 'external') await emptyExternal(target.endpoint);
    // A new process starts in half a second, and from nothing for certain.
    else await stopMinistack(settings.stateDir);
    return ensure(settings);
  });
}

/** Stops the emulator that `ensureCloud` started, and never any other. */
export function stopCloud(options?: CloudOptions): Promise<StopResult> {
  return exclusively(options, async (settings) => {
    if ((await resolveTarget(settings)).kind === 'external') return 'external';
    return (await stopMinistack(settings.stateDir)) ? 'stopped' : 'not running';
  });
}

/** Ends the emulator in order and starts it again with what it held: only one that was started with `persist`. */
export function restartCloud(options: CloudOptions & { readonly persist: true }): Promise<void> {
  return exclusively(options, async (settings) => {
    const { root, stateDir, auth, env, functionEnv, report } = settings;
    const { python } = await venvOf(settings);
    await step(report, 'starting the local cloud again', () =>
      restartMinistack({ python, root, stateDir, auth, env, functionEnv }),
    );
  });
}

/** One command of a checkout at a time: they share the virtual environment and sam's build directory. */
function exclusively<T>(
  options: CloudOptions | undefined,
  work: (settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = cloudSettings(options);
  return withLock(join(settings.sharedDir, 'lock'), { report: settings.report }, () => work(settings));
}

async function ensure(settings: Settings): Promise<Cloud> {
  const target = await resolveTarget(settings);
  const venv = await venvOf(settings);
  const env =
    target.kind === 'external'
      ? externalCloudEnv(await answering(target.endpoint), settings.env)
      : localCloudEnv((await ensureInstance(settings, venv)).endpoint);
  const { outputs } = await ensureDeployed(settings, env, venv.sam);
  return { endpoint: env['AWS_ENDPOINT_URL'] ?? '', env, outputs };
}

function venvOf({ sharedDir, env, report }: Settings): Promise<Venv> {
  return ensureVenv({
    link: join(sharedDir, 'venv'),
    requirements: join(import.meta.dirname, '../requirements.txt'),
    env,
    run,
    report,
  });
}

async function answering(endpoint: string): Promise<string> {
  if (await answersHttp(endpoint)) return endpoint;
  throw new CloudError(
    `Nothing answers at AWS_ENDPOINT_URL (${endpoint}): start it, or unset AWS_ENDPOINT_URL.`,
  );
}

/** A cloud under load answers late: what is in it is not thrown away for that. */
const BUSY_MS = 20_000;

async function ensureInstance(settings: Settings, { python }: Venv): Promise<Instance> {
  const { root, stateDir, auth, env, functionEnv, persist, report } = settings;
  const running = await runningInstance(stateDir, BUSY_MS);
  if (running) {
    noteDifferences(settings, running);
    return running;
  }
  // One of ours that is alive and does not answer is of no use to anybody.
  if (await recordedInstance(stateDir)) await stopMinistack(stateDir);
  const port = settings.port ?? (await freePortPair());
  return step(report, `starting the local cloud on port ${port}`, () =>
    startMinistack({ python, root, stateDir, port, auth, env, functionEnv, persist }),
  );
}

/** What is in a running cloud is not thrown away for a setting; whoever changed one is told. */
function noteDifferences({ port, auth, report }: Settings, running: Instance): void {
  if (port !== undefined && port !== running.port) report(`already running, on port ${running.port}\n`);
  if (auth !== running.auth)
    report(`already running, with IAM ${running.auth ? 'enforced' : 'off'}: reset it to change that\n`);
}

async function emptyExternal(endpoint: string): Promise<void> {
  const response = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' }).catch(() => undefined);
  if (response?.ok) return;
  throw new CloudError(`${endpoint} (AWS_ENDPOINT_URL) cannot be emptied from here: it is not a MiniStack.`);
}
