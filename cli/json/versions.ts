import * as v from 'valibot';
import { Moment } from './moment.ts';

/**
 * One line of `versions --json`, the newest first. A version that was deleted or replaced says when. Of a deletion
 * whose versions have expired nothing else is left: then everything but `endedAt` is null.
 */
export const VersionLineSchema = v.strictObject({
  source: v.string(),
  key: v.string(),
  state: v.picklist(['current', 'replaced', 'deleted']),
  capturedAt: v.nullable(Moment),
  endedAt: v.nullable(Moment),
  size: v.nullable(v.number()),
  vaultKey: v.string(),
  vaultVersionId: v.nullable(v.string()),
  etag: v.nullable(v.string()),
  storageClass: v.nullable(v.string()),
});
export type VersionLine = v.InferOutput<typeof VersionLineSchema>;
