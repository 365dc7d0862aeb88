import type { Job } from '@holdfast/core/model/job.ts';
import type { JobResult } from '../../operations/json/job.ts';
import { bytes, count, counted, duration } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';

type Counted = Pick<Job, 'kind' | 'counts'>;

/** One counter; those that never counted are not there. */
function of({ counts }: Pick<Job, 'counts'>, name: string): number {
  return counts[name] ?? 0;
}

/** What a running job is at, in one line. */
export function progressText(job: Job): string {
  // What thaws is counted as batches, and told of as such.
  const left = job.batchesQueued - job.batchesDone - of(job, 'thawing');
  const batches = left > 0 ? `, ${counted(left, 'batch', 'batches')} left` : '';
  if (job.kind === 'restore') {
    const done = ['restored', 'right', 'conflicts', 'failed'].reduce((sum, name) => sum + of(job, name), 0);
    const planned = `${count(of(job, 'planned'))}${job.openRanges > 0 ? '+' : ''}`;
    return `${job.id}: ${count(done)} of ${planned} objects, ${bytes(of(job, 'restoredBytes'))} restored${thawing(job)}${batches}`;
  }
  if (job.kind === 'import') {
    const { counts } = job;
    const done = `${counted(of({ counts }, 'entries'), 'entry', 'entries')} of ${counted(of({ counts }, 'zips'), 'zip')}`;
    return `${job.id}: ${done}, ${resultText(job)}${batches}`;
  }
  const what =
    job.phase === 'deletions' ? 'checking deletions' : `${counted(of(job, 'objects'), 'object')} listed`;
  return `${job.id}: ${what}, ${captured(job)}${batches}`;
}

function thawing(job: Counted): string {
  const waiting = of(job, 'thawing');
  return waiting === 0 ? '' : `, ${count(waiting)} thawing, ${count(of(job, 'thawed'))} thawed`;
}

/** What a job came to, in a few words. */
export function resultText(job: Counted): string {
  return PARTS[job.kind](job).join(', ');
}

const PARTS: Readonly<Record<Job['kind'], (job: Counted) => string[]>> = {
  restore: restoreParts,
  reconcile: reconcileParts,
  verify: verifyParts,
  import: importParts,
};

function captured(job: Counted): string {
  return `${count(of(job, 'captured'))} captured (${bytes(of(job, 'capturedBytes'))})`;
}

function restoreParts(job: Counted): string[] {
  return [
    `${count(of(job, 'restored'))} restored (${bytes(of(job, 'restoredBytes'))})`,
    `${count(of(job, 'right'))} already right`,
    ...some(job, 'acls', of(job, 'acls') === 1 ? 'ACL given back' : 'ACLs given back'),
    ...some(job, 'verified', 'verified'),
    ...some(job, 'unproven', 'with nothing to verify them by'),
    ...some(job, 'deleted', 'deleted'),
    ...some(job, 'thawing', 'thawing'),
    ...some(job, 'thawed', 'thawed'),
    ...some(job, 'conflicts', 'conflicts'),
    ...some(job, 'failed', 'failed'),
    ...some(job, 'notes', of(job, 'notes') === 1 ? 'note in the report' : 'notes in the report'),
  ];
}

function reconcileParts(job: Counted): string[] {
  return [
    `${counted(of(job, 'objects'), 'object')} (${bytes(of(job, 'bytes'))})`,
    captured(job),
    ...some(job, 'acls', 'with an ACL of their own'),
    ...some(job, 'deleted', 'deleted'),
    ...some(job, 'tagsCompared', 'looked into for their tags'),
    ...some(job, 'tagged', 'given other tags than were captured'),
    ...some(job, 'missed', 'missed by events'),
    ...some(job, 'copying', 'being copied in parts'),
    ...some(job, 'copies', `${of(job, 'copies') === 1 ? 'copy' : 'copies'} compared in the vault`),
    ...some(job, 'records', `${of(job, 'records') === 1 ? 'record' : 'records'} compared in the vault`),
    ...some(job, 'mended', 'mended that differed there'),
    ...some(job, 'waiting', 'archived'),
    ...some(job, 'unprotected', 'unprotected'),
    ...some(job, 'failed', 'failed'),
  ];
}

function verifyParts(job: Counted): string[] {
  return Object.entries(job.counts)
    .filter(([name, n]) => n > 0 && !/bytes$/i.test(name))
    .map(([name, n]) => `${count(n)} ${name}`);
}

function some(job: Counted, name: string, words: string): string[] {
  return of(job, name) === 0 ? [] : [`${count(of(job, name))} ${words}`];
}

/** Everything about a job, for people. */
export function resultLines(
  { job, problems, furtherProblems, thaws, largeCopies }: JobResult,
  now: number,
): string[] {
  const took = duration(
    (job.finishedAt === null ? now : Date.parse(job.finishedAt)) - Date.parse(job.startedAt),
  );
  return [
    `${job.id}: ${job.state} ${job.finishedAt === null ? 'for' : 'in'} ${took}`,
    ...requestLines(job),
    ...askedLines(job),
    `  ${resultText(job)}`,
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

function thawLines(job: Counted, thaws: JobResult['thaws']): string[] {
  const slower = of(job, 'slower');
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

function importParts(job: Counted): string[] {
  return [
    `${count(of(job, 'imported'))} imported (${bytes(of(job, 'importedBytes'))})`,
    ...some(job, 'unchanged', 'there already'),
    ...rows(job, 'attached', 'attached'),
    ...rows(job, 'unattached', 'not attached'),
    ...some(job, 'leftOut', of(job, 'leftOut') === 1 ? 'object that is no zip' : 'objects that are no zips'),
    ...some(job, 'failed', 'failed'),
  ];
}

/** Rows of the tables of comments and permissions. */
function rows(job: Counted, name: string, words: string): string[] {
  const many = of(job, name);
  return many === 0 ? [] : [`${counted(many, 'comment or permission', 'comments and permissions')} ${words}`];
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
