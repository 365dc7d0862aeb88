import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError, lastLines } from './errors.ts';
import { waitForHealth } from './health.ts';
import {
  forgetInstance,
  type Instance,
  isAlive,
  logFile,
  recordedInstance,
  recordInstance,
} from './instance.ts';
import { emptyDataDirs, type MinistackEnvOptions, ministackEnv, removeDataDirs } from './ministack-env.ts';
import { assertPortFree } from './port.ts';
import { processIdentity } from './process-identity.ts';

/** Starts MiniStack with its departures from S3 put right. */
const SERVE = join(import.meta.dirname, '../emulator/serve.py');

const START_MS = 60_000;
const STOP_MS = 10_000;

export type StartOptions = MinistackEnvOptions & {
  /** The interpreter of the virtual environment that MiniStack is in. */
  readonly python: string;
  readonly timeoutMs?: number;
};

/** The instance of this state directory if its process is ours and it answers, given some time if it is busy. */
export async function runningInstance(stateDir: string, patienceMs = 2_000): Promise<Instance | undefined> {
  const instance = await recordedInstance(stateDir);
  if (!instance) return undefined;
  const healthy = await waitForHealth(instance.endpoint, () => isAlive(instance), patienceMs);
  return healthy ? instance : undefined;
}

/** Starts an emulator that outlives this process, and waits until it answers. */
export async function startMinistack(options: StartOptions): Promise<Instance> {
  await assertPortFree(options.port);
  await emptyDataDirs(options.stateDir);
  return start(options);
}

/** Ends a persistent emulator as an orderly stop would, and starts it on the same port with what it had written down. */
export async function restartMinistack(options: Omit<StartOptions, 'port' | 'persist'>): Promise<Instance> {
  const instance = await recordedInstance(options.stateDir);
  if (instance === undefined) throw new CloudError('There is no local cloud to start again.');
  await end(instance);
  return start({ ...options, port: instance.port, persist: true });
}

async function start(options: StartOptions): Promise<Instance> {
  const { stateDir, port, auth } = options;
  const pid = await spawnDetached(options);
  const identity = processIdentity(pid) ?? '';
  const endpoint = `http://127.0.0.1:${port}`;
  const instance = { pid, identity, port, endpoint, auth, started: new Date().toISOString() };
  await recordInstance(stateDir, instance);
  const healthy = await waitForHealth(endpoint, () => isAlive(instance), options.timeoutMs ?? START_MS);
  if (!healthy) throw await startFailure(stateDir, instance);
  return instance;
}

async function startFailure(stateDir: string, instance: Instance): Promise<CloudError> {
  const why = isAlive(instance) ? 'does not answer' : 'ended at once';
  await stopMinistack(stateDir);
  const detail = lastLines(await readFile(logFile(stateDir), 'utf8').catch(() => ''));
  return new CloudError(`MiniStack ${why} on port ${instance.port}; its log, ${logFile(stateDir)}, ends:`, {
    detail,
  });
}

/** Stops the process that the state file names, with its workers, if it is still that process; false if none was. */
export async function stopMinistack(stateDir: string): Promise<boolean> {
  const instance = await recordedInstance(stateDir);
  if (instance) await end(instance);
  await forgetInstance(stateDir);
  await removeDataDirs(stateDir);
  return instance !== undefined;
}

async function end(instance: Instance): Promise<void> {
  signalGroup(instance, 'SIGTERM');
  await waitForEnd(instance);
  signalGroup(instance, 'SIGKILL');
  await waitForEnd(instance);
}

/** It was started as the leader of a process group, which its function workers are in. */
function signalGroup(instance: Instance, signal: NodeJS.Signals): void {
  if (!isAlive(instance)) return;
  try {
    process.kill(-instance.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

async function waitForEnd(instance: Instance): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  while (isAlive(instance) && Date.now() < deadline) await sleep(20);
}

async function spawnDetached(options: StartOptions): Promise<number> {
  const log = await open(logFile(options.stateDir), 'w');
  try {
    const child = spawn(options.python, [SERVE], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: ministackEnv(options),
      cwd: options.stateDir,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child.pid ?? 0;
  } catch (cause) {
    throw new CloudError(`MiniStack (${options.python}) could not be started.`, {
      detail: String(cause),
      cause,
    });
  } finally {
    await log.close();
  }
}
