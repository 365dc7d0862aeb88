import type { Source } from '@holdfast/core/model/source.ts';
import { moment } from '../../../operations/json/moment.ts';
import type { Rpo } from '../../../operations/json/sources.ts';
import type { StackView } from '../../../operations/ports.ts';
import type { Standing } from '../../../operations/standing.ts';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };
/** Where the schedule of a site's polls cannot be read. */
const USUAL_POLL_MS = 5 * MINUTE_MS;
/** A poll that waits for another, or is tried again, is not late for that. */
const POLL_SLACK_MS = 15 * MINUTE_MS;

/** How sites stand: by their polls. An import has none. */
export const workDocsStanding: Standing = {
  rpo: (source, stack, now) =>
    source.state !== 'protected' || source.site?.importedFrom !== undefined
      ? null
      : pollRpo(source, stack, now),
  renewal: () => null,
  captured: () => ({ tagChanges: null, acls: null }),
  // Its settings are about paths, and the keys of its entries are ids: whatever has an entry is covered.
  covers: () => () => true,
};

function pollRpo({ lastPollAt, protectedAt }: Source, stack: StackView | undefined, now: number): Rpo {
  const everyMs = intervalOf(stack?.parameters?.['PollSchedule']);
  return {
    by: 'poll',
    at: moment(lastPollAt),
    lagSeconds: null,
    everySeconds: everyMs / 1000,
    checkedAt: moment(lastPollAt),
    missed: 0,
    trouble: null,
    overdue: now - Math.max(lastPollAt ?? 0, protectedAt) > 2 * everyMs + POLL_SLACK_MS,
  };
}

/** `rate(5 minutes)` in milliseconds. */
function intervalOf(schedule = ''): number {
  const [, number, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  return number === undefined ? USUAL_POLL_MS : Number(number) * (UNITS[unit] ?? 1) * MINUTE_MS;
}
