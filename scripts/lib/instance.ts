import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';
import { processIdentity } from './process-identity.ts';

/** An emulator that we started, as `cloud.json` remembers it. */
export type Instance = {
  readonly pid: number;
  /** Of the process, against reuse of its pid. */
  readonly identity: string;
  readonly port: number;
  readonly endpoint: string;
  readonly auth: boolean;
  readonly started: string;
};

export const instanceFile = (stateDir: string) => join(stateDir, 'cloud.json');
export const logFile = (stateDir: string) => join(stateDir, 'cloud.log');

/** The instance whose process is alive, healthy or not; a state file whose process is gone counts as none. */
export async function recordedInstance(stateDir: string): Promise<Instance | undefined> {
  const instance = parse(await readJson(instanceFile(stateDir)));
  return instance && isAlive(instance) ? instance : undefined;
}

export function isAlive({ pid, identity }: Pick<Instance, 'pid' | 'identity'>): boolean {
  return processIdentity(pid) === identity;
}

export function recordInstance(stateDir: string, instance: Instance): Promise<void> {
  return writeJson(instanceFile(stateDir), instance);
}

export function forgetInstance(stateDir: string): Promise<void> {
  return rm(instanceFile(stateDir), { force: true });
}

function parse(value: Record<string, unknown> | undefined): Instance | undefined {
  if (!value) return undefined;
  const { pid, identity, port, endpoint, auth, started } = value;
  if (typeof pid !== 'number' || typeof port !== 'number' || typeof auth !== 'boolean') return undefined;
  if (typeof identity !== 'string' || typeof endpoint !== 'string' || typeof started !== 'string')
    return undefined;
  return { pid, identity, port, endpoint, auth, started };
}
