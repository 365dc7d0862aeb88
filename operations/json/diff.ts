import * as v from 'valibot';
import { ClockSkew } from './clock-skew.ts';
import { Moment } from './moment.ts';

const Side = v.nullable(
  v.strictObject({
    size: v.number(),
    capturedAt: Moment,
    vaultVersionId: v.string(),
    etag: v.string(),
    storageClass: v.string(),
  }),
);

const Tags = v.record(v.string(), v.string());

/** One line of `diff --json`: an object that was another, or only there at one of the two moments. */
export const DiffLineSchema = v.strictObject({
  source: v.string(),
  key: v.string(),
  /** `tagged`, with `--tags`: the same bytes with other tags. */
  change: v.picklist(['added', 'changed', 'deleted', 'moved', 'tagged']),
  /** The path before, of a site's document that was renamed or moved; else null. */
  movedFrom: v.nullable(v.string()),
  before: Side,
  after: Side,
  /** Of what is `tagged`: its tags at the two moments; else null. */
  tags: v.nullable(v.strictObject({ before: Tags, after: Tags })),
  vaultKey: v.string(),
});
export type DiffLine = v.InferOutput<typeof DiffLineSchema>;

/** The last line of `diff --json`; with `--summary` the only one. */
export const DiffSummarySchema = v.strictObject({
  summary: v.strictObject({
    source: v.string(),
    prefix: v.string(),
    from: Moment,
    to: Moment,
    added: v.number(),
    changed: v.number(),
    deleted: v.number(),
    /** Renamed or moved and otherwise the same: documents of sites. */
    moved: v.number(),
    /** Only their tags are others; null without `--tags`. */
    tagged: v.nullable(v.number()),
    /** The same bytes in another copy, of which no other tags are known: headers or metadata may be others. */
    rewritten: v.number(),
    addedBytes: v.number(),
    changedBytesBefore: v.number(),
    changedBytesAfter: v.number(),
    deletedBytes: v.number(),
    netBytes: v.number(),
    clockSkewSeconds: ClockSkew,
  }),
});
export type DiffSummary = v.InferOutput<typeof DiffSummarySchema>;
