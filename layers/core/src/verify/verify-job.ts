import { endJob } from '../jobs/end-job.ts';
import { barOf, countOf, some } from '../jobs/job-counts.ts';
import type { Advice, JobKind, JobSummary } from '../jobs/job-kind.ts';
import type { Counts } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { count, counted } from '../model/text.ts';

/** Counts of copies that are not in the vault, or not as they were recorded. */
const DAMAGE = ['wrong', 'missing', 'foreign', 'hidden'];

/** Why a proof is not resumed. */
export const checksAnew: JobKind['whyNotResumed'] = ({ source }) => `holdfast verify ${source} checks anew`;

/** The proof of the vault, which the command line does and records at its end: no job of it ever runs in the catalog. */
export const verifyJob: JobKind = {
  id: 'verify',
  title: 'Verify',
  verdicts: {
    running: 'Running',
    done: 'Proven',
    partial: 'Not all proven',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  isDamaged: (counts) => DAMAGE.some((name) => countOf(counts, name) > 0),
  took: 'Took',
  sentence,
  advice,
  bars: (counts) => [
    barOf(
      'Versions read',
      counts,
      [
        ['ok', 'right', 'as recorded'],
        ['warn', 'archived', 'archived, not read'],
        ['warn', 'unverifiable', 'with nothing to compare'],
        ['bad', 'wrong', 'not what was recorded'],
        ['bad', 'missing', 'missing'],
        ['bad', 'failed', 'could not be read'],
      ],
      countOf(counts, 'sampled'),
      ['rest', 'expired meanwhile'],
    ),
  ],
  progress: ({ counts }) => parts(counts).join(', '),
  parts,
  whatStays: ({ source }) => `nothing was changed; holdfast verify ${source} checks again`,
  whyNotResumed: checksAnew,
  end: endJob,
};

function sentence({ counts }: Pick<JobSummary, 'counts'>): string {
  const right = countOf(counts, 'right');
  const sampled = Math.max(countOf(counts, 'sampled'), right);
  const all = `${counted(Math.max(countOf(counts, 'versions'), sampled), 'version')} in the vault`;
  const read =
    right === sampled
      ? `${count(sampled)} of ${all} read, all as recorded`
      : `${count(sampled)} of ${all} read: ${count(right)} are as recorded`;
  const beyond = [
    ...some(counts, 'foreign', 'on top that nobody recorded'),
    ...some(counts, 'hidden', 'hidden'),
  ];
  return `${[read, ...beyond].join('; ')}.`;
}

function advice({ source, counts }: Report): Advice[] {
  const onTop = countOf(counts, 'foreign') + countOf(counts, 'hidden');
  const damaged = countOf(counts, 'wrong') + countOf(counts, 'missing') + countOf(counts, 'failed');
  const compared = {
    words: 'Have what is foreign or hidden captured again, or marked deleted, as the source has it:',
    command: `holdfast reconcile ${source} --vault --wait`,
  };
  const named = { words: 'Have the catalog name only what the vault has:', command: 'holdfast reindex' };
  const whole = {
    words: 'See which versions of an object there are, and restore one that is whole:',
    command: `holdfast versions ${source}/<key>`,
  };
  const anew = {
    words:
      'Where the source still has the object, write it there once more, as a copy onto itself: it is captured anew.',
  };
  return [
    ...(onTop === 0 ? [] : [compared]),
    ...(countOf(counts, 'missing') === 0 ? [] : [named]),
    ...(damaged === 0 && onTop > 0 ? [] : [whole, anew]),
  ];
}

function parts(counts: Counts): string[] {
  return Object.entries(counts)
    .filter(([name, n]) => n > 0 && !/bytes$/i.test(name))
    .map(([name, n]) => `${count(n)} ${name}`);
}
