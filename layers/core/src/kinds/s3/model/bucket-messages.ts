import * as v from 'valibot';
import { AskedNameSchema, JobIdSchema } from '../../../model/job.ts';
import { messageReader } from '../../../model/messages.ts';

// The messages of the queues of buckets.

const moment = v.pipe(v.number(), v.integer());
/** The name of a bucket that is a source. */
export const sourceSchema = v.pipe(
  v.string(),
  v.regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'not a source'),
);

/** Objects a reconcile or an hourly check found to differ: captured in the background. */
export const CaptureBatchSchema = v.object({
  kind: v.literal('capture'),
  source: sourceSchema,
  /** Both absent for what an hourly check found: it is no job. */
  jobId: v.optional(v.string()),
  batch: v.optional(v.string()),
  items: v.array(
    v.object({
      key: v.string(),
      /** Absent for what the listing no longer has. */
      etag: v.optional(v.string()),
      size: v.optional(v.number()),
      lastModified: v.optional(moment),
      /** The catalog had no entry of it. */
      unrecorded: v.optional(v.boolean()),
      /** The vault's listing shows another copy than the catalog names, or one that it does not. */
      inDoubt: v.optional(v.boolean()),
      /** Only a record beside its copy is in doubt: of tags, or of an ACL. */
      beside: v.optional(v.boolean()),
      /** It was captured when ACLs were not remembered: its own is read now. */
      acl: v.optional(v.literal(true)),
      /** Nothing of it shows in a listing: its tags are compared, too. */
      tags: v.optional(v.literal(true)),
    }),
  ),
});
export type CaptureBatch = v.InferOutput<typeof CaptureBatchSchema>;

/** One object too large for a single copy: its parts are copied in as many steps as it takes. */
export const LargeCopySchema = v.object({
  kind: v.literal('large-copy'),
  bucket: v.string(),
  key: v.string(),
  /** The source state that is being copied. */
  etag: v.string(),
  size: v.number(),
  lastModified: moment,
  versionId: v.optional(v.string()),
  uploadId: v.string(),
  partBytes: v.number(),
  at: v.optional(moment),
  sequencer: v.optional(v.string()),
});
export type LargeCopy = v.InferOutput<typeof LargeCopySchema>;

const BacklogSchema = v.variant('kind', [CaptureBatchSchema, LargeCopySchema]);
export type BacklogMessage = v.InferOutput<typeof BacklogSchema>;

/** One step of a reconcile; the first one, from a schedule or the CLI, names only the source and the trigger. */
export const ReconcileMessageSchema = v.object({
  kind: v.literal('reconcile'),
  source: sourceSchema,
  trigger: v.picklist(['schedule', 'manual', 'protect', 'approve']),
  jobId: v.optional(JobIdSchema),
  /** Who says to ask for it. */
  askedBy: v.optional(AskedNameSchema),
  /** Deletions beyond the bound were approved by a person. */
  approved: v.optional(v.boolean()),
  /** Compares all of the vault as well, and not only a slice of it. */
  vault: v.optional(v.boolean()),
  /** Compares also what no listing shows: tags and ACLs, as far as their changes are captured. */
  deep: v.optional(v.boolean()),
  step: v.optional(
    v.object({
      id: v.string(),
      /** `long` looks at copies whose keys are too long to be listed beside the others, `beside` at records beside copies. */
      phase: v.picklist(['compare', 'deletions', 'long', 'beside']),
      /** Keys after `after`, up to and including `until`; of the phases `long` and `beside`, keys of the vault. */
      after: v.optional(v.string()),
      until: v.optional(v.string()),
      /** Copies of the vault that are still to be compared from `after` on. */
      copies: v.optional(v.number()),
      /** Of the phase `beside`: what was written before was looked at by an earlier pass. */
      since: v.optional(moment),
    }),
  ),
});
export type ReconcileMessage = v.InferOutput<typeof ReconcileMessageSchema>;

/** Readers of message bodies. Each throws InvalidInputError for a body of another shape. */
export const parseBacklogMessage = messageReader('a backlog', BacklogSchema);
export const parseReconcileMessage = messageReader('a reconcile', ReconcileMessageSchema);
