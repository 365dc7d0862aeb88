import { countOf } from '../../../jobs/job-counts.ts';
import { reconcileJob } from '../../../jobs/reconcile-job.ts';
import { counted } from '../../../model/text.ts';
import { s3Address } from '../address.ts';

/** The comparison of a bucket with the backup. */
export const bucketReconcileJob = reconcileJob({
  scheme: s3Address.scheme,
  compared: (counts) => `${counted(countOf(counts, 'objects'), 'object')} compared`,
  atSource: 'Objects at the source',
  found: (counts) => countOf(counts, 'objects'),
});
