import { isDeepStrictEqual } from 'node:util';
import type { JobKind, JobKinds } from '../jobs/job-kind.ts';
import { defined } from '../model/defined.ts';
import type { Job } from '../model/job.ts';
import { parseReportMessage } from '../model/messages.ts';
import { type Report, reportKey, reportOf, reportPageKey } from '../model/report.ts';
import { count } from '../model/text.ts';
import { visible } from '../model/visible.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Delivery, World } from '../ports/world.ts';
import { collectProblems, toReported } from './collect-problems.ts';
import { reportHtml } from './report-html.ts';
import { duration, verdict } from './words.ts';

export type ReportWorld = Pick<World, 'catalog' | 'settings' | 'telemetry'> & {
  readonly store: Pick<ObjectStore, 'put'>;
  readonly jobKinds: JobKinds;
  /** Absent when nobody wants to be told. */
  readonly notices?: Notices;
};

const STOP_BEFORE_END_MS = 30_000;
/** Says that the job's end was told: a message that comes again writes the report anew, and tells nobody twice. */
const TOLD = 'told';

/**
 * Does one message of the report queue: writes the report of a job that ended, for programs and for people, into the
 * vault, and tells of it who wants to know.
 *
 * @throws what the queue has to retry. The job has ended, whatever becomes of its report.
 */
export async function writeReport(body: string, delivery: Delivery, world: ReportWorld): Promise<void> {
  const { jobId, notify } = parseReportMessage(body);
  const job = await world.catalog.getJob(jobId);
  if (job === undefined || job.state === 'running') {
    world.telemetry.warn('no report of a job that has not ended', { jobId });
    return;
  }
  const report = await write(job, world, () => delivery.timeLeft() < STOP_BEFORE_END_MS);
  if (notify === true && wantsNotice(job, world.jobKinds.of(job))) await tell(report, world);
}

/**
 * Writes the report of a job as it is when it is written: what a batch counted meanwhile is in it, and one that was made
 * before, and comes late, does not stay.
 */
async function write(job: Job, world: ReportWorld, timeIsShort: () => boolean): Promise<Report> {
  const report = await makeReport(job, world, timeIsShort);
  await putReport(job, report, world);
  const now = await world.catalog.getJob(job.id);
  return now === undefined || isDeepStrictEqual(now.counts, job.counts)
    ? report
    : write(now, world, timeIsShort);
}

/** The report of a job that has ended, from the catalog. */
export async function makeReport(
  job: Job,
  { catalog, jobKinds }: Pick<ReportWorld, 'catalog' | 'jobKinds'>,
  timeIsShort: () => boolean = () => false,
): Promise<Report> {
  const problems = toReported(await collectProblems(catalog.listProblems(job.id), timeIsShort));
  return reportOf(job, problems, jobKinds.of(job).remarks?.(job));
}

async function putReport(
  job: Job,
  report: Report,
  { store, jobKinds, settings: { vault } }: Pick<ReportWorld, 'store' | 'jobKinds' | 'settings'>,
): Promise<void> {
  const key = reportKey(job.kind, job.id, job.startedAt);
  const page = { bucket: vault, key: reportPageKey(key) };
  await store.put(page, reportHtml(report, jobKinds), 'text/html; charset=utf-8');
  await store.put({ bucket: vault, key }, reportJson(report), 'application/json');
}

/** A report for programs. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

async function tell(report: Report, { notices, catalog, jobKinds, settings }: ReportWorld): Promise<void> {
  if (notices === undefined) return;
  const { jobId } = report;
  if ((await catalog.getStep(jobId, TOLD)) !== undefined) return;
  const key = reportKey(report.kind, jobId, Date.parse(report.startedAt));
  await notices.publish(
    noticeOf(report, jobKinds.of(report), `s3://${settings.vault}/${reportPageKey(key)}`),
  );
  await catalog.completeStep({ jobId, step: TOLD, progress: {}, problems: [], continuations: [] });
}

const SUBJECT_CHARS = 100;
const REASONS_TOLD = 5;

/**
 * Some jobs are always told of, others, which come every day, only when something is wrong, or was: a copy that was hidden in
 * the vault is no less worth to know when it was mended.
 */
function wantsNotice(
  { state, counts }: Pick<Job, 'state' | 'counts'>,
  { isAlwaysTold = false }: JobKind,
): boolean {
  return isAlwaysTold || state !== 'done' || (counts['mended'] ?? 0) > 0;
}

/** @param page where the report's page is */
function noticeOf(report: Report, jobKind: JobKind, page: string): Notice {
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
