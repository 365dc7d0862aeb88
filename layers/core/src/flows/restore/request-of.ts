import * as v from 'valibot';
import type { Job } from '../../model/job.ts';
import type { AcceptedRestore } from './accept-restore.ts';

const AcceptedSchema = v.object({
  bucket: v.string(),
  prefix: v.string(),
  at: v.number(),
  target: v.object({ bucket: v.string(), prefix: v.string() }),
  include: v.array(v.string()),
  exclude: v.array(v.string()),
  overwrite: v.boolean(),
});

/** The request that a restore job keeps. @throws when the row holds another shape: a defect, not a user's error */
export function requestOf(job: Job): AcceptedRestore {
  return v.parse(AcceptedSchema, job.request);
}
