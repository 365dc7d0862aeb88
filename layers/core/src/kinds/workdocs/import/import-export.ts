import * as v from 'valibot';
import { countAndSend, type DoneStep, sendCounted } from '../../../jobs/counted-step.ts';
import { afterTheEnd } from '../../../jobs/end-job.ts';
import { defined } from '../../../model/defined.ts';
import { InvalidInputError, isStoreError, logText, messageOf } from '../../../model/errors.ts';
import type { Job } from '../../../model/job.ts';
import type { Source } from '../../../model/source.ts';
import type { Delivery } from '../../../ports/world.ts';
import { siteOf } from '../model/site-uri.ts';
import { endImport } from './end-import.ts';
import { importEntries } from './import-entries.ts';
import {
  type ImportRequest,
  type ImportStep,
  ImportTermsSchema,
  parseImportMessage,
} from './import-messages.ts';
import { parseExport } from './import-names.ts';
import { importTable } from './import-table.ts';
import {
  type Import,
  type ImportWorld,
  problemOf,
  type StepContext,
  type StepResult,
} from './import-world.ts';
import { listExport } from './list-export.ts';
import { checkImportable } from './register-import.ts';
import { scanZip } from './scan-zip.ts';
import { settleImport, toImport } from './settle-import.ts';
import { totalSite } from './total-site.ts';
import { versionNames } from './version-names.ts';
import { refusalOf } from './zip-error.ts';

/**
 * Does one message of the import queue: begins an import of an export of WorkDocs, or goes on with it.
 *
 * The export is only read. A zip or an entry that cannot be is the job's problem with its reason, and stops nothing else; an
 * export that cannot be listed ends the job as failed. What may pass is thrown for the queue to retry, until the last delivery.
 */
export async function importExport(body: string, delivery: Delivery, world: ImportWorld): Promise<void> {
  const message = parseImportMessage(body);
  if (message.kind === 'import') return begin(message, delivery, world);
  const job = await world.catalog.getJob(message.jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  await doStep(message, job, delivery, world);
}

async function begin(request: ImportRequest, delivery: Delivery, world: ImportWorld): Promise<void> {
  const jobId = request.jobId ?? `import-${delivery.messageId}`;
  await world.catalog.createJob(jobOf(request, jobId, delivery, world));
  const job = await world.catalog.getJob(jobId);
  if (job?.state !== 'running') return afterTheEnd(job, delivery, world);
  try {
    versionNames(request.versionsNamed);
    checkRegistered(await world.catalog.getSource(request.source), request.source);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return fail(job, error, delivery, world);
  }
  const first: ImportStep = { kind: 'list', jobId, step: 'documents-0', pass: 'documents' };
  await world.queue.send('import', [JSON.stringify(first)]);
}

/** Its settings are in the vault before anything else of it (I1); a function may not write them. */
function checkRegistered(known: Source | undefined, source: string): void {
  checkImportable(known, source);
  if (known?.state !== 'protected')
    throw new InvalidInputError(
      `${source} is not registered for imports: begin with holdfast import workdocs-export`,
    );
}

function jobOf(request: ImportRequest, id: string, { sender }: Delivery, { clock }: ImportWorld): Job {
  return {
    id,
    kind: 'import',
    source: request.source,
    state: 'running',
    phase: 'work',
    trigger: 'manual',
    askedBy: defined({ sender, name: request.askedBy }),
    startedAt: clock(),
    openRanges: 1,
    batchesQueued: 0,
    batchesDone: 0,
    counts: {},
    request: { export: request.export, ...defined({ versionsNamed: request.versionsNamed }) },
  };
}

async function doStep(message: ImportStep, job: Job, delivery: Delivery, world: ImportWorld): Promise<void> {
  const terms = v.parse(ImportTermsSchema, job.request);
  const run: Import = {
    jobId: job.id,
    site: siteOf(job.source),
    terms,
    place: parseExport(terms.export),
    versionNames: versionNames(terms.versionsNamed),
  };
  if (!(await sendCounted(job.id, message.step, toImport, world))) {
    const result = await tryStep(message, { run, delivery, world });
    if (result === undefined) return;
    await countAndSend(doneStep(message, result), toImport, delivery, world);
  }
  await settleImport(run, delivery, world);
}

function doneStep(
  { jobId, step }: ImportStep,
  { counts = {}, problems = [], continuations = [], ...progress }: StepResult,
): DoneStep {
  const messages = continuations.map((message) => JSON.stringify(message));
  return { jobId, step, progress: { ...progress, counts }, problems, messages };
}

function work(message: ImportStep, context: StepContext): Promise<StepResult> {
  switch (message.kind) {
    case 'list':
      return listExport(message, context);
    case 'scan':
      return scanZip(message, context);
    case 'entries':
      return importEntries(message, context);
    case 'table':
      return importTable(message, context);
    case 'total':
      return totalSite(message, context);
  }
}

/** @returns undefined when the whole job has failed with it */
async function tryStep(message: ImportStep, context: StepContext): Promise<StepResult | undefined> {
  const { delivery, world } = context;
  try {
    return await work(message, context);
  } catch (error) {
    if (mayPass(error) && delivery.receiveCount < world.settings.maxReceives) throw error;
    world.telemetry.error('import step failed', {
      jobId: message.jobId,
      step: message.step,
      error: logText(error),
    });
    if (message.kind === 'list' || message.kind === 'total') {
      const job = await world.catalog.getJob(message.jobId);
      if (job?.state === 'running') await fail(job, error, delivery, world);
      return undefined;
    }
    return givenUp(message, error);
  }
}

/** Access is tried again as well: rights that were just given take some seconds to hold. */
function mayPass(error: unknown): boolean {
  return isStoreError(error, 'access-denied') || refusalOf(error) === undefined;
}

/** What cannot be read of a zip is told of, and left. */
function givenUp(message: Extract<ImportStep, { zip: unknown }>, error: unknown): StepResult {
  const { reason, detail } = refusalOf(error) ?? { reason: 'failed', detail: messageOf(error) };
  // The pass for documents has told of it: the same bytes are damaged in the same way.
  if (message.kind === 'scan' && message.pass === 'tables' && reason === 'damaged-zip')
    return { openRanges: -1 };
  const entries = message.kind === 'entries' ? message.count : 1;
  const what =
    message.kind === 'entries' ? `${entries} entries from number ${message.at.index} on: ${detail}` : detail;
  const ends = message.kind === 'scan' ? { openRanges: -1 } : { batchesDone: 1 };
  const counts = { failed: entries, ...(message.kind === 'entries' ? { entries } : {}) };
  return { ...ends, counts, problems: [problemOf(message.zip, undefined, { reason, detail: what })] };
}

/** Ends an import that could not be done. What it brought into the vault stays. */
async function fail(job: Job, error: unknown, delivery: Delivery, world: ImportWorld): Promise<void> {
  const from = v.is(ImportTermsSchema, job.request) ? job.request.export : 'the export';
  const message =
    error instanceof InvalidInputError ? error.message : `${from} could not be imported: ${messageOf(error)}`;
  const end = { state: 'failed' as const, finishedAt: world.clock(), endedBy: delivery.messageId, message };
  if (!(await endImport(job, end, world))) await afterTheEnd(job, delivery, world);
}
