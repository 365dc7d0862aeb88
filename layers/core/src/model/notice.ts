import { duration, KIND_WORDS, sentence, verdict } from '../report/words.ts';
import { defined } from './defined.ts';
import type { Job } from './job.ts';
import type { Report } from './report.ts';
import { count } from './text.ts';
import { visible } from './visible.ts';

/** What somebody is told: a line and a few more for people, and the same for programs. */
export type Notice = {
  /** At most 100 characters of ASCII, no line breaks: what SNS takes for a subject. */
  readonly subject: string;
  readonly text: string;
  /** Short values by which a subscriber can choose what to get. */
  readonly labels: Readonly<Record<string, string>>;
  /** Everything, as JSON. */
  readonly details: object;
};

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
