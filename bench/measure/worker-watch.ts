import { readdir, readFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';

/**
 * Watches the resident memory of the emulator's function processes while they work.
 *
 * @returns a function that stops the watch and tells the highest value of each function, in MiB; nothing on machines
 *   without /proc
 */
export function watchWorkers(): () => Promise<Record<string, number>> {
  const peaks = new Map<string, number>();
  const stop = new AbortController();
  const watching = (async () => {
    try {
      for await (const _ of setInterval(250, undefined, { signal: stop.signal })) await look(peaks);
    } catch {
      // Stopped, or a machine without /proc.
    }
  })();
  return async () => {
    stop.abort();
    await watching;
    return Object.fromEntries(peaks);
  };
}

async function look(peaks: Map<string, number>): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = /AWS_LAMBDA_FUNCTION_NAME=holdfast-(\w+)Function/.exec(
      await read(`/proc/${pid}/environ`),
    )?.[1];
    if (name === undefined) continue;
    const peakKiB = Number(/VmHWM:\s+(\d+) kB/.exec(await read(`/proc/${pid}/status`))?.[1] ?? 0);
    peaks.set(name, Math.max(peaks.get(name) ?? 0, peakKiB / 1024));
  }
}

function read(path: string): Promise<string> {
  // A process may end between the listing and the look.
  return readFile(path, 'latin1').catch(() => '');
}
