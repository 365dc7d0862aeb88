import type { Job } from '@holdfast/core/model/job.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { RestoreWish } from '@holdfast/core/model/restore-request.ts';
import type { Connection, Context } from '../context.ts';
import { recordJob } from '../jobs/record-job.ts';
import { newJobId } from '../jobs/start-job.ts';
import type { LocalResult } from '../local/local-job.ts';
import type { RestoreOptions } from './restore-options.ts';

/** A restore that this process has done. */
export type LocalRestore = {
  readonly id: string;
  readonly wish: RestoreWish & { readonly at: number };
  /** The folder or archive, as it was named. */
  readonly path: string;
  readonly result: LocalResult;
  readonly startedAt: number;
  /** The command that does what is left. */
  readonly again: string;
};

/** A name for a restore of this process, as other jobs have one. */
export function localJobId(connection: Connection, context: Context): string {
  return newJobId('restore', connection, context);
}

/** Puts it among the jobs, with its report: also one that was interrupted, or ended by a full disk. */
export async function recordLocal(
  done: LocalRestore,
  { report }: RestoreOptions,
  connection: Connection,
  context: Context,
): Promise<void> {
  const { id, wish, path, result, startedAt, again } = done;
  // What only functions look at is not part of it.
  const { at, changedSince, source, maxDeletions: _, thaw: __, ...asked } = wish;
  const since = changedSince === undefined ? {} : { changedSince: formatMoment(changedSince) };
  const job = {
    id,
    kind: 'restore' as const,
    source,
    trigger: 'command',
    startedAt,
    finishedAt: connection.clock.now(),
    state: stateOf(result),
    counts: countsOf(done),
    ...messageOf(result),
    request: { ...asked, at: formatMoment(at), ...since, target: path, again },
  };
  await recordJob(job, result.problems, { report }, connection, context);
}

function stateOf({ ended, counts }: LocalResult): Exclude<Job['state'], 'running'> {
  if (ended === 'interrupted') return 'cancelled';
  if (ended === 'disk-full') return 'failed';
  return counts.conflicts + counts.failed > 0 ? 'partial' : 'done';
}

function messageOf({ ended }: LocalResult): { message?: string } {
  if (ended === 'interrupted') return { message: 'interrupted' };
  return ended === 'disk-full' ? { message: 'the disk is full' } : {};
}

/** As a restore into a bucket counts: what never counted is not there. */
function countsOf({ result }: LocalRestore): Record<string, number> {
  const { unverified, ...counts } = result.counts;
  const all = { ...counts, unproven: unverified };
  return Object.fromEntries(Object.entries(all).filter(([name, n]) => n > 0 || name === 'planned'));
}
