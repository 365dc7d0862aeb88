import * as v from 'valibot';
import { Moment } from './moment.ts';

const document = { source: v.string(), key: v.string(), documentId: v.string() };

/** One line of `versions --json` for a document of a WorkDocs site: a version, the newest first. */
export const SiteVersionLineSchema = v.strictObject({
  ...document,
  kind: v.literal('version'),
  /** The first one that was made is number 1. */
  number: v.number(),
  /** WorkDocs' own id of it. */
  versionId: v.string(),
  name: v.nullable(v.string()),
  /** `deleted`: at the site, or with the document. */
  state: v.picklist(['current', 'older', 'deleted']),
  createdAt: v.nullable(Moment),
  createdBy: v.nullable(v.string()),
  size: v.nullable(v.number()),
  /** Null with `lacking` when the vault has not its bytes. */
  vaultVersionId: v.nullable(v.string()),
  storageClass: v.nullable(v.string()),
  lacking: v.nullable(v.string()),
});
export type SiteVersionLine = v.InferOutput<typeof SiteVersionLineSchema>;

/** A further line: where the document was, from when it was captured there; the newest first. */
export const SitePlaceLineSchema = v.strictObject({
  ...document,
  kind: v.literal('place'),
  at: Moment,
  event: v.picklist(['captured', 'renamed', 'moved', 'deleted', 'restored']),
  path: v.string(),
});
export type SitePlaceLine = v.InferOutput<typeof SitePlaceLineSchema>;
