import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import type { Source } from '../model/source.ts';
import type { Delivery, World } from '../ports/world.ts';
import { reconcileAge } from './reconcile-age.ts';

type BeginWorld = Pick<World, 'catalog' | 'clock' | 'telemetry'>;
/** What its first message says: what set it off, and who. */
type Asked = Pick<Job, 'trigger'> & {
  readonly askedBy?: string | undefined;
  readonly approved?: boolean | undefined;
};

/**
 * Begins the job of a reconcile or a crawl, with its first step open, and tells how long ago the last one was.
 *
 * @param request what was asked for beyond the source itself
 */
export async function beginReconcile(
  source: Source,
  jobId: string,
  { trigger, askedBy, approved }: Asked,
  { sender }: Pick<Delivery, 'sender'>,
  { catalog, clock, telemetry }: BeginWorld,
  request?: object,
): Promise<void> {
  await catalog.createJob({
    id: jobId,
    kind: 'reconcile',
    source: source.source,
    state: 'running',
    phase: 'compare',
    trigger,
    startedAt: clock(),
    openRanges: 1,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
    // What a schedule sends, nobody asked for.
    ...(trigger === 'schedule' ? {} : { askedBy: defined({ sender, name: askedBy }) }),
    ...defined({ approved, request }),
  });
  telemetry.metric('ReconcileAge', reconcileAge(source, clock()), source.source);
}
