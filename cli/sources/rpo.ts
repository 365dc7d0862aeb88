import { isPulseOverdue, PULSE_MS, provenUntil } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { shellWords } from '@holdfast/core/model/shell-words.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import { moment } from '../json/moment.ts';
import type { Rpo, SourceJson } from '../json/sources.ts';
import type { StackView } from '../ports.ts';
import { seconds } from '../text/format.ts';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };
/** Where the schedule of a site's polls cannot be read. */
const USUAL_POLL_MS = 5 * MINUTE_MS;
/** A poll that waits for another, or is tried again, is not late for that. */
const POLL_SLACK_MS = 15 * MINUTE_MS;

/** Up to when what changed at a source is known to be in the vault. @param stack its small stack, if there is one */
export function rpoOf(source: Source, stack: StackView | undefined, now: number): Rpo | null {
  if (source.state !== 'protected' || source.site?.importedFrom !== undefined) return null;
  if (isSiteUri(source.source)) return pollRpo(source, stack, now);
  return source.watchedSince === undefined ? null : bucketRpo(source, now);
}

function bucketRpo(source: Source, now: number): Rpo {
  const { pulse, canary, proven } = source;
  const until = canary === undefined ? pulse?.okAt : proven?.writtenAt;
  const unproven = now - (provenUntil(source) ?? now) > 2.5 * PULSE_MS;
  return {
    by: canary === undefined ? 'check' : 'canary',
    at: moment(until),
    lagSeconds: canary === undefined || proven === undefined ? null : proven.lagMs / 1000,
    everySeconds: PULSE_MS / 1000,
    checkedAt: moment(pulse?.at),
    missed: pulse?.missed ?? 0,
    trouble: pulse?.trouble ?? null,
    overdue: unproven || isPulseOverdue(source, now),
  };
}

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

/** The command by which a bucket of an earlier version is renewed: it covers what it covers now. */
export function renewalOf({
  source,
  state,
  watchedSince,
  prefix = '',
  include = [],
  exclude = [],
}: Source): string | null {
  if (state !== 'protected' || isSiteUri(source) || watchedSince !== undefined) return null;
  const globs = [
    ...include.flatMap((glob) => ['--include', glob]),
    ...exclude.flatMap((glob) => ['--exclude', glob]),
  ];
  return shellWords(['holdfast', 'protect', prefix === '' ? source : `${source}/${prefix}`, ...globs]);
}

/** What is to be said of how far a source is known to be in the vault; at most one line. */
export function rpoTroubles({
  source,
  rpo,
  renewWith,
}: Pick<SourceJson, 'source' | 'rpo' | 'renewWith'>): string[] {
  if (renewWith !== null)
    return [
      `${source}: an earlier version protected it: nothing checks it each hour, and tags that change are not captured; run again: ${renewWith}`,
    ];
  if (rpo === null) return [];
  const found = rpo.trouble === null ? '' : `: ${rpo.trouble}`;
  if (rpo.overdue) return [`${source}: nothing ${since(rpo)} shows that its changes arrive${found}`];
  return rpo.trouble === null ? [] : [`${source}: the last hourly check found trouble${found}`];
}

function since({ at }: Rpo): string {
  return at === null ? 'so far' : `since ${seconds(Date.parse(at))}`;
}
