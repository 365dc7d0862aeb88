import * as v from 'valibot';
import { sourceUri } from '../model/bucket-uri.ts';
import type { Job } from '../model/job.ts';
import { type AcceptedRestore, AcceptedRestoreSchema } from '../model/restore-request.ts';

/** The request that a restore job keeps. @throws when the row holds another shape: a defect, not a user's error */
export function requestOf({ request }: Pick<Job, 'request'>): AcceptedRestore {
  return v.parse(AcceptedRestoreSchema, withSource(request));
}

/** The same, where a row may hold another shape: that of a restore that the command line did, or of a refused one. */
export function requestIn({ request }: Pick<Job, 'request'>): AcceptedRestore | undefined {
  const parsed = v.safeParse(AcceptedRestoreSchema, withSource(request));
  return parsed.success ? parsed.output : undefined;
}

/** Jobs of earlier releases kept the bucket alone. */
function withSource(request: unknown): unknown {
  const { bucket, ...rest } = Object(request);
  return bucket === undefined ? request : { ...rest, source: sourceUri(bucket) };
}
