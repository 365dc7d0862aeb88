import * as v from 'valibot';
import { AskedNameSchema, JobIdSchema } from '../job.ts';
import { messageReader } from '../messages.ts';

const moment = v.pipe(v.number(), v.integer());
const source = v.pipe(v.string(), v.regex(/^workdocs:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'not a site'));
const id = v.pipe(v.string(), v.regex(/^[\w.@+=,&-]{1,256}$/, 'no id of WorkDocs'));

/** Asks a site for its activities since the cursor; or goes on with such a poll, behind a page. */
export const PollSchema = v.object({
  kind: v.literal('poll'),
  source,
  /** Absent in what the schedule sends. */
  page: v.optional(v.object({ since: moment, until: moment, marker: v.string() })),
});
export type Poll = v.InferOutput<typeof PollSchema>;

/** Compares a site with the catalog: the first message of a crawl, or one of its steps. */
export const CrawlSchema = v.object({
  kind: v.literal('crawl'),
  source,
  trigger: v.picklist(['schedule', 'manual', 'protect', 'approve']),
  jobId: v.optional(JobIdSchema),
  askedBy: v.optional(AskedNameSchema),
  /** Deletions beyond the bound were approved by a person. */
  approved: v.optional(v.boolean()),
  /** Looks into every document, also those whose listing shows nothing new: comments, permissions, labels. */
  deep: v.optional(v.boolean()),
  step: v.optional(
    v.object({
      id: v.string(),
      phase: v.picklist(['compare', 'deletions']),
      /** Users: behind this marker. */
      users: v.optional(v.object({ marker: v.optional(v.string()) })),
      /** Folders whose contents are still to be listed; a marker where a listing was left half way. */
      folders: v.optional(v.array(v.object({ id, path: v.string(), marker: v.optional(v.string()) }))),
      /** Of the deletions: behind this entry. */
      after: v.optional(v.string()),
    }),
  ),
});
export type Crawl = v.InferOutput<typeof CrawlSchema>;

/** Things of a site that changed, or were found to differ: users, folders, documents. */
export const DocumentBatchSchema = v.object({
  kind: v.literal('documents'),
  source,
  /** Of a crawl: the job and the batch by which it is counted. */
  jobId: v.optional(v.string()),
  batch: v.optional(v.string()),
  items: v.array(
    v.object({
      kind: v.picklist(['folder', 'document']),
      id,
      /** When the last activity happened that tells of it; absent from a crawl. */
      at: v.optional(moment),
    }),
  ),
});
export type DocumentBatch = v.InferOutput<typeof DocumentBatchSchema>;

export const parseSiteMessage = messageReader('site', v.variant('kind', [PollSchema, CrawlSchema]));
export const parseDocumentBatch = messageReader('documents', DocumentBatchSchema);
