import { expect, it } from 'vitest';
import { AnswerDates } from '../../../cli/adapters/aws/answer-dates.ts';

const DATE = 'Sun, 01 Mar 2026 12:00:00 GMT';
const LATER = 'Sun, 01 Mar 2026 12:00:09 GMT';

type Attempt = (args: never) => Promise<{ readonly response?: unknown }>;

/** A client whose answers are these, one an attempt; as the SDK calls its middleware. */
function heard(...answers: Array<Readonly<Record<string, string>> | undefined>) {
  const dates = new AnswerDates();
  let attempt: Attempt | undefined;
  const wire: Attempt = async () => ({ response: { statusCode: 503, headers: answers.shift() } });
  dates.listenTo({
    middlewareStack: {
      add: (middleware: (next: Attempt) => Attempt) => {
        attempt = middleware(wire);
      },
    },
  });
  const ask = async () => {
    while (answers.length > 0) await attempt?.(undefined as never);
    return dates;
  };
  return ask();
}

it('is the time of the first answer, also of one that refuses and is tried again', async () => {
  const dates = await heard({ date: DATE }, { date: LATER });
  expect(dates.clock().start).toBe(Date.parse(DATE));
});

it('is read whatever the case of the header, and passes over answers that say no time, or are out of a cache', async () => {
  const dates = await heard(undefined, {}, { date: 'soon' }, { date: DATE, age: '60' }, { Date: LATER });
  expect(dates.clock().start).toBe(Date.parse(LATER));
});

it('is refused when nothing said it', async () => {
  const dates = await heard({}, { date: '' });
  expect(() => dates.clock()).toThrow('does not say what time it is');
});
