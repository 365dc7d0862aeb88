import type { JobKind } from '../jobs/job-kind.ts';
import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { count } from '../model/text.ts';
import { visible } from '../model/visible.ts';
import type { Notice } from '../ports/notices.ts';
import { duration, verdict } from './words.ts';

const SUBJECT_CHARS = 100;
const REASONS_TOLD = 5;

/**
 * Some jobs are always told of, others, which come every day, only when something is wrong, or was: a copy that was hidden in
 * the vault is no less worth to know when it was mended.
 */
export function wantsNotice(
  { state, counts }: Pick<Job, 'state' | 'counts'>,
  { isAlwaysTold = false }: JobKind,
): boolean {
  return isAlwaysTold || state !== 'done' || (counts['mended'] ?? 0) > 0;
}

/** @param page where the report's page is */
export function noticeOf(report: Report, jobKind: JobKind, page: string): Notice {
  const { jobId, kind, state, source, counts, reasons } = report;
  const what = `${jobKind.title} ${verdict(report, jobKind).toLowerCase()}: ${source} (${jobId})`;
  return {
    subject: subjectOf(`Holdfast: ${what}`),
    text: `${linesOf(report, what, jobKind.sentence(report), page).map(visible).join('\n')}\n`,
    labels: { kind, state, job: jobId, source: visible(source) },
    details: {
      ...{ kind, state, jobId, source, counts, reasons, report: page },
      startedAt: report.startedAt,
      finishedAt: report.finishedAt,
      ...defined({ message: report.message?.slice(0, 1000), continues: report.continues }),
    },
  };
}

function linesOf(report: Report, what: string, sentence: string, page: string): string[] {
  const { message, durationSeconds = 0, reasons, startedAt, finishedAt } = report;
  return [
    what,
    sentence,
    ...(message === undefined ? [] : [message]),
    ...reasons.slice(0, REASONS_TOLD).map(({ reason, count: n }) => `  ${count(n)} ${reason}`),
    `From ${startedAt} to ${finishedAt}, in ${duration(durationSeconds)}.`,
    `Report: ${page}`,
    `More: holdfast job ${report.jobId}`,
  ];
}

/** SNS takes ASCII without control characters, and no more of it. */
function subjectOf(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/g, '?');
  return ascii.length <= SUBJECT_CHARS ? ascii : `${ascii.slice(0, SUBJECT_CHARS - 3)}...`;
}
