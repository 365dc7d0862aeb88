/** Somebody who makes requests: a handler with its messages, or an operator at a terminal. */
export type Actor = {
  readonly name: string;
  /** The tick at which it began. */
  readonly since: number;
  alive: boolean;
};

/** One request that waits to be done. */
export type Request = {
  readonly actor: Actor;
  /** `store.head`, `catalog.putEntry` … */
  readonly op: string;
  readonly args: readonly unknown[];
  readonly perform: () => Promise<unknown>;
  readonly answer: (result: unknown) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * What becomes of a request. `killed-*`: its actor is killed, before the request was done, after it, or while it and
 * all its others are on their way and will still be done at some time, with nobody to hear the answer.
 */
export type Fate =
  | { readonly kind: 'done' }
  | { readonly kind: 'killed-before' | 'killed-after' | 'killed-late' }
  | { readonly kind: 'refused' | 'answer-lost'; readonly error: unknown }
  /** Not done at all, and answered so; or done, and answered so. */
  | { readonly kind: 'answered' | 'done-and-answered'; readonly result: unknown };

export const DONE: Fate = { kind: 'done' };

/**
 * Runs any number of actors on one virtual thread: each request of each of them waits here until it is chosen, so a
 * history decides every interleaving, and can kill an actor at every await. Nothing is left to the real clock.
 */
export class Scheduler {
  readonly #waiting: Request[] = [];
  readonly #onTurn: () => void;
  /** Requests done so far. */
  ticks = 0;

  constructor(onTurn: () => void) {
    this.#onTurn = onTurn;
  }

  /** Nobody who is alive waits for anything. */
  get idle(): boolean {
    return !this.#waiting.some(({ actor }) => actor.alive);
  }

  /** Whether an actor waits for a request of its own. */
  isWaiting(actor: Actor): boolean {
    return this.#waiting.some((one) => one.actor === actor);
  }

  /** Whether anything is on its way that the killed, or one of them, had asked for. */
  hasLate(actor?: Actor): boolean {
    return this.#waiting.some((one) => !one.actor.alive && (actor === undefined || one.actor === actor));
  }

  request(
    actor: Actor,
    op: string,
    args: readonly unknown[],
    perform: () => Promise<unknown>,
  ): Promise<unknown> {
    return new Promise((answer, fail) => {
      // A killed actor's code does not go on: whatever it would ask is not asked.
      if (actor.alive) this.#waiting.push({ actor, op, args, perform, answer, fail });
    });
  }

  /** Does one of the waiting requests. @param fateOf says what becomes of the chosen one */
  async turn(choice: number, fateOf: (request: Request) => Fate = () => DONE): Promise<void> {
    const request = this.#choose(choice);
    if (request === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(request), 1);
    this.ticks += 1;
    await this.#settle(request, request.actor.alive ? fateOf(request) : DONE);
    this.#onTurn();
    await allMicrotasks();
  }

  /** What the killed had asked for comes last, or now and then: it may take minutes on its way. */
  #choose(choice: number): Request | undefined {
    const alive = this.#waiting.filter(({ actor }) => actor.alive);
    const late = this.#waiting.filter(({ actor }) => !actor.alive);
    const from = alive.length === 0 || (late.length > 0 && choice % 4 === 3) ? late : alive;
    return from[choice % from.length];
  }

  async #settle(request: Request, fate: Fate): Promise<void> {
    const { actor, answer, fail } = request;
    if (fate.kind === 'killed-before') return this.kill(actor, false);
    if (fate.kind === 'killed-late') {
      this.#waiting.push(request);
      return this.kill(actor, true);
    }
    if (fate.kind === 'refused') return fail(fate.error);
    if (fate.kind === 'answered') return answer(fate.result);
    const hear = await this.#perform(request);
    if (fate.kind === 'killed-after') return this.kill(actor, false);
    if (fate.kind === 'answer-lost') return fail(fate.error);
    if (fate.kind === 'done-and-answered') return answer(fate.result);
    if (actor.alive) hear();
  }

  async #perform({ perform, answer, fail }: Request): Promise<() => void> {
    try {
      const result = await perform();
      return () => answer(result);
    } catch (error) {
      return () => fail(error);
    }
  }

  /** @param late what it had asked for will still be done */
  kill(actor: Actor, late: boolean): void {
    actor.alive = false;
    if (late) return;
    for (const request of this.#waiting.filter((one) => one.actor === actor))
      this.#waiting.splice(this.#waiting.indexOf(request), 1);
  }
}

/** Waits until whatever was answered has run on to its next request, or to its end. */
export function allMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
