import * as v from 'valibot';

// Stryker disable all: what a row looks like is for the contract suites of the catalog.
/** Why an object is not, or not in its present state, in the vault. */
export const UNPROTECTED_REASONS = [
  'archived',
  'copying',
  'customer-key',
  'access-denied',
  'source-missing',
  'uploading',
  'failed',
] as const;
export type UnprotectedReason = (typeof UNPROTECTED_REASONS)[number];

/** In words, for people. */
export const REASON_TEXT: Readonly<Record<UnprotectedReason, string>> = {
  archived: 'in an archive storage class: thaw it at the source, then reconcile',
  copying: 'large: its parts are still being copied',
  'customer-key': 'encrypted with a customer-provided key (SSE-C), which only its owner can read',
  'access-denied':
    'access denied at the source: check its policies, those of its KMS key, and whether the bucket is of another account now',
  'source-missing': 'the source bucket is gone; what the vault has is kept',
  uploading: 'being uploaded, or incomplete: its present version cannot be read yet',
  failed: 'capture failed after its retries: see the detail, then holdfast failures --redrive',
};

const moment = v.pipe(v.number(), v.integer());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * The catalog's row for one object of one source. Times are milliseconds since 1970. The vault fields name the
 * newest copy there is, which for an unprotected object can be older than the source's present state.
 */
export const EntrySchema = v.object({
  source: v.string(),
  key: v.string(),
  state: v.picklist(['current', 'deleted', 'unprotected']),
  /** Grows by one at every write: the condition that tells whether somebody else recorded in between. */
  rev: count,
  reason: v.optional(v.picklist(UNPROTECTED_REASONS)),
  detail: v.optional(v.string()),
  /** The source's state as of the capture. `lastModified` is unknown after a reindex. */
  etag: v.optional(v.string()),
  size: v.optional(count),
  lastModified: v.optional(moment),
  sourceVersionId: v.optional(v.string()),
  storageClass: v.optional(v.string()),
  sequencer: v.optional(v.string()),
  vaultVersionId: v.optional(v.string()),
  vaultEtag: v.optional(v.string()),
  /** The multipart upload that is copying the source's present state; only with the reason `copying`. */
  uploadId: v.optional(v.string()),
  /** The `attributesDigest` of the state that the upload was begun with; only with an `uploadId`. */
  uploadAttributes: v.optional(v.string()),
  checksum: v.optional(v.object({ algorithm: v.string(), value: v.string() })),
  capturedAt: v.optional(moment),
  deletedAt: v.optional(moment),
  /** From the change at the source to this record, in ms; only for changes that came by an event. */
  lagMs: v.optional(count),
  /** Of what a WorkDocs site has: its name, for people; the key is an id. */
  name: v.optional(v.string()),
  /** Of what a WorkDocs site has: when the site was last asked for all of it. What happened before is in the record. */
  lookedAt: v.optional(moment),
  /** Of what a WorkDocs site has: when a crawl last found it listed as it is recorded. */
  listedAt: v.optional(moment),
  updatedAt: moment,
});
export type Entry = v.InferOutput<typeof EntrySchema>;

// Stryker restore all
/** What a source says of an object, as far as a listing or a HEAD knows it. */
export type SourceState = {
  readonly etag?: string;
  readonly size?: number;
  readonly lastModified?: number;
  readonly versionId?: string;
};

/**
 * True when the entry's copy is of this very source state. A reindexed entry has no `lastModified`: then an object
 * last modified before the copy was made is the copied one.
 */
export function isSameState(entry: Entry, state: SourceState): boolean {
  if (entry.etag !== state.etag || entry.size !== state.size) return false;
  if (entry.sourceVersionId !== undefined && state.versionId !== undefined) {
    if (entry.sourceVersionId !== state.versionId) return false;
  }
  if (entry.lastModified !== undefined) return entry.lastModified === state.lastModified;
  return (state.lastModified ?? Number.POSITIVE_INFINITY) <= (entry.capturedAt ?? 0);
}

/** What of an earlier entry stays true under another state: what belongs to its reason does not. */
export function withoutReason(prior: Entry | undefined): Partial<Entry> {
  if (prior === undefined) return {};
  const {
    reason: _reason,
    detail: _detail,
    uploadId: _upload,
    uploadAttributes: _attributes,
    lagMs: _lag,
    ...rest
  } = prior;
  return rest;
}
