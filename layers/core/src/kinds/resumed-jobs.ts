import { JobKinds, type ResumeFacts } from '../jobs/job-kind.ts';
import { comparesAnew } from '../jobs/reconcile-job.ts';
import { checksAnew } from '../verify/verify-job.ts';
import { bringsTheRest } from './workdocs/import/import-job.ts';

/**
 * As much of every kind of job as whoever accepts restores needs: `jobs.ts` has the rest, and the words of all of them would be a
 * thirtieth of that function.
 */
export const RESUMED_JOBS = new JobKinds<ResumeFacts>([
  { id: 'restore', whyNotResumed: () => undefined },
  { id: 'reconcile', whyNotResumed: comparesAnew },
  { id: 'verify', whyNotResumed: checksAnew },
  { id: 'import', whyNotResumed: bringsTheRest },
]);
