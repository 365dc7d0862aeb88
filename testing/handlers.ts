import { checksums } from '@holdfast/core/aws/checksums.ts';
import type { SourceLookup } from '@holdfast/core/catalog/source-lookup.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import { captureBacklog } from '@holdfast/core/kinds/s3/capture/capture-backlog.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import { handleReconcileQueue } from '@holdfast/core/kinds/s3/pulse/handle-reconcile-queue.ts';
import { workDocsHistory } from '@holdfast/core/kinds/workdocs/history.ts';
import { parsePlanStep } from '@holdfast/core/model/messages.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { Notices } from '@holdfast/core/ports/notices.ts';
import type { Delivery, World } from '@holdfast/core/ports/world.ts';
import { writeReport } from '@holdfast/core/report/write-report.ts';
import { handlePlanStep } from '@holdfast/core/restore/handle-plan-step.ts';
import { handleRestoreMessage } from '@holdfast/core/restore/handle-restore-message.ts';
import { handleRestoreWork } from '@holdfast/core/restore/handle-restore-work.ts';

/** What the functions' worlds are made of; what a test has of its own goes before what they would have. */
export type HandledWorld = World & { readonly sources: SourceLookup; readonly notices?: Notices };
type Handler = (body: string, delivery: Delivery, world: HandledWorld) => Promise<void>;
/** Queues whose messages are done one by one, and not by what reads a WorkDocs site. */
export type HandledQueue = Extract<
  QueueName,
  'backlog' | 'reconcile' | 'restore' | 'siteRestore' | 'restoreWork' | 'report'
>;

const ACCEPTING = { addresses: ADDRESSES, jobKinds: JOBS };

/** What becomes of a message of each queue: as the handlers in functions/ wire it. Each throws what the queue has to retry. */
export const HANDLERS: Readonly<Record<HandledQueue, Handler>> = {
  backlog: captureBacklog,
  reconcile: handleReconcileQueue,
  restore: (body, delivery, world) =>
    handleRestoreMessage(body, delivery, {
      ...ACCEPTING,
      history: s3History,
      planQueue: 'restore',
      ...world,
    }),
  siteRestore: (body, delivery, world) =>
    handlePlanStep(parsePlanStep(body), delivery, {
      ...ACCEPTING,
      ...world,
      history: workDocsHistory,
      planQueue: 'siteRestore',
    }),
  restoreWork: (body, delivery, world) =>
    handleRestoreWork(body, delivery, {
      checksums,
      historyOf: (source) => KINDS.of(source).history,
      ...world,
    }),
  report: (body, delivery, world) => writeReport(body, delivery, { jobKinds: JOBS, ...world }),
};
