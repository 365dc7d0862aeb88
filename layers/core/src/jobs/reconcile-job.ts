import type { Counts } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { bytes, count, counted } from '../model/text.ts';
import { endJob } from './end-job.ts';
import { barOf, type CountedPart, countOf, some } from './job-counts.ts';
import type { Advice, Bar, JobKind } from './job-kind.ts';

/** What a kind of source has to say about reconciles of its sources. */
type OwnWords = {
  /** What the URIs of its sources begin with. */
  readonly scheme: string;
  /** What was compared, in words. */
  readonly compared: (counts: Counts) => string;
  /** The bar of what is at the source: its title, and how much there is. */
  readonly atSource: string;
  readonly found: (counts: Counts) => number;
  /** What to do about deletions that were held, where that is not for people to judge by looking at the source. */
  readonly heldAdvice?: (report: Report) => readonly Advice[] | undefined;
};

const AT_SOURCE: readonly CountedPart[] = [
  ['ok', 'captured', 'captured now'],
  ['warn', 'copying', 'being copied in parts'],
  ['warn', 'waiting', 'archived'],
  ['bad', 'unprotected', 'not protected'],
  ['bad', 'failed', 'failed'],
];

/** Why a comparison is not resumed. */
export const comparesAnew: JobKind['whyNotResumed'] = ({ source }) =>
  `holdfast reconcile ${source} compares anew`;

/** The comparison of a source with the backup, as a kind of source has it. */
export function reconcileJob({ scheme, compared, atSource, found, heldAdvice }: OwnWords): JobKind {
  return {
    id: 'reconcile',
    scheme,
    title: 'Reconcile',
    verdicts: {
      running: 'Running',
      done: 'In step',
      partial: 'Needs attention',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    took: 'Took',
    sentence: ({ counts, state }) =>
      state === 'failed'
        ? 'The source could not be compared. Nothing was marked deleted.'
        : `${[compared(counts), ...outcome(counts)].join(', ')}.`,
    advice: (report) => advice(report, heldAdvice),
    bars: (counts) => [
      barOf(atSource, counts, AT_SOURCE, found(counts), ['same', 'as the backup has them']),
      ...missingBar(counts),
    ],
    progress: ({ phase, counts }) => {
      const what =
        phase === 'deletions'
          ? 'checking deletions'
          : `${counted(countOf(counts, 'objects'), 'object')} listed`;
      return `${what}, ${captured(counts)}`;
    },
    parts,
    whatStays: ({ source, phase }) => {
      const deletions =
        phase === 'deletions' ? 'only deletions proven by then are recorded' : 'nothing was marked deleted';
      return `what was captured stays, ${deletions}; holdfast reconcile ${source} compares again`;
    },
    whyNotResumed: comparesAnew,
    end: endJob,
  };
}

function outcome(counts: Counts): string[] {
  return [
    `${count(countOf(counts, 'captured'))} captured`,
    ...some(counts, 'acls', 'with an ACL of their own'),
    ...some(counts, 'deleted', 'deleted at the source'),
    ...some(counts, 'tagged', 'with other tags than were captured'),
    ...some(counts, 'missed', 'missed by events'),
    ...some(counts, 'mended', 'mended that differed in the vault'),
  ];
}

function advice(report: Report, heldAdvice: OwnWords['heldAdvice']): readonly Advice[] {
  const { source, counts, message, state } = report;
  const again = {
    words: 'Compare again when that is mended:',
    command: `holdfast reconcile ${source} --wait`,
  };
  const look = `holdfast status ${source}`;
  if (message !== undefined && state === 'partial')
    return (
      heldAdvice?.(report) ?? [
        { words: 'Look at the source: were these objects meant to go?', command: look },
        { words: 'If they were, let the deletion through:', command: `holdfast approve ${source}` },
        { words: 'If they were not, bring them back to the source; the next reconcile finds them.' },
      ]
    );
  if (countOf(counts, 'unprotected') + countOf(counts, 'waiting') > 0)
    return [{ words: 'See what is not protected, and why:', command: look }, again];
  return [again];
}

/** What the backup has and the source has no more. */
function missingBar(counts: Counts): Bar[] {
  const gone = countOf(counts, 'gone');
  if (gone === 0) return [];
  const deleted = countOf(counts, 'deleted');
  const here = Math.max(0, countOf(counts, 'entries') - gone);
  return [
    {
      title: 'Objects in the backup',
      parts: [
        { shade: 'same', label: 'still at the source', n: here },
        { shade: 'warn', label: 'missing at the source', n: Math.max(0, gone - deleted) },
        { shade: 'rest', label: 'deleted there, and marked so', n: deleted },
      ],
    },
  ];
}

function captured(counts: Counts): string {
  return `${count(countOf(counts, 'captured'))} captured (${bytes(countOf(counts, 'capturedBytes'))})`;
}

function parts(counts: Counts): string[] {
  const plural = (name: string, one: string, many: string) => (countOf(counts, name) === 1 ? one : many);
  return [
    `${counted(countOf(counts, 'objects'), 'object')} (${bytes(countOf(counts, 'bytes'))})`,
    captured(counts),
    ...some(counts, 'acls', 'with an ACL of their own'),
    ...some(counts, 'deleted', 'deleted'),
    ...some(counts, 'tagsCompared', 'looked into for their tags'),
    ...some(counts, 'tagged', 'given other tags than were captured'),
    ...some(counts, 'missed', 'missed by events'),
    ...some(counts, 'copying', 'being copied in parts'),
    ...some(counts, 'copies', `${plural('copies', 'copy', 'copies')} compared in the vault`),
    ...some(counts, 'records', `${plural('records', 'record', 'records')} compared in the vault`),
    ...some(counts, 'mended', 'mended that differed there'),
    ...some(counts, 'waiting', 'archived'),
    ...some(counts, 'unprotected', 'unprotected'),
    ...some(counts, 'failed', 'failed'),
  ];
}
