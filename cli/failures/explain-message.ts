import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { parseReconcileQueue } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { parseS3Event } from '@holdfast/core/kinds/s3/model/s3-event.ts';
import { type ImportStep, parseImportMessage } from '@holdfast/core/kinds/workdocs/import/import-messages.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { messageOf } from '@holdfast/core/model/errors.ts';
import { parseJson } from '@holdfast/core/model/json.ts';
import {
  parseBacklogMessage,
  parsePlanStep,
  parseReportMessage,
  parseRestoreWork,
  ResumeMessageSchema,
} from '@holdfast/core/model/messages.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { parseRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import * as v from 'valibot';
import { bytes, counted, seconds } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';

/** What a message asks for, and the first objects it is about. */
export type Explained = {
  readonly what: string;
  readonly readable: boolean;
  readonly objects: ReadonlyArray<{ readonly source: string; readonly key: string }>;
};
type Reading = Omit<Explained, 'readable'>;

const MAX_OBJECTS = 5;

/** Puts the body of a message into words, by the parser that its handler uses. */
export function explainMessage(queue: QueueName, body: string): Explained {
  try {
    return { ...READERS[queue](body), readable: true };
  } catch (error) {
    return { what: `not understood: ${messageOf(error, 200)}`, readable: false, objects: [] };
  }
}

const READERS: Readonly<Record<QueueName, (body: string) => Reading>> = {
  capture: readCapture,
  backlog: readBacklog,
  reconcile: readReconcile,
  restore: readRestore,
  restoreWork: readRestoreWork,
  report: readReport,
  site: readSite,
  documents: readSite,
  largeDocuments: readSite,
  import: readImport,
  siteRestore: readRestore,
};

function readSite(body: string): Reading {
  return { what: `work for a WorkDocs site: ${JSON.stringify(parseJson(body)).slice(0, 200)}`, objects: [] };
}

function readCapture(body: string): Reading {
  const changes = parseS3Event(body);
  const words = changes.map(({ bucket, key, kind, at }) => {
    const when = at === undefined ? '' : ` ${seconds(at)}`;
    return `${sourceUri(bucket)}/${visibleKey(key)} ${kind}${when}`;
  });
  return {
    what: words.length === 0 ? 'an event that changes nothing' : words.slice(0, MAX_OBJECTS).join('; '),
    objects: changes.slice(0, MAX_OBJECTS).map(({ bucket, key }) => ({ source: sourceUri(bucket), key })),
  };
}

function readBacklog(body: string): Reading {
  const message = parseBacklogMessage(body);
  if (message.kind === 'large-copy') {
    const { bucket, key, size } = message;
    const source = sourceUri(bucket);
    return {
      what: `large copy of ${source}/${visibleKey(key)} (${bytes(size)})`,
      objects: [{ source, key }],
    };
  }
  const { source, items, jobId } = message;
  return {
    what: `capture of ${counted(items.length, 'object')} of ${source}${ofJob(jobId)}`,
    objects: items.slice(0, MAX_OBJECTS).map(({ key }) => ({ source, key })),
  };
}

function readReconcile(body: string): Reading {
  const message = parseReconcileQueue(body);
  if (message.kind === 'pulse') return { what: `hourly check of ${message.source}`, objects: [] };
  const { source, trigger, jobId, step } = message;
  const part = step?.after === undefined ? '' : `, from "${visibleKey(step.after)}" on`;
  return { what: `reconcile of ${source}, ${trigger}${part}${ofJob(jobId)}`, objects: [] };
}

function readRestore(body: string): Reading {
  const resumed = resumedBy(body);
  if (resumed !== undefined) return { what: `resumption of the restore ${resumed}`, objects: [] };
  try {
    const { jobId, after } = parsePlanStep(body);
    const part = after === undefined ? '' : `, from "${visibleKey(after)}" on`;
    return { what: `plan of the restore ${jobId}${part}`, objects: [] };
  } catch {
    const { source, prefix, target } = parseRestoreMessage(body, ADDRESSES);
    const from = `${source}/${visibleKey(prefix)}`;
    return {
      what: `restore of ${from} to ${sourceUri(target.bucket)}/${visibleKey(target.prefix)}`,
      objects: [],
    };
  }
}

/** The job that a message goes on with, if it is one that does. */
function resumedBy(body: string): string | undefined {
  const parsed = v.safeParse(ResumeMessageSchema, parseJson(body));
  return parsed.success ? parsed.output.resume : undefined;
}

function readRestoreWork(body: string): Reading {
  if (isS3Event(body)) return readThawed(body);
  const work = parseRestoreWork(body);
  if (work.kind === 'sweep') return { what: `look for thaws of ${work.jobId ?? 'all jobs'}`, objects: [] };
  const { jobId } = work;
  if (work.kind === 'extras') {
    const verb = work.pass === 'count' ? 'count' : 'deletion';
    return { what: `${verb} of what the target of the restore ${jobId} has too much`, objects: [] };
  }
  const what = work.kind === 'thaw' ? 'to thaw for' : 'of';
  return { what: `${counted(work.items.length, 'object')} ${what} the restore ${jobId}`, objects: [] };
}

/** The event that a copy in the vault can be read. */
function readThawed(body: string): Reading {
  const keys = parseS3Event(body).map(({ key }) => visibleKey(key));
  return { what: `${keys.slice(0, MAX_OBJECTS).join('; ')} in the vault was thawed`, objects: [] };
}

function isS3Event(body: string): boolean {
  const json: unknown = JSON.parse(body);
  return typeof json === 'object' && json !== null && !('kind' in json);
}

function readReport(body: string): Reading {
  return {
    what: `report of the job ${parseReportMessage(body).jobId}, and the notice of its end`,
    objects: [],
  };
}

function readImport(body: string): Reading {
  const message = parseImportMessage(body);
  if (message.kind === 'import') {
    const { source, jobId } = message;
    return { what: `import of ${visibleKey(message.export)} into ${source}${ofJob(jobId)}`, objects: [] };
  }
  return { what: `${importStep(message)}${ofJob(message.jobId)}`, objects: [] };
}

function importStep(step: ImportStep): string {
  switch (step.kind) {
    case 'list':
      return 'listing of an export';
    case 'total':
      return 'count of what an import came to';
    case 'scan':
      return `directory of ${visibleKey(step.zip.key)}, from entry ${step.at?.index ?? 0} on`;
    case 'entries':
      return `import of ${counted(step.count, 'entry', 'entries')} of ${visibleKey(step.zip.key)}, from ${step.at.index} on`;
    case 'table':
      return `comments or permissions of ${visibleKey(step.zip.key)}, from row ${step.row} on`;
  }
}

function ofJob(jobId: string | undefined): string {
  return jobId === undefined ? '' : ` (job ${jobId})`;
}
