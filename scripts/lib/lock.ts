import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from './errors.ts';
import { processIdentity } from './process-identity.ts';
import type { Report } from './progress.ts';

/** Longer than the slowest first installation. */
const PATIENCE_MS = 10 * 60_000;
const POLL_MS = 100;

let drafts = 0;

export type LockOptions = { readonly report: Report; readonly patienceMs?: number };

/** Runs the work while no other process holds the file; a holder that died, even by SIGKILL, is not waited for. */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await acquire(file, options);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, { report, patienceMs = PATIENCE_MS }: LockOptions): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const deadline = Date.now() + patienceMs;
  let told = false;
  while (!(await tryAcquire(file))) {
    const holder = await readHolder(file);
    if (holder !== undefined && !isAlive(holder)) {
      await removeStale(file, holder);
      continue;
    }
    if (Date.now() > deadline)
      throw new CloudError(`Another cloud command (pid ${pidOf(holder)}) does not end.`);
    if (holder && !told) {
      report(`waiting for another cloud command (pid ${pidOf(holder)})\n`);
      told = true;
    }
    await sleep(POLL_MS);
  }
}

/** A link either makes the lock with its holder's name in it, or fails: there is never an empty lock. */
async function tryAcquire(file: string): Promise<boolean> {
  drafts += 1;
  const draft = `${file}.${process.pid}.${drafts}`;
  await writeFile(draft, `${process.pid} ${processIdentity(process.pid)}`);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function readHolder(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function pidOf(holder: string | undefined): number {
  return Number.parseInt(holder ?? '', 10);
}

function isAlive(holder: string): boolean {
  const pid = pidOf(holder);
  const identity = processIdentity(pid);
  return identity !== undefined && holder === `${pid} ${identity}`;
}

/** Two processes may find the same stale lock: the slower one must not remove the lock the faster one has made. */
async function removeStale(file: string, holder: string): Promise<void> {
  drafts += 1;
  const aside = `${file}.stale.${process.pid}.${drafts}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readHolder(aside)) !== holder) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}
