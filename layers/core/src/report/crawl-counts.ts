import type { Report } from '../model/report.ts';

type Counts = Report['counts'];

/** True for the counts of a crawl: a reconcile of a WorkDocs site. */
export function isCrawl(counts: Counts): boolean {
  return counts['users'] !== undefined || counts['documentEntries'] !== undefined;
}

/** Users, folders and documents that a crawl found listed. */
export function listedOf(counts: Counts): number {
  return ['users', 'folders', 'documents'].reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}
