import * as v from 'valibot';
import { endJob } from '../jobs/end-job.ts';
import { barOf, countOf, some } from '../jobs/job-counts.ts';
import type { Advice, JobKind, JobSummary } from '../jobs/job-kind.ts';
import type { Counts, Job } from '../model/job.ts';
import type { Report } from '../model/report.ts';
import { bytes, count, counted } from '../model/text.ts';

/** The restore of a source into a bucket, a folder, an archive or a site. Each is told of: somebody waits for it. */
export const restoreJob: JobKind = {
  id: 'restore',
  title: 'Restore',
  verdicts: {
    running: 'Running',
    done: 'Done',
    partial: 'Partly done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  isAlwaysTold: true,
  took: 'Took (RTO)',
  sentence,
  advice,
  bars: (counts) => [
    barOf(
      'Objects',
      counts,
      [
        ['ok', 'restored', 'restored'],
        ['same', 'right', 'already right'],
        ['warn', 'conflicts', 'differed, left alone'],
        ['warn', 'thawing', 'being thawed'],
        ['bad', 'failed', 'failed'],
      ],
      countOf(counts, 'planned'),
      ['rest', 'not reached'],
    ),
  ],
  remarks,
  progress: ({ counts, openRanges }) => {
    const done = ['restored', 'right', 'conflicts', 'failed'].reduce(
      (sum, name) => sum + countOf(counts, name),
      0,
    );
    const planned = `${count(countOf(counts, 'planned'))}${openRanges > 0 ? '+' : ''}`;
    return `${count(done)} of ${planned} objects, ${bytes(countOf(counts, 'restoredBytes'))} restored${thawing(counts)}`;
  },
  parts: (counts) => [
    `${count(countOf(counts, 'restored'))} restored (${bytes(countOf(counts, 'restoredBytes'))})`,
    `${count(countOf(counts, 'right'))} already right`,
    ...some(counts, 'acls', countOf(counts, 'acls') === 1 ? 'ACL given back' : 'ACLs given back'),
    ...some(counts, 'verified', 'verified'),
    ...some(counts, 'unproven', 'with nothing to verify them by'),
    ...some(counts, 'deleted', 'deleted'),
    ...some(counts, 'thawing', 'thawing'),
    ...some(counts, 'thawed', 'thawed'),
    ...some(counts, 'conflicts', 'conflicts'),
    ...some(counts, 'failed', 'failed'),
    ...some(counts, 'notes', countOf(counts, 'notes') === 1 ? 'note in the report' : 'notes in the report'),
  ],
  whatStays: ({ id }) => `what was restored stays; what is left is done by: holdfast job ${id} --resume`,
  whyNotResumed: () => undefined,
  end: endJob,
};

function sentence({ counts, state }: Pick<JobSummary, 'counts' | 'state'>): string {
  const there = countOf(counts, 'restored') + countOf(counts, 'right');
  const all = Math.max(countOf(counts, 'planned'), there);
  if (all === 0) return state === 'done' ? 'There was nothing to restore.' : 'Nothing was restored.';
  const head =
    there === all && state === 'done'
      ? `${all === 1 ? 'The only object is' : `All ${count(all)} objects are`} in place`
      : `${count(there)} of ${counted(all, 'object')} are in place`;
  const others = [
    ...some(counts, 'conflicts', 'differed and were left alone'),
    ...some(counts, 'failed', 'failed'),
  ];
  return `${[head, ...others].join('; ')}.`;
}

function advice({ jobId, source, counts, request }: Report): Advice[] {
  if (source === 'unknown') return [{ words: 'Send the request again, as it should be.' }];
  const resume = {
    words: 'Do what is left; what is in place already is not copied again:',
    command: againOf(request) ?? `holdfast job ${jobId} --resume --wait`,
  };
  if (countOf(counts, 'conflicts') === 0) return [resume];
  return [resume, { words: 'To replace what differs at the target, restore again with --overwrite.' }];
}

/** The command that goes on with what a command line has done itself. */
function againOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null || !('again' in request)) return undefined;
  return typeof request.again === 'string' ? request.again : undefined;
}

/** What no object was brought back with, said once and not of each. */
const INTO_BUCKETS =
  'Access control lists (ACLs) were left out: each object has the target’s default one. Where they are remembered (protect --acls), a restore gives them back when it is told to (--acls).';
const ONTO_DISKS =
  'Folders and archives got the bytes and a time of each object: headers, metadata, tags, ACLs, storage class, encryption and locks have no place there.';
const GivesAcls = v.object({ acls: v.literal(true) });

function remarks({ trigger, counts, request }: Job): readonly string[] {
  if (countOf(counts, 'restored') === 0) return [];
  if (trigger === 'command') return [ONTO_DISKS];
  return v.is(GivesAcls, request) ? [] : [INTO_BUCKETS];
}

function thawing(counts: Counts): string {
  const waiting = countOf(counts, 'thawing');
  return waiting === 0 ? '' : `, ${count(waiting)} thawing, ${count(countOf(counts, 'thawed'))} thawed`;
}
