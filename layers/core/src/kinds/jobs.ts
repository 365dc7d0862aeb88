import { JobKinds } from '../jobs/job-kind.ts';
import { restoreJob } from '../restore/restore-job.ts';
import { verifyJob } from '../verify/verify-job.ts';
import { bucketReconcileJob } from './s3/reconcile/reconcile-job.ts';
import { crawlJob } from './workdocs/crawl/crawl-job.ts';
import { importJob } from './workdocs/import/import-job.ts';

/** Every kind of job. A new one is one line here; where kinds of sources differ in one, each has its own line. */
export const JOBS = new JobKinds([bucketReconcileJob, crawlJob, restoreJob, verifyJob, importJob]);
