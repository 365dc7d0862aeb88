import { countOf } from '../../../jobs/job-counts.ts';
import type { Advice } from '../../../jobs/job-kind.ts';
import { reconcileJob } from '../../../jobs/reconcile-job.ts';
import type { Counts } from '../../../model/job.ts';
import type { Report } from '../../../model/report.ts';
import { count } from '../../../model/text.ts';
import { workDocsAddress } from '../address.ts';

/** The crawl of a site: a reconcile that lists users, folders and documents. */
export const crawlJob = reconcileJob({
  scheme: workDocsAddress.scheme,
  compared: (counts) => `${count(listedOf(counts))} users, folders and documents listed`,
  atSource: 'Listed at the site',
  found: listedOf,
  heldAdvice: (report) => (listedOf(report.counts) === 0 ? afterTheEndOfWorkDocs(report) : undefined),
});

function listedOf(counts: Counts): number {
  return ['users', 'folders', 'documents'].reduce((sum, name) => sum + countOf(counts, name), 0);
}

function afterTheEndOfWorkDocs({ source, counts }: Report): Advice[] {
  const end = {
    words:
      'WorkDocs has ended, and answers with empty lists: that is no deletion. The vault has what there was. To end the polls:',
    command: `holdfast unprotect ${source}`,
  };
  if (countOf(counts, 'gone') === 0) return [end];
  const approve = {
    words: 'Only if the site was emptied by its people, let the deletion through:',
    command: `holdfast approve ${source}`,
  };
  return [end, approve];
}
