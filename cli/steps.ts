import type { Context } from './context.ts';
import { CommandError, describeError } from './errors.ts';

/**
 * A piece of work in steps that each last: when one fails, the error says what was done by then and how to finish it.
 */
export class Steps {
  readonly #what: string;
  readonly #context: Pick<Context, 'output' | 'onInterrupt'>;
  readonly #done: string[] = [];

  /** @param what the work as a whole: `protect s3://bucket` */
  constructor(what: string, context: Pick<Context, 'output' | 'onInterrupt'>) {
    this.#what = what;
    this.#context = context;
    context.onInterrupt('run the same command again to finish it');
  }

  /**
   * @param task what is to be done: `deploy its stack`
   * @param done what can be said afterwards: `stack x`
   */
  async run<T>(task: string, done: string, work: (say: (status: string) => void) => Promise<T>): Promise<T> {
    const { output } = this.#context;
    output.progress(`${this.#what}: ${task}`);
    try {
      const result = await work((status) => output.progress(`${this.#what}: ${task}, ${status}`));
      this.#done.push(done);
      return result;
    } catch (error) {
      throw this.#failure(task, error);
    }
  }

  #failure(task: string, cause: unknown): CommandError {
    const { message, kind } = describeError(cause);
    const soFar =
      this.#done.length === 0 ? 'nothing else was changed' : `done so far: ${this.#done.join(', ')}`;
    return new CommandError(
      `could not ${task}: ${message}; ${soFar}; run the same command again to finish it`,
      kind === 'input' || kind === 'usage' ? 'failed' : kind,
      { cause },
    );
  }
}
