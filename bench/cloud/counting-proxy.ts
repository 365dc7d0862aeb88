import { setTimeout as pause } from 'node:timers/promises';
import { operationOf } from '../../testing/proxy/aws-operation.ts';
import { ForwardingProxy } from '../../testing/proxy/forwarding-proxy.ts';

const QUIET_MS = 1000;
const LONGEST_MS = 30_000;

/** Requests by kind, as `s3 CopyObject` or `dynamodb PutItem`. */
export type Counts = Readonly<Record<string, number>>;

/** A proxy between the functions and the emulator, which counts what passes at the wire. */
export class CountingProxy {
  readonly #counts = new Map<string, number>();
  #passed = 0;
  #proxy: ForwardingProxy | undefined;

  /** @param target the emulator's port; asked at each request, since it is known only once the emulator runs */
  static async start(target: () => number): Promise<CountingProxy> {
    const counting = new CountingProxy();
    counting.#proxy = await ForwardingProxy.start(target, (incoming, outgoing, proxy) => {
      counting.count(operationOf(incoming));
      proxy.pass(incoming, outgoing);
    });
    return counting;
  }

  get endpoint(): string {
    return this.#proxy?.endpoint ?? '';
  }

  count(kind: string): void {
    this.#passed++;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** What was counted since the last call. */
  take(): Counts {
    const counts = Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
    this.#counts.clear();
    return counts;
  }

  /** Waits until nothing passes any more: reports are written after a job's end. */
  async quiet(): Promise<void> {
    for (let waited = 0, before = -1; before !== this.#passed && waited < LONGEST_MS; waited += QUIET_MS) {
      before = this.#passed;
      await pause(QUIET_MS);
    }
  }

  stop(): void {
    this.#proxy?.stop();
  }
}
