import { isPulseOverdue, PULSE_MS, provenUntil } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { shellWords } from '@holdfast/core/model/shell-words.ts';
import { asksForAcls, coverage, readsAcls, type Source } from '@holdfast/core/model/source.ts';
import { moment } from '../../../operations/json/moment.ts';
import type { Rpo, SourceJson } from '../../../operations/json/sources.ts';
import type { Standing } from '../../../operations/standing.ts';

/** How buckets stand: by their hourly checks, and by canaries. */
export const s3Standing: Standing = {
  rpo: (source, _, now) =>
    source.state !== 'protected' || source.watchedSince === undefined ? null : bucketRpo(source, now),
  renewal,
  captured: (source) => ({ tagChanges: tagChanges(source), acls: acls(source) }),
  covers: ({ prefix, include, exclude }) =>
    coverage({ ...defined({ prefix: prefix ?? undefined }), include, exclude }),
};

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

/** The command by which a bucket of an earlier version is renewed: it covers what it covers now. */
function renewal({
  source,
  state,
  watchedSince,
  prefix = '',
  include = [],
  exclude = [],
}: Source): string | null {
  if (state !== 'protected' || watchedSince !== undefined) return null;
  const globs = [
    ...include.flatMap((glob) => ['--include', glob]),
    ...exclude.flatMap((glob) => ['--exclude', glob]),
  ];
  return shellWords(['holdfast', 'protect', prefix === '' ? source : `${source}/${prefix}`, ...globs]);
}

function tagChanges({ tagChanges: on }: Source): SourceJson['tagChanges'] {
  if (on === undefined) return 'earlier';
  return on ? 'on' : 'off';
}

function acls(source: Source): SourceJson['acls'] {
  if (!asksForAcls(source)) return 'off';
  return readsAcls(source) ? 'on' : 'disabled';
}
