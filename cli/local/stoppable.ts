import pMap from 'p-map';
import { isDiskFull } from './disk-errors.ts';
import type { LocalResult } from './local-job.ts';

/** Why work ends before its end. */
export class Stop {
  readonly signal: AbortSignal;
  readonly #person: AbortSignal;
  readonly #own = new AbortController();
  #diskFull = false;
  #failure: unknown;

  /** @param person aborted by Ctrl+C */
  constructor(person: AbortSignal) {
    this.#person = person;
    this.signal = AbortSignal.any([person, this.#own.signal]);
  }

  /** Nothing more can be written: everything that is on its way ends. */
  diskFull(): void {
    this.#diskFull = true;
    this.#own.abort();
  }

  /** What must not happen did: everything that is on its way ends, and then this is thrown. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#own.abort();
  }

  get ended(): LocalResult['ended'] {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#diskFull) return 'disk-full';
    return this.#person.aborted ? 'interrupted' : 'done';
  }
}

/**
 * Works on many things side by side until they end or are stopped. When it returns, nothing of it runs any more.
 *
 * @param work throws what has not to do with the one thing alone
 */
export async function workOn<T>(
  things: AsyncIterable<T>,
  concurrency: number,
  stop: Stop,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const guarded = async (thing: T) => {
    try {
      await work(thing);
    } catch (error) {
      if (isDiskFull(error)) stop.diskFull();
      else if (!stop.signal.aborted) stop.fail(error);
    }
  };
  await pMap(until(stop, things), guarded, { concurrency });
}

async function* until<T>(stop: Stop, things: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    for await (const thing of things) {
      if (stop.signal.aborted) return;
      yield thing;
    }
  } catch (error) {
    // What is being worked on ends first.
    stop.fail(error);
  }
}
