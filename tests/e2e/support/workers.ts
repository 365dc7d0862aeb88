import { readdir, readFile } from 'node:fs/promises';
import { recordedInstance } from '../../../scripts/lib/instance.ts';

/** Kills the processes in which an emulator runs the functions. @returns how many there were */
export async function killWorkers(stateDir: string): Promise<number> {
  const workers = await workersOf(stateDir);
  for (const pid of workers) process.kill(pid, 'SIGKILL');
  return workers.length;
}

/** The function processes of an emulator's own process group; none on machines without /proc. */
export async function workersOf(stateDir: string): Promise<number[]> {
  const emulator = await recordedInstance(stateDir);
  const workers: number[] = [];
  for (const pid of emulator === undefined ? [] : await processes()) {
    if (pid !== emulator?.pid && (await isWorker(pid, emulator?.pid ?? 0))) workers.push(pid);
  }
  return workers;
}

async function processes(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function isWorker(pid: number, group: number): Promise<boolean> {
  const stat = await read(`/proc/${pid}/stat`);
  // Behind the name in parentheses: state, parent, process group.
  const ofGroup = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  if (ofGroup !== String(group)) return false;
  return (await read(`/proc/${pid}/environ`)).includes('AWS_LAMBDA_FUNCTION_NAME=');
}

function read(path: string): Promise<string> {
  // A process may end between the listing and the look.
  return readFile(path, 'latin1').catch(() => '');
}
