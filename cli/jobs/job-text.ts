import { countOf } from '@holdfast/core/jobs/job-counts.ts';
import type { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { JobResult } from '../../operations/json/job.ts';
import { count, counted, duration } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';

/** What a running job is at, in one line. */
export function progressText(job: Job, jobKinds: JobKinds): string {
  // What thaws is counted as batches, and told of as such.
  const left = job.batchesQueued - job.batchesDone - countOf(job.counts, 'thawing');
  const batches = left > 0 ? `, ${counted(left, 'batch', 'batches')} left` : '';
  return `${job.id}: ${jobKinds.of(job).progress(job)}${batches}`;
}

/** What a job came to, in a few words. */
export function resultText(job: Pick<Job, 'kind' | 'source' | 'counts'>, jobKinds: JobKinds): string {
  return jobKinds.of(job).parts(job.counts).join(', ');
}

/** Everything about a job, for people. */
export function resultLines(
  { job, problems, furtherProblems, thaws, largeCopies }: JobResult,
  now: number,
  jobKinds: JobKinds,
): string[] {
  const took = duration(
    (job.finishedAt === null ? now : Date.parse(job.finishedAt)) - Date.parse(job.startedAt),
  );
  return [
    `${job.id}: ${job.state} ${job.finishedAt === null ? 'for' : 'in'} ${took}`,
    ...requestLines(job),
    ...askedLines(job),
    `  ${resultText(job, jobKinds)}`,
    ...thawLines(job, thaws),
    ...largeCopiesLines(job, largeCopies),
    ...(job.message === null ? [] : [`  ${job.message}`]),
    ...problems.map(({ key, reason, detail }) => problemLine(key, reason, detail)),
    ...(furtherProblems === 0 ? [] : [`  and ${count(furtherProblems)} more: see the report`]),
    ...(job.report === null ? [] : [`  report: ${job.report}`]),
    ...(job.page === null ? [] : [`  page:   ${job.page}`]),
  ];
}

function askedLines({ askedBy, continues }: JobResult['job']): string[] {
  const who = askedBy?.name ?? askedBy?.sender;
  return [
    ...(who == null ? [] : [`  asked for by ${who}`]),
    ...(continues === null ? [] : [`  goes on with ${continues}`]),
  ];
}

function thawLines({ counts }: JobResult['job'], thaws: JobResult['thaws']): string[] {
  const slower = countOf(counts, 'slower');
  return [
    ...(thaws?.readyBy
      ? [`  all that was asked for can be read by ${thaws.readyBy}; S3 says when, and it goes on by itself`]
      : []),
    ...(slower === 0
      ? []
      : [`  ${counted(slower, 'object')} in a deep archive asked for as standard: there is no expedited`]),
  ];
}

function requestLines({ source, request }: JobResult['job']): string[] {
  if (typeof request !== 'object' || request === null) return [];
  if ('export' in request) return [`  ${visibleKey(String(request.export))} into ${source}`];
  if (!('at' in request)) return [];
  const { prefix, at, target, versionId } = request as Record<string, string>;
  return [`  ${source}/${prefix} ${versionOrMoment(versionId, at)} to ${target}`];
}

/** What is restored of it: a version has no moment that would say anything. */
export function versionOrMoment(versionId: string | undefined, at: string | undefined): string {
  return versionId === undefined ? `as of ${at ?? 'now'}` : `in the version ${versionId}`;
}

/** One object that went other than wished. */
export function problemLine(key: string, reason: string, detail: string | null): string {
  return `  ${reason}: ${visibleKey(key)}${detail === null ? '' : ` (${detail})`}`;
}

/** What became of the large copies that were waited for. */
function largeCopiesLines({ source }: JobResult['job'], copies: JobResult['largeCopies']): string[] {
  if (copies === null) return [];
  const { done, failed, left } = copies;
  return [
    ...(done === 0 ? [] : [`  ${counted(done, 'large object')} copied in parts`]),
    ...(failed === 0
      ? []
      : [`  ${counted(failed, 'large object')} could not be copied; holdfast status ${source} says why`]),
    ...(left === 0
      ? []
      : [
          `  ${counted(left, 'large object')} not copied yet, and nothing of that is in any queue; see holdfast status ${source} and holdfast failures`,
        ]),
  ];
}
