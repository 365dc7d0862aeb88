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
  /**
   * From the version before it; null of the first one, and behind a deletion. `tags`: its bytes are the same, and its tags are not.
   * `metadata`: both are the same, so that headers or metadata may be others.
   */
  differsBy: v.nullable(v.picklist(['content', 'tags', 'metadata'])),
  /** When its tags were changed since, the newest first: of a large object, which is not copied again for that. */
  taggedAt: v.array(Moment),
});
export type VersionLine = v.InferOutput<typeof VersionLineSchema>;
