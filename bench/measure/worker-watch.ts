import { readdir, writeFile } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { cpuSecondsOf, peakMiBOf, readProc, variableOf } from './proc.ts';

const EVERY_MS = 200;
const NAME = /^holdfast-(\w+)Function-/;

/** One process of one function. */
export type WorkerUse = {
  readonly pid: string;
  readonly functionName: string;
  /** Since the watch, or the process, began. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
};

/**
 * Watches the function processes of one local cloud while they work: their CPU time, and their highest resident memory
 * since the watch began. Sees nothing on machines without /proc.
 */
export class WorkerWatch {
  readonly #endpoint: string;
  readonly #before: ReadonlyMap<string, number>;
  readonly #last = new Map<string, WorkerUse>();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;

  private constructor(endpoint: string, before: ReadonlyMap<string, number>) {
    this.#endpoint = endpoint;
    this.#before = before;
    this.#watching = this.#watch();
  }

  /** @param endpoint what the functions' AWS_ENDPOINT_URL is: other clouds on this machine have functions too */
  static async begin(endpoint: string): Promise<WorkerWatch> {
    const before = new Map<string, number>();
    for (const { pid } of await workersOf(endpoint)) {
      // Makes the kernel forget the highest value so far.
      await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
      before.set(pid, cpuSecondsOf(await readProc(pid, 'stat')));
    }
    return new WorkerWatch(endpoint, before);
  }

  /** Ends the watch. @returns the processes that did anything, those that have ended included */
  async end(): Promise<WorkerUse[]> {
    this.#stop.abort();
    await this.#watching;
    await this.#look();
    return [...this.#last.values()].filter(({ cpuSeconds }) => cpuSeconds > 0);
  }

  async #watch(): Promise<void> {
    try {
      for await (const _ of setInterval(EVERY_MS, undefined, { signal: this.#stop.signal }))
        await this.#look();
    } catch {
      // Stopped.
    }
  }

  async #look(): Promise<void> {
    for (const { pid, functionName } of await workersOf(this.#endpoint)) {
      const [stat, status] = await Promise.all([readProc(pid, 'stat'), readProc(pid, 'status')]);
      if (stat === '' || status === '') continue;
      const cpuSeconds = cpuSecondsOf(stat) - (this.#before.get(pid) ?? 0);
      this.#last.set(pid, { pid, functionName, cpuSeconds, peakMiB: peakMiBOf(status) });
    }
  }
}

async function workersOf(endpoint: string): Promise<Array<{ pid: string; functionName: string }>> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readProc(pid, 'environ');
      if (variableOf(environ, 'AWS_ENDPOINT_URL') !== endpoint) return [];
      const functionName = NAME.exec(variableOf(environ, 'AWS_LAMBDA_FUNCTION_NAME') ?? '')?.[1];
      return functionName === undefined ? [] : [{ pid, functionName }];
    }),
  );
  return found.flat();
}

/** The highest resident memory of a process of each function. */
export function peaksByFunction(uses: readonly WorkerUse[]): Record<string, number> {
  const peaks: Record<string, number> = {};
  for (const { functionName, peakMiB } of uses)
    peaks[functionName] = Math.max(peaks[functionName] ?? 0, peakMiB);
  return peaks;
}
