import * as v from 'valibot';
import { AskedNameSchema, JobIdSchema } from '../../../model/job.ts';
import { messageReader } from '../../../model/messages.ts';

const source = v.pipe(v.string(), v.regex(/^workdocs:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'not a site'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** An export: `s3://bucket/prefix`; all objects whose keys begin so are of it. */
export const EXPORT_URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\s\S]*))?$/;

/** Asks for an import: the first message of its job. */
export const ImportRequestSchema = v.object({
  kind: v.literal('import'),
  export: v.pipe(v.string(), v.regex(EXPORT_URI, 'not an export: write it as s3://bucket/prefix')),
  source,
  jobId: v.optional(JobIdSchema),
  askedBy: v.optional(AskedNameSchema),
  /** How versions are told by their names; see `version-names.ts`. Absent: only by being there under one name. */
  versionsNamed: v.optional(v.string()),
});
export type ImportRequest = v.InferOutput<typeof ImportRequestSchema>;

/** The import as its job keeps it. */
export const ImportTermsSchema = v.object({ export: v.string(), versionsNamed: v.optional(v.string()) });
export type ImportTerms = v.InferOutput<typeof ImportTermsSchema>;

/** First documents, then, when all of them are there, the tables that speak of them. */
const pass = v.picklist(['documents', 'tables']);
const step = { jobId: v.string(), step: v.string() };
/** A zip as it was listed. */
const zip = v.object({ key: v.string(), size: count, etag: v.string() });
export type ZipRef = v.InferOutput<typeof zip>;

/**
 * Where the reading of a central directory goes on: its next entry's byte in the file and number; and what is known of the
 * entries before, to tell those that overlap.
 */
const place = v.object({ cursor: count, index: count, packed: count, start: count, end: count });
export type DirectoryPlace = v.InferOutput<typeof place>;

/** The next objects of the export. */
export const ListStepSchema = v.object({
  kind: v.literal('list'),
  ...step,
  pass,
  after: v.optional(v.string()),
});
export type ListStep = v.InferOutput<typeof ListStepSchema>;

/** The next part of a zip's central directory. */
export const ScanStepSchema = v.object({
  kind: v.literal('scan'),
  ...step,
  pass,
  zip,
  at: v.optional(place),
});
export type ScanStep = v.InferOutput<typeof ScanStepSchema>;

/** Entries of a zip that follow each other in its directory. */
export const EntryBatchSchema = v.object({ kind: v.literal('entries'), ...step, zip, at: place, count });
export type EntryBatch = v.InferOutput<typeof EntryBatchSchema>;

/** The next rows of a table of comments or permissions. */
export const TableStepSchema = v.object({
  kind: v.literal('table'),
  ...step,
  zip,
  at: place,
  /** Rows, without the header, that were done before. */
  row: count,
});
export type TableStep = v.InferOutput<typeof TableStepSchema>;

/** Adds up what the site has: its next entries in the catalog. */
export const TotalStepSchema = v.object({
  kind: v.literal('total'),
  ...step,
  after: v.optional(v.string()),
  objects: count,
  bytes: count,
  unprotected: count,
});
export type TotalStep = v.InferOutput<typeof TotalStepSchema>;

const ImportStepSchema = v.variant('kind', [
  ListStepSchema,
  ScanStepSchema,
  EntryBatchSchema,
  TableStepSchema,
  TotalStepSchema,
]);
export type ImportStep = v.InferOutput<typeof ImportStepSchema>;

export const parseImportMessage = messageReader(
  'an import',
  v.variant('kind', [ImportRequestSchema, ...ImportStepSchema.options]),
);
