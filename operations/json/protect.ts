import { OWNERSHIPS } from '@holdfast/core/model/acl.ts';
import * as v from 'valibot';
import { StartedSchema } from './job.ts';

/** `protect`: `jobId` is null with `--no-initial`. */
export const ProtectedSchema = v.strictObject({
  ...StartedSchema.entries,
  stack: v.string(),
  /** It was protected already: its stack and settings were brought up to date. */
  renewed: v.boolean(),
  /** The object that is written each hour, as a URI. */
  canary: v.nullable(v.string()),
  /** What the bucket does with ACLs, with `--acls`; else null. `BucketOwnerEnforced`: they are off, and none is read. */
  acls: v.nullable(v.picklist(OWNERSHIPS)),
  jobId: v.nullable(v.string()),
});
export type Protected = v.InferOutput<typeof ProtectedSchema>;
