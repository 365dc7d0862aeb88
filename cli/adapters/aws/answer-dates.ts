import { type Reading, type ServiceClock, serviceClock } from '../../../operations/service-clock.ts';
import { CommandError } from '../../errors.ts';

type Answer = { readonly response?: unknown };
type Attempt = (args: never) => Promise<Answer>;

/** The part of every SDK client that all have in common. */
type Client = {
  readonly middlewareStack: {
    add(
      middleware: (next: Attempt) => Attempt,
      options: { step: 'deserialize'; priority: 'low'; name: string; override: true },
    ): void;
  };
};

/**
 * Hears when AWS answered, by the header `Date` of its first answer: an error's too, and each attempt by itself, since the
 * SDK waits between them.
 */
export class AnswerDates {
  #heard: { readonly reading: Reading; readonly at: number } | undefined;

  listenTo(client: object): void {
    (client as Client).middlewareStack.add(
      (next) => async (args) => {
        const [sentAt, began] = [Date.now(), performance.now()];
        const answer = await next(args);
        const date = dateOf(answer.response);
        const at = performance.now();
        if (date !== undefined) this.#heard ??= { reading: { date, sentAt, tookMs: at - began }, at };
        return answer;
      },
      // Low: next to the wire, before the SDK reads the answer or throws it.
      { step: 'deserialize', priority: 'low', name: 'answerDates', override: true },
    );
  }

  /** @throws {CommandError} when nothing that answered said what time it is */
  clock(): ServiceClock {
    if (this.#heard === undefined) {
      throw new CommandError(
        'what answers at the endpoint does not say what time it is (no header "Date"): moments cannot be reckoned',
        'connection',
      );
    }
    const { reading, at } = this.#heard;
    return serviceClock(reading, () => performance.now() - at);
  }
}

/** An answer out of a cache (`Age`) is as old as that. */
function dateOf(response: unknown): number | undefined {
  const headers = Object.entries(Object((response as { headers?: unknown } | undefined)?.headers));
  const find = (name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1];
  const date = Date.parse(String(find('date')));
  return Number.isNaN(date) || find('age') !== undefined ? undefined : date;
}
