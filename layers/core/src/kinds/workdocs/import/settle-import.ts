import { countAndSend, sendCounted } from '../../../jobs/counted-step.ts';
import { afterTheEnd } from '../../../jobs/end-job.ts';
import type { Problem } from '../../../model/job.ts';
import { isDrained, type Job } from '../../../model/job.ts';
import type { QueueName } from '../../../model/queues.ts';
import type { Delivery } from '../../../ports/world.ts';
import { endImport, leftOf } from './end-import.ts';
import type { ImportStep } from './import-messages.ts';
import type { Import, ImportWorld } from './import-world.ts';

/** The step by which an import goes on from the documents to the tables: it is counted once, whoever comes to it. */
const TURN = 'turn';

/**
 * Takes an import further when a step of it was counted: from the documents to the tables that speak of them and the totals, or
 * to its end. Safe to call at any time, by anybody, any number of times.
 */
export async function settleImport(
  run: Import,
  delivery: Pick<Delivery, 'receiveCount' | 'messageId'>,
  world: ImportWorld,
): Promise<void> {
  // Read before the job: what is drained after the turn was counted is drained for good.
  const turned = await world.catalog.getStep(run.jobId, TURN);
  const job = await world.catalog.getJob(run.jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world, true);
  if (isDrained(job))
    return turned === undefined ? turn(run, job, delivery, world) : finish(job, delivery, world);
  // The handler that counted the turn may have died before it sent what follows.
  const mayBeLost = turned !== undefined && (delivery.receiveCount > 1 || turned.by === delivery.messageId);
  if (mayBeLost) await sendCounted(run.jobId, TURN, toImport, world);
}

/** Everything that an import sends goes where it came from. */
export function toImport(): QueueName {
  return 'import';
}

async function turn(
  { jobId, terms }: Import,
  { counts }: Job,
  delivery: Pick<Delivery, 'messageId'>,
  world: ImportWorld,
): Promise<void> {
  const next: ImportStep[] = [
    { kind: 'total', jobId, step: 'total-0', objects: 0, bytes: 0, unprotected: 0 },
  ];
  if ((counts['tables'] ?? 0) > 0) next.push({ kind: 'list', jobId, step: 'tables-0', pass: 'tables' });
  const hint = versionHint(terms.versionsNamed, counts['versionLike'] ?? 0, terms.export);
  const step = {
    jobId,
    step: TURN,
    progress: { openRanges: next.length },
    problems: hint === undefined ? [] : [hint],
    messages: next.map((message) => JSON.stringify(message)),
  };
  await countAndSend(step, toImport, delivery, world);
}

/** Nobody but a person can tell whether `plan_v2.docx` is a version of `plan.docx`. */
function versionHint(pattern: string | undefined, count: number, from: string): Problem | undefined {
  if (pattern !== undefined || count === 0) return undefined;
  const detail =
    `${count} names look like versions of other documents (like "plan (v2).docx"), and are documents of their own here; if ` +
    'they are versions, import again with --versions-named "{name} (v{n}){ext}", or as they are named, and --as another site';
  return { key: from, reason: 'versions-by-name', detail, note: true };
}

async function finish(
  job: Job,
  { messageId: endedBy }: Pick<Delivery, 'messageId'>,
  world: ImportWorld,
): Promise<void> {
  const { counts } = job;
  const finishedAt = world.clock();
  if ((counts['zips'] ?? 0) === 0) {
    const message = 'there is no zip to import there: name the place where the zips of the users lie';
    await endImport(job, { state: 'failed', finishedAt, endedBy, message }, world);
    return;
  }
  await world.catalog.patchSource(job.source, { lastReconcileAt: finishedAt, lastReconcileJob: job.id });
  await endImport(job, { state: leftOf(job) > 0 ? 'partial' : 'done', finishedAt, endedBy }, world);
}
