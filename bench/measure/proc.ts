import { readFile } from 'node:fs/promises';

/** Linux counts a process's time in hundredths of a second, whatever its kernel's own clock does. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** Seconds of user and system time in the text of `/proc/<pid>/stat`. */
export function cpuSecondsOf(stat: string): number {
  // The second field, the name in parentheses, may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** The highest resident memory, in MiB, in the text of `/proc/<pid>/status`. */
export function peakMiBOf(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / KIB_PER_MIB;
}

/** One variable in the text of `/proc/<pid>/environ`. */
export function variableOf(environ: string, name: string): string | undefined {
  const line = environ.split('\0').find((entry) => entry.startsWith(`${name}=`));
  return line?.slice(name.length + 1);
}

/** A file of a process; empty when the process has ended, or the machine has no /proc. */
export function readProc(pid: number | string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
}

/** User and system time of a process so far, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  return cpuSecondsOf(await readProc(pid, 'stat'));
}
