import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { count } from '../model/text.ts';
import { visible } from '../model/visible.ts';
import type { Notice } from '../ports/notices.ts';
import { duration, KIND_WORDS, sentence, verdict } from './words.ts';

const SUBJECT_CHARS = 100;
const REASONS_TOLD = 5;

/**
 * Every restore is told of; a reconcile, which comes every day, and a verify only when something is wrong, or was: a copy that
 * was hidden in the vault is no less worth to know when it was mended.
 */
export function wantsNotice({ kind, state, counts }: Pick<Job, 'kind' | 'state' | 'counts'>): boolean {
  return kind === 'restore' || state !== 'done' || (counts['mended'] ?? 0) > 0;
}

/** @param page where the report's page is */
export function noticeOf(report: Report, page: string): Notice {
  const { jobId, kind, state, source, counts, reasons } = report;
  const what = `${KIND_WORDS[kind]} ${verdict(report).toLowerCase()}: ${source} (${jobId})`;
  return {
    subject: subjectOf(`Holdfast: ${what}`),
    text: `${linesOf(report, what, page).map(visible).join('\n')}\n`,
    labels: { kind, state, job: jobId, source: visible(source) },
    details: {
      ...{ kind, state, jobId, source, counts, reasons, report: page },
      startedAt: report.startedAt,
      finishedAt: report.finishedAt,
      ...defined({ message: report.message?.slice(0, 1000), continues: report.continues }),
    },
  };
}

function linesOf(report: Report, what: string, page: string): string[] {
  const { message, durationSeconds = 0, reasons, startedAt, finishedAt } = report;
  return [
    what,
    sentence(report),
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
