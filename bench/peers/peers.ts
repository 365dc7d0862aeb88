import type { BenchCloud } from '../cloud/bench-cloud.ts';
import type { Counts } from '../cloud/counting-proxy.ts';
import type { Buckets } from './buckets.ts';
import { type Contestant, type Copies, PHASES, type PhaseName, type Use } from './contestant.ts';

/** What one backup took. */
export type Measured = {
  readonly requests: Counts;
  /** From the start of the command to its end. */
  readonly seconds: number;
  readonly jobSeconds?: number;
  /** Of the command and of what worked for it; not of the endpoint. */
  readonly cpuSeconds: number;
  /** Of its largest process. */
  readonly peakMiB: number;
  /** Of all its processes, each at its peak. */
  readonly allPeaksMiB: number;
  /** The endpoint's own CPU time. */
  readonly endpointSeconds: number;
};

type Runs = Readonly<Record<PhaseName, readonly Measured[]>>;

/** By contestant: what each of its backups took, or why it was left out. */
export type Results = ReadonlyMap<string, Runs | { readonly failed: string }>;

export type PeersOptions = { readonly objects: number; readonly repeat: number };

const WARM_UP_OBJECTS = 1000;

/** What a backup took, in one line. */
function measuredOf(use: Use, requests: Counts, endpointSeconds: number): Measured {
  const { command, workers, jobSeconds } = use;
  const peaks = [command.peakMiB, ...workers.map(({ peakMiB }) => peakMiB)];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    requests,
    seconds: command.seconds,
    cpuSeconds: command.cpuSeconds + sum(workers.map(({ cpuSeconds }) => cpuSeconds)),
    peakMiB: Math.max(...peaks),
    allPeaksMiB: sum(peaks),
    endpointSeconds,
    ...(jobSeconds === undefined ? {} : { jobSeconds }),
  };
}

/**
 * Lets every contestant back up the same bucket through the same phases, one after the other, and the order turned by
 * one in each repetition. Every repetition begins with new buckets.
 */
export class PeersBench {
  readonly #buckets: Buckets;
  readonly #bench: BenchCloud;
  readonly #runs = new Map<Contestant, Record<PhaseName, Measured[]>>();
  readonly #failed = new Map<Contestant, string>();

  constructor(contestants: readonly Contestant[], buckets: Buckets, bench: BenchCloud) {
    this.#buckets = buckets;
    this.#bench = bench;
    for (const one of contestants) this.#runs.set(one, { first: [], unchanged: [], changed: [] });
  }

  async run({ objects, repeat }: PeersOptions): Promise<Results> {
    // What starts a process, or is compiled, only once is not a part of any phase.
    await this.#round(0, Math.min(WARM_UP_OBJECTS, objects));
    for (const runs of this.#runs.values()) for (const phase of PHASES) runs[phase].splice(0);
    for (let round = 1; round <= repeat; round++) await this.#round(round, objects);
    return new Map(
      [...this.#runs].map(([one, runs]) => {
        const failed = this.#failed.get(one);
        return [one.name, failed === undefined ? runs : { failed }];
      }),
    );
  }

  async #round(round: number, objects: number): Promise<void> {
    const source = await this.#buckets.create('source');
    await this.#buckets.fill(source, objects);
    const order = rotated([...this.#runs.keys()], round);
    const copies = new Map<Contestant, Copies>();
    for (const one of order) copies.set(one, await one.prepare(source));
    for (const phase of PHASES) {
      if (phase === 'changed') await this.#buckets.change(source, Math.ceil(objects / 100));
      for (const one of order) {
        const measured = await this.#tryOut(one, source, copies.get(one));
        if (measured === undefined) continue;
        this.#runs.get(one)?.[phase].push(measured);
        say(round, phase, one, measured);
      }
    }
  }

  /** A peer that fails is left out from then on, and the report says so. */
  async #tryOut(one: Contestant, source: string, copies: Copies | undefined): Promise<Measured | undefined> {
    if (copies === undefined || this.#failed.has(one)) return undefined;
    try {
      return await this.#measure(one, source, copies);
    } catch (error) {
      if (!one.isPeer) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#failed.set(one, why);
      process.stderr.write(`peers: ${why}\n`);
      return undefined;
    }
  }

  async #measure(one: Contestant, source: string, copies: Copies): Promise<Measured> {
    const { proxy, emulatorSeconds } = this.#bench;
    const before = await emulatorSeconds();
    proxy.take();
    const use = await one.backUp(source, copies);
    const measured = measuredOf(use, proxy.take(), (await emulatorSeconds()) - before);
    await this.#buckets.compare(source, copies);
    return measured;
  }
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const at = by % Math.max(1, all.length);
  return [...all.slice(at), ...all.slice(0, at)];
}

function say(round: number, phase: PhaseName, { name }: Contestant, { seconds, cpuSeconds }: Measured): void {
  const took = `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s CPU`;
  process.stderr.write(`peers, round ${round}, ${phase}: ${name}: ${took}\n`);
}
