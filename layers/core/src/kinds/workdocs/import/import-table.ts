import { isDeepStrictEqual } from 'node:util';
import { defined } from '../../../model/defined.ts';
import type { Problem } from '../../../model/job.ts';
import { namedValues } from '../../../model/named-values.ts';
import type { Permission, SiteComment, SiteRecord, VersionRecord } from '../model/records.ts';
import { entryKey, type RecordRef } from '../model/site-key.ts';
import { siteUri } from '../model/site-uri.ts';
import { isSiteError } from '../site-error.ts';
import { entryBytes } from './entry-bytes.ts';
import { factsOf } from './import-document.ts';
import type { TableStep } from './import-messages.ts';
import { documentId, folderId } from './import-names.ts';
import {
  Counter,
  problemOf,
  type StepContext,
  type StepResult,
  timeIsShort,
  zipOwner,
  zipPlace,
} from './import-world.ts';
import { mergeRecord } from './keep-places.ts';
import { tableRows } from './read-table.ts';
import { type RowReader, rowReader, type TableRow, tableKind } from './table-columns.ts';
import { ZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-entry.ts';
import { ZipError } from './zip-error.ts';

/** Rows that are in memory at a time; those of one document among them are written at once. */
const ROWS_PER_CHUNK = 500;
/** Rows of one step, and problems of it that its row in the catalog has room for. */
const MAX_ROWS = 20_000;
const MAX_PROBLEMS = 200;

/**
 * Attaches the next rows of a table to the documents and folders that they speak of. The table itself is a document of its
 * user too, so that nothing of it is lost, whatever could be made of it.
 */
export async function importTable(step: TableStep, context: StepContext): Promise<StepResult> {
  const { run, world } = context;
  const directory = await ZipDirectory.open(zipPlace(run, step.zip), step.at, world.store);
  const entry = await directory.next();
  if (entry === undefined) return { batchesDone: 1 };
  const importer = new TableImporter(step, entry, context);
  const row = await importer.read(directory);
  const more = row === undefined ? [] : [{ ...step, step: nextName(step.step), row }];
  const { counts } = importer.counter;
  return {
    batchesDone: 1,
    batchesQueued: more.length,
    counts,
    problems: importer.problems,
    continuations: more,
  };
}

function nextName(step: string): string {
  return step.replace(/\d+$/, (digits) => String(Number(digits) + 1));
}

class TableImporter {
  readonly counter = new Counter();
  readonly problems: Problem[] = [];
  readonly #step: TableStep;
  readonly #entry: ZipEntry;
  readonly #context: StepContext;
  #unlisted = 0;
  #reader: RowReader | undefined;
  #row = 0;
  #chunk: Array<readonly [number: number, row: TableRow]> = [];

  constructor(step: TableStep, entry: ZipEntry, context: StepContext) {
    this.#step = step;
    this.#entry = entry;
    this.#context = context;
  }

  /** @returns the row to go on with; undefined at the end */
  async read(directory: ZipDirectory): Promise<number | undefined> {
    try {
      for await (const row of tableRows(entryBytes(directory, this.#entry))) {
        if (this.#reader === undefined) {
          this.#reader = this.#header(row);
          if (this.#reader === undefined) return undefined;
          continue;
        }
        if (this.#row++ >= this.#step.row) this.#chunk.push([this.#row, this.#reader(row)]);
        if (this.#chunk.length < ROWS_PER_CHUNK) continue;
        await this.#attach();
        if (this.#isEnough(this.#row)) return this.#row;
      }
    } catch (error) {
      if (!(error instanceof ZipError || isSiteError(error, 'corrupt'))) throw error;
      this.counter.add('failed');
      const detail = `its rows behind number ${this.#row} cannot be read: ${error.message}`;
      this.#problem({ reason: 'corrupt', detail });
    }
    await this.#attach();
    this.#endProblems();
    return undefined;
  }

  #isEnough(row: number): boolean {
    return (
      row - this.#step.row >= MAX_ROWS || timeIsShort(this.#context) || this.problems.length >= MAX_PROBLEMS
    );
  }

  #header(row: readonly string[]): RowReader | undefined {
    const reader = rowReader(tableKind(this.#entry.parts[0] ?? '') ?? 'comments', row);
    if (reader !== undefined) return reader;
    this.counter.add('unattached');
    const detail =
      'its columns do not tell what its rows are about: it is kept as a document, and nothing is attached';
    this.#problem({ reason: 'columns', detail });
    return undefined;
  }

  #problem(why: { reason: string; detail: string }): void {
    this.problems.push(problemOf(this.#step.zip, this.#entry.name, why));
  }

  async #attach(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    const found = new Map<string, { ref: RecordRef; rows: TableRow[] }>();
    for (const [number, row] of chunk) {
      this.counter.add('rows');
      const ref = await this.#find(row);
      if (ref === undefined) {
        this.#unattached(number, row);
        continue;
      }
      const of = found.get(entryKey(ref)) ?? { ref, rows: [] };
      of.rows.push(row);
      found.set(entryKey(ref), of);
    }
    for (const { ref, rows } of found.values()) await this.#write(ref, rows);
  }

  #unattached(number: number, { path, name }: TableRow): void {
    this.counter.add('unattached');
    const where = [path, name].filter((text) => text !== undefined).join(' · ');
    const detail = `row ${number} speaks of "${where}", which is not in the zip: it stays in the table alone`;
    if (this.problems.length < MAX_PROBLEMS) this.#problem({ reason: 'not-attached', detail });
    else this.#unlisted++;
  }

  #endProblems(): void {
    if (this.#unlisted === 0) return;
    const detail = `${this.#unlisted} more rows speak of what is not in the zip: they stay in the table alone`;
    this.#problem({ reason: 'not-attached', detail });
  }

  /** The document or folder that a row means, if the import made one. */
  async #find(row: TableRow): Promise<RecordRef | undefined> {
    const { run } = this.#context;
    const { name: user } = zipOwner(run, this.#step.zip);
    for (const { parts, without } of candidates(row)) {
      // A folder of the zip is no name of the user: what is not in it is not somewhere else.
      if (
        without !== undefined &&
        (await this.#has({ kind: 'folder', id: folderId(run.site, user, [without]) }))
      )
        continue;
      const refs: RecordRef[] = [
        { kind: 'document', id: documentId(run.site, user, run.versionNames(parts).parts) },
        { kind: 'folder', id: folderId(run.site, user, parts) },
      ];
      for (const ref of refs) if (await this.#has(ref)) return ref;
    }
    return undefined;
  }

  async #has(ref: RecordRef): Promise<boolean> {
    const { run, world } = this.#context;
    const entry = await world.catalog.getEntry(siteUri(run.site), entryKey(ref));
    return entry !== undefined && entry.state !== 'deleted';
  }

  async #write(ref: RecordRef, rows: readonly TableRow[]): Promise<void> {
    const { run, world } = this.#context;
    const outcome = await mergeRecord(
      run.site,
      ref,
      async (known) => {
        const record = known === undefined ? undefined : rows.reduce<SiteRecord>(withRow, known);
        if (record === undefined || record === known) return undefined;
        const facts = record.kind === 'document' ? factsOf(record) : {};
        return { record, facts };
      },
      world,
    );
    this.counter.add(outcome?.kind === 'kept' ? 'attached' : 'attachedBefore', rows.length);
  }
}

/** A path that a row can mean, and the first part that was taken off it. */
type Candidate = { readonly parts: readonly string[]; readonly without?: string };

/** What a row can mean by its path and name: with or without a first part that names the user or the whole. */
function candidates({ path = '', name = '' }: TableRow): Candidate[] {
  const folders = partsOf(path);
  const own = partsOf(name);
  const joined =
    own.length === 0 || (own.length === 1 && folders.at(-1) === own[0])
      ? [folders]
      : [[...folders, ...own], folders];
  return joined
    .flatMap((parts): Candidate[] => [
      { parts },
      { parts: parts.slice(1), ...defined({ without: parts[0] }) },
    ])
    .filter(({ parts }) => parts.length > 0);
}

function partsOf(text: string): string[] {
  return text.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
}

/** @returns the same record where it says all of the row already */
function withRow(record: SiteRecord, row: TableRow): SiteRecord {
  if (row.kind === 'permissions') return withPermission(record, row.permission);
  return record.kind === 'document' ? withComment(record, row) : withNote(record, row.comment);
}

function withPermission(record: SiteRecord, permission: Permission): SiteRecord {
  const permissions = record.permissions ?? [];
  if (permissions.some((one) => isDeepStrictEqual(one, permission))) return record;
  return { ...record, permissions: [...permissions, permission] };
}

function withComment(
  record: Extract<SiteRecord, { kind: 'document' }>,
  { comment, version }: Extract<TableRow, { kind: 'comments' }>,
): SiteRecord {
  if (record.versions.some(({ comments = [] }) => comments.some(({ id }) => id === comment.id)))
    return record;
  const of = versionOf(record, version);
  return {
    ...record,
    versions: record.versions.map((one) =>
      one.id === of ? { ...one, comments: [...(one.comments ?? []), comment].sort(byTime) } : one,
    ),
  };
}

/** The version that a row names by its number, or the current one. */
function versionOf(
  { versions, latest }: { versions: readonly VersionRecord[]; latest?: string | undefined },
  text: string | undefined,
) {
  const numbered = versions.find(
    ({ id }) => text !== undefined && id.endsWith(`.v${text.replace(/^v/i, '')}`),
  );
  return numbered?.id ?? latest ?? versions.at(-1)?.id;
}

function byTime(a: SiteComment, b: SiteComment): number {
  return (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : 1);
}

/** Folders of WorkDocs have no comments; a table that has one all the same is not to lose it. */
function withNote(record: SiteRecord, comment: SiteComment): SiteRecord {
  const name = `comment ${comment.id}`;
  const text = JSON.stringify(comment);
  return record.extra?.[name] === text
    ? record
    : { ...record, extra: namedValues([...Object.entries(record.extra ?? {}), [name, text]]) };
}
