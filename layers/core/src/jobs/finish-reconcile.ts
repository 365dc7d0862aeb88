import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import { lagSeconds } from '../model/lag.ts';
import { aclsUnreadBefore, type Source, type SourceTotals } from '../model/source.ts';
import type { Delivery, World } from '../ports/world.ts';
import { endJob } from './end-job.ts';

type FinishWorld = Pick<World, 'catalog' | 'queue' | 'clock' | 'telemetry'>;

/** What a reconcile or a crawl came to. */
export type Verdict = {
  /** Something is missing, failed or held. */
  readonly partial: boolean;
  /** Deletions that wait for a person; 0 when none do. */
  readonly held: number;
  readonly message: string | undefined;
  readonly totals: Pick<SourceTotals, 'objects' | 'bytes' | 'unprotected'>;
};

/** The source's row first, the job's end last: a crash in between repeats the whole of it and nothing is lost. */
export async function finishReconcile(
  job: Job,
  { partial, held, message, totals }: Verdict,
  { messageId: endedBy }: Pick<Delivery, 'messageId'>,
  world: FinishWorld,
): Promise<void> {
  const { catalog, clock, telemetry } = world;
  const source = await catalog.getSource(job.source);
  const finishedAt = clock();
  await catalog.resetTotals(job.source, totals);
  await catalog.patchSource(job.source, {
    lastReconcileAt: finishedAt,
    lastReconcileJob: job.id,
    ...(source !== undefined && hasReadAcls(job, source) ? { aclsReadAt: finishedAt } : {}),
    ...(held > 0 ? { heldDeletions: { job: job.id, count: held, at: finishedAt } } : {}),
    clear: held > 0 ? ['unreachable'] : ['unreachable', 'heldDeletions'],
  });
  const end = {
    state: partial ? ('partial' as const) : ('done' as const),
    finishedAt,
    endedBy,
    ...defined({ message, lagSeconds: source && lagSeconds(source.lag) }),
  };
  if ((await endJob(job, end, world)) && held > 0) telemetry.metric('HeldDeletions', held);
  telemetry.metric('MissedEvents', job.counts['missed'] ?? 0);
  telemetry.metric('ReconcileAge', 0, job.source);
}

/** It began when ACLs were remembered already, so each of its steps had those read that nobody had read before. */
function hasReadAcls({ startedAt, counts }: Job, source: Source): boolean {
  const before = aclsUnreadBefore(source);
  return before !== undefined && startedAt >= before && (counts['failed'] ?? 0) === 0;
}
