import { type Duplex, Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where the bytes of an archive go, from what makes them to what takes them. */
export class Outlet {
  readonly #flow: Promise<void>;
  readonly #abort = new AbortController();
  readonly #failed: Promise<never>;

  constructor(from: AsyncIterable<unknown>, through: readonly Duplex[], to: Writable) {
    // Standard output stays open: there may be more to say, and Node does not close it.
    const end = to !== process.stdout;
    this.#flow = pipeline([Readable.from(from, { objectMode: false }), ...through, to], {
      signal: this.#abort.signal,
      end,
    });
    this.#failed = this.#flow.then(() => new Promise<never>(() => {}));
    // It is looked at whenever something is written.
    this.#failed.catch(() => {});
  }

  /** Does a piece of the work; throws also when meanwhile the other end fails, which a writer would wait for forever. */
  run<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  end(): Promise<void> {
    return this.#flow;
  }

  async abort(): Promise<void> {
    this.#abort.abort();
    await this.#flow.catch(() => {});
  }
}
