import { deletionBound } from '../../../model/deletion-bound.ts';
import type { Job } from '../../../model/job.ts';

/**
 * So many may be missing of a small site. Fewer than of a bucket: polls tell of ordinary deletions, and since its end
 * WorkDocs may say of anything that it is not there.
 */
const ALWAYS_ALLOWED = 10;

type Counted = Pick<Job, 'counts' | 'approved'>;

/** How many things the catalog has that a crawl did not find. */
export function gone({ counts }: Pick<Job, 'counts'>): number {
  return counts['gone'] ?? 0;
}

/**
 * True for a crawl that found too much missing to believe it: more than the bound, no users at all, or none of their
 * documents. Since its end, WorkDocs is reported to answer with empty lists.
 */
export function isHeld(job: Counted): boolean {
  if (job.approved === true || gone(job) === 0) return false;
  return isEmptyAnswer(job) || gone(job) > deletionBound(job.counts['entries'] ?? 0, ALWAYS_ALLOWED);
}

function isEmptyAnswer({ counts }: Counted): boolean {
  const { users = 0, documents = 0, recycled = 0, documentEntries = 0 } = counts;
  return users === 0 || (documentEntries > 0 && documents + recycled === 0);
}

/** What a person is told of a crawl that is held. */
export function heldMessage({ counts, source }: Pick<Job, 'counts' | 'source'>): string {
  const { users = 0, entries = 0 } = counts;
  const found = users === 0 ? 'the site listed no users at all' : `the site listed ${users} users`;
  return (
    `${gone({ counts })} of ${entries} users, folders and documents were not listed at ${source}, and ${found}: nothing ` +
    'was marked deleted. WorkDocs ended on 2025-04-25, and answers with empty lists since. Look at the site; if they are ' +
    `really gone, run: holdfast approve ${source} (each is then asked for by its id)`
  );
}

/** What a person is told of a crawl that found nobody, where the catalog has nobody either: it must not look like a backup. */
export function emptyMessage({ counts, approved, source }: Job): string | undefined {
  if ((counts['users'] ?? 0) > 0 || approved === true) return undefined;
  return (
    `${source} listed no users: nothing of it is protected. If its users are searched for (--user), look at that; WorkDocs ` +
    'ended on 2025-04-25, and answers with empty lists since: what its export has is brought in by holdfast import'
  );
}
