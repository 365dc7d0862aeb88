import * as v from 'valibot';
import { AskedNameSchema, JobIdSchema } from '../../../model/job.ts';
import { messageReader } from '../../../model/messages.ts';

const moment = v.pipe(v.number(), v.integer());
const text = v.optional(v.string());
const source = v.pipe(v.string(), v.regex(/^workdocs:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'not a site'));
/** Of anything: users' ids are the longest, and the only ones with `&`. */
const id = v.pipe(v.string(), v.regex(/^[\w.@+=,&-]{1,256}$/, 'no id of WorkDocs'));

/** Of what a poll found, and what follows from it: the poll tells of everything that happened since then. */
const since = v.optional(moment);

/** Asks a site for its activities since the cursor; or goes on with such a poll, behind a page. */
export const PollSchema = v.object({
  kind: v.literal('poll'),
  source,
  /** Absent in what the schedule sends. */
  page: v.optional(v.object({ since: moment, until: moment, marker: v.string() })),
});
export type Poll = v.InferOutput<typeof PollSchema>;

/** A folder whose contents are still to be listed: behind a marker where a listing was left half way. */
const FolderToListSchema = v.object({
  id,
  /** `user/folder/`; only where a source's filters may take some of what is in it, and leave some. */
  path: text,
  marker: text,
  /** How often it was listed from its beginning again, since a marker was good no more. */
  restarts: v.optional(v.number()),
  /** The site refused to list it: it is tried again by itself, and told of in the end. */
  refused: v.optional(v.literal(true)),
  /** The source's settings leave out all of it: only what the vault has is looked at. */
  outside: v.optional(v.literal(true)),
  /** A recycle bin, or in one: what lies in it is only of interest where the vault has it. */
  bin: v.optional(v.literal(true)),
});
export type FolderToList = v.InferOutput<typeof FolderToListSchema>;

export const CRAWL_PHASES = ['compare', 'count', 'deletions', 'vault'] as const;

const CrawlStepSchema = v.object({
  id: v.string(),
  /**
   * `compare` lists the site; `count` looks for what the catalog has and the site no longer listed; `deletions` has each
   * of it asked for by its id; `vault` compares what is on top there with the catalog.
   */
  phase: v.picklist(CRAWL_PHASES),
  /** Users are still to be listed: behind this marker. */
  users: v.optional(v.object({ marker: text })),
  folders: v.optional(v.array(FolderToListSchema)),
  /** Of the phases behind `compare`: entries behind this one. */
  after: text,
});
export type CrawlStep = v.InferOutput<typeof CrawlStepSchema>;

/** Compares a site with the catalog: the first message of a crawl, or one of its steps. */
export const CrawlSchema = v.object({
  kind: v.literal('crawl'),
  source,
  trigger: v.picklist(['schedule', 'manual', 'protect', 'approve']),
  jobId: v.optional(JobIdSchema),
  askedBy: v.optional(AskedNameSchema),
  /** Deletions beyond the bound were approved by a person. */
  approved: v.optional(v.boolean()),
  /** Looks into every document, also those whose listing shows nothing new: comments, permissions, custom metadata. */
  deep: v.optional(v.boolean()),
  /** Compares the vault with the catalog too; what the schedule sends does so anyway. */
  vault: v.optional(v.boolean()),
  step: v.optional(CrawlStepSchema),
});
export type Crawl = v.InferOutput<typeof CrawlSchema>;

/** Has everything looked at that lies directly in a folder, which was recycled or brought back. */
export const WalkSchema = v.object({
  kind: v.literal('walk'),
  source,
  folder: id,
  marker: text,
  /** How often it was listed from its beginning again. */
  restarts: v.optional(v.number()),
  since,
});
export type Walk = v.InferOutput<typeof WalkSchema>;

/** A user as the site listed it: users cannot be asked for by their ids. */
const ListedUserSchema = v.object({
  id,
  username: v.string(),
  email: text,
  givenName: text,
  surname: text,
  status: text,
  type: text,
  rootFolderId: text,
  recycleBinFolderId: text,
  createdAt: v.optional(moment),
  modifiedAt: v.optional(moment),
  timeZone: text,
  locale: text,
});

/** One thing of a site that has to be looked at. */
const SiteItemSchema = v.variant('kind', [
  v.object({
    kind: v.literal('folder'),
    id,
    /** When the last activity happened that tells of it; absent from a crawl. */
    at: v.optional(moment),
    /** Of a root folder: the name of its user. */
    user: text,
    /** Something is in it that the vault has: no filter leaves it out. */
    needed: v.optional(v.literal(true)),
  }),
  v.object({ kind: v.literal('document'), id, at: v.optional(moment) }),
  v.object({
    kind: v.literal('user'),
    id,
    /** When the site listed it. */
    at: v.optional(moment),
    /** Absent for one that the site no longer listed. */
    user: v.optional(ListedUserSchema),
  }),
]);
export type SiteItem = v.InferOutput<typeof SiteItemSchema>;

/** Things of a site that changed, or were found to differ: users, folders, documents. */
export const DocumentBatchSchema = v.object({
  kind: v.literal('documents'),
  source,
  /** Of a crawl: the job and the batch by which it is counted. */
  jobId: v.optional(v.string()),
  batch: v.optional(v.string()),
  /** They were tried before: a first handler may have got half-way. */
  again: v.optional(v.boolean()),
  /** Looks at everything of each, however lately that was done. */
  deep: v.optional(v.boolean()),
  /** A person said that they may be gone, whatever the site looks like. */
  approved: v.optional(v.boolean()),
  /** The site no longer listed them. */
  suspects: v.optional(v.boolean()),
  /** The vault's listing shows other records or bytes of them than the catalog names. */
  inDoubt: v.optional(v.boolean()),
  since,
  items: v.array(SiteItemSchema),
});
export type DocumentBatch = v.InferOutput<typeof DocumentBatchSchema>;

/** A version too large to be read between others: its bytes come in as many steps as it takes. */
export const LargeVersionSchema = v.object({
  kind: v.literal('large-version'),
  source,
  documentId: id,
  versionId: id,
  /** When the activity happened that told of it. */
  at: v.optional(moment),
  /** What earlier steps did. */
  begun: v.optional(
    v.object({
      uploadId: v.string(),
      partBytes: v.number(),
      /** Number of the part that comes next: those before it are in the vault. */
      next: v.number(),
      /** The state of the digest that is expected until there, base64; absent where none is. */
      digest: text,
    }),
  ),
});
export type LargeVersion = v.InferOutput<typeof LargeVersionSchema>;

export const parseSiteMessage = messageReader(
  'a site',
  v.variant('kind', [PollSchema, CrawlSchema, WalkSchema]),
);
export const parseDocumentMessage = messageReader(
  'a document',
  v.variant('kind', [DocumentBatchSchema, LargeVersionSchema]),
);
