import * as v from 'valibot';
import { Moment } from './moment.ts';

/** One line of `ls --json`: an object as the vault had it, or with `--deleted` its last version and its deletion. */
export const LsLineSchema = v.strictObject({
  source: v.string(),
  key: v.string(),
  /** Null when the deletion is all that is left: the versions before it have expired. */
  size: v.nullable(v.number()),
  capturedAt: v.nullable(Moment),
  deletedAt: v.nullable(Moment),
  vaultKey: v.string(),
  vaultVersionId: v.nullable(v.string()),
  etag: v.nullable(v.string()),
  storageClass: v.nullable(v.string()),
  /** Of a WorkDocs site: why the vault has not what was current. With a version id, an older version stands in for it. */
  lacking: v.nullable(v.string()),
});
export type LsLine = v.InferOutput<typeof LsLineSchema>;
