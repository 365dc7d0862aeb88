import prettyMs from 'pretty-ms';
import type { JobKind, JobState } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { count, counted } from '../model/text.ts';
import { isCrawl, listedOf } from './crawl-counts.ts';

/** `2h 5m`; below a second in milliseconds. */
export function duration(seconds: number): string {
  return prettyMs(seconds * 1000, { unitCount: 2, secondsDecimalDigits: seconds < 10 ? 1 : 0 });
}

/** What a kind of job is called at the head of a page. */
export const KIND_WORDS: Readonly<Record<JobKind, string>> = {
  restore: 'Restore',
  reconcile: 'Reconcile',
  verify: 'Verify',
  import: 'Import',
};

/** The verdict in a word: for a page's head, a subject. */
export function verdict(report: Pick<Report, 'kind' | 'state' | 'counts'>): string {
  return isDamaged(report) ? 'Damage found' : VERDICTS[report.kind][report.state];
}

/** A verify found copies that are not, or not as they were recorded: nothing is worse to find out. */
export function isDamaged({ kind, counts }: Pick<Report, 'kind' | 'counts'>): boolean {
  const reasons = ['wrong', 'missing', 'foreign', 'hidden'];
  return kind === 'verify' && reasons.some((reason) => of(counts, reason) > 0);
}

const VERDICTS: Readonly<Record<JobKind, Readonly<Record<JobState, string>>>> = {
  restore: {
    running: 'Running',
    done: 'Done',
    partial: 'Partly done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  reconcile: {
    running: 'Running',
    done: 'In step',
    partial: 'Needs attention',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  verify: {
    running: 'Running',
    done: 'Proven',
    partial: 'Not all proven',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  import: {
    running: 'Running',
    done: 'Imported',
    partial: 'Partly imported',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
};

type Counts = Report['counts'];
const of = (counts: Counts, name: string): number => counts[name] ?? 0;

/** What a job came to, in a sentence that needs nothing else beside it. */
export function sentence(report: Pick<Report, 'kind' | 'state' | 'counts'>): string {
  const { kind, counts, state } = report;
  if (kind === 'restore') return restoreSentence(counts, state);
  if (kind === 'import') return importSentence(counts);
  return kind === 'reconcile' ? reconcileSentence(counts, state) : verifySentence(counts);
}

function restoreSentence(counts: Counts, state: JobState): string {
  const there = of(counts, 'restored') + of(counts, 'right');
  const all = Math.max(of(counts, 'planned'), there);
  if (all === 0) return state === 'done' ? 'There was nothing to restore.' : 'Nothing was restored.';
  const head =
    there === all && state === 'done'
      ? `${all === 1 ? 'The only object is' : `All ${count(all)} objects are`} in place`
      : `${count(there)} of ${counted(all, 'object')} are in place`;
  const parts = [
    of(counts, 'conflicts') > 0 ? `${count(of(counts, 'conflicts'))} differed and were left alone` : '',
    of(counts, 'failed') > 0 ? `${count(of(counts, 'failed'))} failed` : '',
  ].filter((part) => part !== '');
  return `${[head, ...parts].join('; ')}.`;
}

function reconcileSentence(counts: Counts, state: JobState): string {
  if (state === 'failed') return 'The source could not be compared. Nothing was marked deleted.';
  const parts = [
    isCrawl(counts)
      ? `${count(listedOf(counts))} users, folders and documents listed`
      : `${counted(of(counts, 'objects'), 'object')} compared`,
    `${count(of(counts, 'captured'))} captured`,
    ...(of(counts, 'acls') > 0 ? [`${count(of(counts, 'acls'))} with an ACL of their own`] : []),
    ...(of(counts, 'deleted') > 0 ? [`${count(of(counts, 'deleted'))} deleted at the source`] : []),
    ...(of(counts, 'tagged') > 0
      ? [`${count(of(counts, 'tagged'))} with other tags than were captured`]
      : []),
    ...(of(counts, 'missed') > 0 ? [`${count(of(counts, 'missed'))} missed by events`] : []),
    ...(of(counts, 'mended') > 0 ? [`${count(of(counts, 'mended'))} mended that differed in the vault`] : []),
  ];
  return `${parts.join(', ')}.`;
}

function verifySentence(counts: Counts): string {
  const right = of(counts, 'right');
  const sampled = Math.max(of(counts, 'sampled'), right);
  const all = `${counted(Math.max(of(counts, 'versions'), sampled), 'version')} in the vault`;
  const read =
    right === sampled
      ? `${count(sampled)} of ${all} read, all as recorded`
      : `${count(sampled)} of ${all} read: ${count(right)} are as recorded`;
  const beyond = [
    ...(of(counts, 'foreign') > 0 ? [`${count(of(counts, 'foreign'))} on top that nobody recorded`] : []),
    ...(of(counts, 'hidden') > 0 ? [`${count(of(counts, 'hidden'))} hidden`] : []),
  ];
  return `${[read, ...beyond].join('; ')}.`;
}

function importSentence(counts: Counts): string {
  const parts = [
    `${count(of(counts, 'imported'))} of ${counted(of(counts, 'entries'), 'entry', 'entries')} imported`,
    ...(of(counts, 'unchanged') > 0 ? [`${count(of(counts, 'unchanged'))} there already`] : []),
    ...(of(counts, 'failed') > 0 ? [`${count(of(counts, 'failed'))} failed`] : []),
  ];
  return `${parts.join(', ')}.`;
}
