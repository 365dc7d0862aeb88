import type { Problem } from '../../../model/job.ts';
import type { DirectoryPlace, EntryBatch, ImportStep, ScanStep, TableStep } from './import-messages.ts';
import {
  Counter,
  problemOf,
  type StepContext,
  type StepResult,
  timeIsShort,
  zipPlace,
} from './import-world.ts';
import { isTable } from './read-table.ts';
import { looksLikeVersion } from './version-names.ts';
import { ZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';
import { ZipError } from './zip-error.ts';
import { WINDOWS } from './zip-reader.ts';

/** A batch has to be done within one delivery: so many entries, and so many bytes unless one alone has more. */
const BATCH_ENTRIES = 100;
const BATCH_BYTES = 1024 ** 3;
/** Messages that a step makes, each with the zip's key: they are kept in its row in the catalog, which has 400 KB. */
const MAX_BATCHES = 200;
/** Entries that a step looks at, where they make few messages. */
const MAX_ENTRIES = 30_000;

/**
 * Reads the next part of a zip's directory, and cuts it into batches by their places: a batch reads its entries itself, so
 * that a message is small whatever they are called.
 *
 * A directory that ends in the middle costs the entries behind that place, and no others.
 */
export async function scanZip(step: ScanStep, context: StepContext): Promise<StepResult> {
  const { world, run } = context;
  const directory = await ZipDirectory.open(zipPlace(run, step.zip), step.at, world.store, WINDOWS.directory);
  const scan = step.pass === 'documents' ? new BatchScan(step) : new TableScan(step);
  const problem = await walk(directory, scan, context);
  scan.end();
  const problems = problem === undefined ? [] : [problemOf(step.zip, undefined, problem)];
  // The pass for documents has told of it, and counted what it costs.
  if (problem !== undefined && step.pass === 'documents')
    scan.counter.add('failed', Math.max(1, directory.left));
  if (directory.miscounted) problems.push(miscounted(step));
  const more: ImportStep[] = problem === undefined && scan.full ? [nextScan(step, directory.place)] : [];
  return {
    openRanges: more.length - 1,
    batchesQueued: scan.messages.length,
    counts: scan.counter.counts,
    problems: step.pass === 'documents' ? problems : [],
    continuations: [...scan.messages, ...more],
  };
}

/** @returns why it could not be read to its end */
async function walk(directory: ZipDirectory, scan: Scan, context: StepContext) {
  try {
    while (!scan.full) {
      if (scan.entries > 0 && timeIsShort(context)) scan.full = true;
      const entry = scan.full ? undefined : await directory.next();
      if (entry === undefined) return undefined;
      scan.add(entry);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    const where = `entry ${directory.place.index} of its directory`;
    const detail = `it cannot be read from ${where} on (it says that ${directory.left} are left): ${error.message}`;
    return { reason: error.reason, detail };
  }
}

function miscounted({ zip }: ScanStep): Problem {
  const detail = 'its directory has more entries than the zip says: all of them were read';
  return { key: zip.key.slice(0, 500), reason: 'miscounted', detail, note: true };
}

function nextScan(scan: ScanStep, at: DirectoryPlace): ImportStep {
  const step = scan.step.replace(/\d+$/, (digits) => String(Number(digits) + 1));
  return { ...scan, step, at };
}

/** Gathers what follows from entries. */
abstract class Scan {
  readonly counter = new Counter();
  readonly messages: Array<EntryBatch | TableStep> = [];
  entries = 0;
  full = false;
  protected readonly step: ScanStep;

  constructor(step: ScanStep) {
    this.step = step;
  }

  add(entry: ZipEntry): void {
    this.entries++;
    this.take(entry);
    if (this.entries >= MAX_ENTRIES || this.messages.length >= MAX_BATCHES) this.full = true;
  }

  protected abstract take(entry: ZipEntry): void;
  abstract end(): void;
}

class BatchScan extends Scan {
  #first: DirectoryPlace | undefined;
  #count = 0;
  #bytes = 0;

  protected take(entry: ZipEntry): void {
    const bytes = entry.refusal === undefined ? entry.size : 0;
    if (this.#count >= BATCH_ENTRIES || this.#bytes + bytes > BATCH_BYTES) this.end();
    this.#first ??= entry.place;
    this.#count++;
    this.#bytes += bytes;
    if (isTable(entry)) this.counter.add('tables');
    if (looksLikeVersion(entry.parts.at(-1) ?? '')) this.counter.add('versionLike');
  }

  end(): void {
    if (this.#first === undefined) return;
    const { jobId, zip, step } = this.step;
    const name = `${step}.b${this.messages.length}`;
    this.messages.push({ kind: 'entries', jobId, step: name, zip, at: this.#first, count: this.#count });
    this.#first = undefined;
    this.#count = 0;
    this.#bytes = 0;
  }
}

class TableScan extends Scan {
  protected take(entry: ZipEntry): void {
    if (!isTable(entry)) return;
    const { jobId, zip, step } = this.step;
    const name = `${step}.t${this.messages.length}.0`;
    this.messages.push({ kind: 'table', jobId, step: name, zip, at: entry.place, row: 0 });
  }

  end(): void {}
}
