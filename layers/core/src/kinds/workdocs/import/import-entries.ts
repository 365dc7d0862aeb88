import { defined } from '../../../model/defined.ts';
import type { Problem } from '../../../model/job.ts';
import { type EntryOutcome, importVersion } from './import-document.ts';
import type { EntryBatch } from './import-messages.ts';
import { Counter, problemOf, type StepContext, type StepResult, zipOwner, zipPlace } from './import-world.ts';
import { Places } from './keep-places.ts';
import { ZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';

/**
 * Imports entries that follow each other in a zip: their bytes, then the records of the documents and folders that they
 * are. One after the other, so that the window of the zip that is in memory serves many of them.
 */
export async function importEntries(batch: EntryBatch, context: StepContext): Promise<StepResult> {
  const { world, run } = context;
  const directory = await ZipDirectory.open(zipPlace(run, batch.zip), batch.at, world.store);
  const entries: ZipEntry[] = [];
  for (let n = 0; n < batch.count; n++) {
    const entry = await directory.next();
    if (entry !== undefined) entries.push(entry);
  }
  directory.reader.readEntries(endOf(entries));
  const importer = new EntryImporter(batch, directory, context);
  for (const entry of entries) await importer.import(entry);
  return { batchesDone: 1, counts: importer.counter.counts, problems: importer.problems };
}

/** Where the last byte is that the batch reads, by the directory: local headers may be a little longer than it tells. */
function endOf(entries: readonly ZipEntry[]): number {
  return Math.max(0, ...entries.map(({ offset, packed }) => offset + packed + 64 * 1024));
}

class EntryImporter {
  readonly counter = new Counter();
  readonly problems: Problem[] = [];
  readonly #batch: EntryBatch;
  readonly #directory: ZipDirectory;
  readonly #context: StepContext;
  readonly #places: Places;
  readonly #from: string;

  constructor(batch: EntryBatch, directory: ZipDirectory, context: StepContext) {
    this.#batch = batch;
    this.#directory = directory;
    this.#context = context;
    const { run, world } = context;
    this.#from = `s3://${run.place.bucket}/${batch.zip.key}`;
    this.#places = new Places(run.site, zipOwner(run, batch.zip), this.#from, world);
  }

  async import(entry: ZipEntry): Promise<void> {
    this.counter.add('entries');
    const outcome = await this.#one(entry);
    if (typeof outcome === 'string') {
      this.counter.add(outcome);
      if (outcome === 'imported') this.counter.add('importedBytes', entry.folder ? 0 : entry.size);
      return;
    }
    this.counter.add('failed');
    this.problems.push(problemOf(this.#batch.zip, entry.name, outcome));
  }

  async #one(entry: ZipEntry): Promise<EntryOutcome> {
    // What has no path has no place to be kept at.
    if (entry.parts.length === 0 || (entry.folder && entry.refusal))
      return entry.refusal ?? { reason: 'unsafe-name', detail: 'it has no name' };
    if (entry.folder) return this.#folder(entry);
    const { run, world } = this.#context;
    const { parts, ordinal } = run.versionNames(entry.parts);
    const parentId = await this.#places.keep(parts.slice(0, -1));
    const user = zipOwner(run, this.#batch.zip);
    const place = { site: run.site, user, parts, parentId, from: this.#from };
    return importVersion(place, { entry, ...defined({ ordinal }) }, this.#directory, world);
  }

  async #folder({ parts, at }: ZipEntry): Promise<EntryOutcome> {
    const changed = await this.#places.keepEntry(parts, at);
    this.counter.add('folders');
    return changed ? 'imported' : 'unchanged';
  }
}
