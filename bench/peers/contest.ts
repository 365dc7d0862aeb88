import type { BenchCloud } from '../cloud/bench-cloud.ts';
import type { Counts } from '../cloud/counting-proxy.ts';
import type { Named, Use } from './contestant.ts';

/** What one backup or restore took. */
export type Measured = {
  readonly requests: Counts;
  /** From the start of the command to its end. */
  readonly seconds: number;
  readonly jobSeconds?: number;
  /** Of the command and of what worked for it; not of the endpoint. */
  readonly cpuSeconds: number;
  /** Of the command alone. */
  readonly commandCpuSeconds: number;
  /** Of its largest process. */
  readonly peakMiB: number;
  /** Of all its processes, each at its peak. */
  readonly allPeaksMiB: number;
  /** The endpoint's own CPU time. */
  readonly endpointSeconds: number;
};

type Runs<Phase extends string> = Readonly<Record<Phase, readonly Measured[]>>;

/** By contestant: what each of its runs took, or why it was left out. */
export type Results<Phase extends string> = ReadonlyMap<string, Runs<Phase> | { readonly failed: string }>;

/** What is measured: one run of one contestant. */
export type Run = {
  readonly act: () => Promise<Use>;
  /** @throws when what came of it is not right; not measured */
  readonly check: () => Promise<void>;
};

/** Measures contestants that do the same through the same phases, and keeps what it took each. */
export class Contest<Phase extends string, One extends Named> {
  readonly #name: string;
  readonly #phases: readonly Phase[];
  readonly #bench: BenchCloud;
  readonly #runs: ReadonlyMap<One, Record<Phase, Measured[]>>;
  readonly #failed = new Map<One, string>();

  constructor(name: string, phases: readonly Phase[], contestants: readonly One[], bench: BenchCloud) {
    this.#name = name;
    this.#phases = phases;
    this.#bench = bench;
    const none = () => Object.fromEntries(phases.map((phase) => [phase, []])) as unknown;
    this.#runs = new Map(contestants.map((one) => [one, none() as Record<Phase, Measured[]>]));
  }

  /** The contestants in the order of a round: turned by one each time. */
  order(round: number): One[] {
    const all = [...this.#runs.keys()];
    const at = round % Math.max(1, all.length);
    return [...all.slice(at), ...all.slice(0, at)];
  }

  /** A peer that fails is left out from then on, and the report says so. */
  async measure(one: One, phase: Phase, round: number, run: Run): Promise<void> {
    if (this.#failed.has(one)) return;
    try {
      const measured = await this.#measure(run);
      this.#runs.get(one)?.[phase].push(measured);
      const took = `${measured.seconds.toFixed(1)} s, ${measured.cpuSeconds.toFixed(1)} s CPU`;
      process.stderr.write(`${this.#name}, round ${round}, ${phase}: ${one.name}: ${took}\n`);
    } catch (error) {
      if (!one.isPeer) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#failed.set(one, why);
      process.stderr.write(`${this.#name}: ${why}\n`);
    }
  }

  /** What was measured so far only warmed up. */
  forget(): void {
    for (const runs of this.#runs.values()) for (const phase of this.#phases) runs[phase].splice(0);
  }

  results(): Results<Phase> {
    return new Map(
      [...this.#runs].map(([one, runs]) => {
        const failed = this.#failed.get(one);
        return [one.name, failed === undefined ? runs : { failed }];
      }),
    );
  }

  async #measure({ act, check }: Run): Promise<Measured> {
    const { proxy, emulatorSeconds } = this.#bench;
    await proxy.quiet();
    proxy.take();
    const before = await emulatorSeconds();
    const use = await act();
    const endpointSeconds = (await emulatorSeconds()) - before;
    // What its functions ask for when it has ended is its own too.
    await proxy.quiet();
    const measured = measuredOf(use, proxy.take(), endpointSeconds);
    await check();
    return measured;
  }
}

/** What a run took, in one line. */
function measuredOf(use: Use, requests: Counts, endpointSeconds: number): Measured {
  const { command, workers, jobSeconds } = use;
  const peaks = [command.peakMiB, ...workers.map(({ peakMiB }) => peakMiB)];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    requests,
    seconds: command.seconds,
    cpuSeconds: command.cpuSeconds + sum(workers.map(({ cpuSeconds }) => cpuSeconds)),
    commandCpuSeconds: command.cpuSeconds,
    peakMiB: Math.max(...peaks),
    allPeaksMiB: sum(peaks),
    endpointSeconds,
    ...(jobSeconds === undefined ? {} : { jobSeconds }),
  };
}
