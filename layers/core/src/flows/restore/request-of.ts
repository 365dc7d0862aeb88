import * as v from 'valibot';
import type { Job } from '../../model/job.ts';
import { type AcceptedRestore, AcceptedRestoreSchema } from '../../model/restore-request.ts';

/** The request that a restore job keeps. @throws when the row holds another shape: a defect, not a user's error */
export function requestOf(job: Job): AcceptedRestore {
  return v.parse(AcceptedRestoreSchema, job.request);
}
