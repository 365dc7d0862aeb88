import { createHash } from 'node:crypto';
import { beginReconcile } from '../../../jobs/begin-reconcile.ts';
import { countAndSend, sendCounted } from '../../../jobs/counted-step.ts';
import { afterTheEnd } from '../../../jobs/end-job.ts';
import { failReconcile } from '../../../jobs/fail-reconcile.ts';
import { defined } from '../../../model/defined.ts';
import { InvalidInputError, messageOf } from '../../../model/errors.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import { batchBodies } from '../capture/site-batches.ts';
import type { Crawl, CrawlStep } from '../model/site-messages.ts';
import { isSiteError } from '../site-error.ts';
import { siteQueueOf } from '../site-queue-of.ts';
import type { SiteWorld } from '../site-world.ts';
import { compareRecords } from './compare-records.ts';
import { compareSite } from './compare-site.ts';
import type { CrawlRun } from './crawl-step.ts';
import { countSuspects, queueSuspects } from './crawl-suspects.ts';
import { settleCrawl } from './settle-crawl.ts';

const FIRST_STEP: CrawlStep = { id: '0', phase: 'compare', users: {} };

/**
 * Does one message of a crawl: begins it, or goes on with one of its steps. A crawl is a reconcile: it lists all of a site,
 * has looked at what is not as the catalog has it, and then asks, by its id, for each thing that the site no longer listed.
 *
 * A site that cannot be listed ends it as failed and marks nothing (I4).
 */
export async function crawl(
  source: Source | undefined,
  message: Crawl,
  delivery: Delivery,
  world: SiteWorld,
): Promise<void> {
  const jobId = message.jobId ?? `reconcile-${delivery.messageId}`;
  const why = notToBeCrawled(source);
  if (source === undefined || why !== undefined) {
    await failReconcile(message.source, jobId, new InvalidInputError(why ?? ''), delivery, world);
    return;
  }
  try {
    const request = wishesOf(message);
    if (message.step === undefined) await beginReconcile(source, jobId, message, delivery, world, request);
    await doStep(source, jobId, message, delivery, world);
  } catch (error) {
    const retry = !isSiteError(error, 'invalid', 'not-found');
    // Rights can take a while to hold, so it is tried for half an hour: whoever waits is told why.
    if (isSiteError(error, 'access-denied'))
      await world.catalog.patchSource(message.source, { unreachable: messageOf(error) });
    if (retry && delivery.receiveCount < world.settings.maxReceives) throw error;
    await failReconcile(message.source, jobId, error, delivery, world);
  }
}

function notToBeCrawled(source: Source | undefined): string | undefined {
  if (source?.state !== 'protected') return 'it is not protected any more';
  if (source.site?.importedFrom === undefined) return undefined;
  return `it was imported from ${source.site.importedFrom}: there is no site to compare it with`;
}

async function doStep(
  source: Source,
  jobId: string,
  message: Crawl,
  delivery: Delivery,
  world: SiteWorld,
): Promise<void> {
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  const step = message.step ?? FIRST_STEP;
  const sent = delivery.receiveCount > 1 && (await sendCounted(jobId, stepName(step), siteQueueOf, world));
  if (!sent) await doAndCount({ source, job, message, step, delivery }, world);
  await settleCrawl(jobId, world, delivery);
}

const PHASES = {
  compare: compareSite,
  count: countSuspects,
  deletions: queueSuspects,
  vault: compareRecords,
} as const;

/** What of a crawl is not the usual, for the job's row: its later phases read it there. */
function wishesOf({ deep, vault, trigger }: Crawl): object | undefined {
  const wishes = {
    ...(deep === true ? { deep } : {}),
    ...(vault === true || trigger === 'schedule' ? { vault: true } : {}),
  };
  return Object.keys(wishes).length > 0 ? wishes : undefined;
}

async function doAndCount(run: CrawlRun, world: SiteWorld): Promise<void> {
  const { source, job, message, step } = run;
  const { counts, items, next, problems = [] } = await PHASES[step.phase](run, world);
  const batches = batchBodies(items, (index) => ({
    source: source.source,
    jobId: job.id,
    batch: `${stepName(step)}.${index}`,
    ...(message.deep === true ? { deep: true } : {}),
    ...(step.phase === 'deletions' ? { suspects: true, ...defined({ approved: job.approved }) } : {}),
    ...(step.phase === 'vault' ? { inDoubt: true, again: true } : {}),
  }));
  const steps = next.map((one, index) => ({ ...one, id: childId(step, index) }));
  const continuations = steps.map((one) =>
    JSON.stringify({ ...message, jobId: job.id, step: one } satisfies Crawl),
  );
  const progress = { openRanges: steps.length - 1, batchesQueued: batches.length, counts };
  const done = {
    jobId: job.id,
    step: stepName(step),
    progress,
    problems,
    messages: [...continuations, ...batches],
  };
  await countAndSend(done, siteQueueOf, run.delivery, world);
}

function stepName({ phase, id }: Pick<CrawlStep, 'phase' | 'id'>): string {
  return `${phase}-${id}`;
}

/** Unique in a job however the steps branch, and no longer for the steps that came before it. */
function childId(step: CrawlStep, index: number): string {
  return createHash('sha256')
    .update(`${stepName(step)}/${index}`)
    .digest('hex')
    .slice(0, 24);
}
