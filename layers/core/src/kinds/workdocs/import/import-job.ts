import { barOf, countOf, some } from '../../../jobs/job-counts.ts';
import type { JobKind } from '../../../jobs/job-kind.ts';
import type { Counts } from '../../../model/job.ts';
import { bytes, count, counted } from '../../../model/text.ts';
import { endImport } from './end-import.ts';
import { importCommand } from './import-command.ts';

/** Why an import is not resumed. */
export const bringsTheRest: JobKind['whyNotResumed'] = ({ request, source }) =>
  `${importCommand(request, source)} brings what is left`;

/** The import of an export into the vault. */
export const importJob: JobKind = {
  id: 'import',
  title: 'Import',
  verdicts: {
    running: 'Running',
    done: 'Imported',
    partial: 'Partly imported',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  took: 'Took',
  sentence: ({ counts }) => {
    const entries = counted(countOf(counts, 'entries'), 'entry', 'entries');
    return `${[
      `${count(countOf(counts, 'imported'))} of ${entries} imported`,
      ...some(counts, 'unchanged', 'there already'),
      ...some(counts, 'failed', 'failed'),
    ].join(', ')}.`;
  },
  advice: ({ source, request }) => [
    {
      words: 'When that is mended, import again; what is in the vault already is not brought a second time:',
      command: importCommand(request, source, '--wait'),
    },
  ],
  bars: (counts) => [
    barOf(
      'Entries of the export',
      counts,
      [
        ['ok', 'imported', 'imported'],
        ['same', 'unchanged', 'there already'],
        ['bad', 'failed', 'failed'],
      ],
      countOf(counts, 'entries'),
      ['rest', 'not reached'],
    ),
  ],
  progress: ({ counts }) => {
    const zips = counted(countOf(counts, 'zips'), 'zip');
    return `${counted(countOf(counts, 'entries'), 'entry', 'entries')} of ${zips}, ${parts(counts).join(', ')}`;
  },
  parts,
  whatStays: ({ request, source }) =>
    `what was imported stays; the rest is brought by: ${importCommand(request, source)}`,
  whyNotResumed: bringsTheRest,
  end: endImport,
};

function parts(counts: Counts): string[] {
  return [
    `${count(countOf(counts, 'imported'))} imported (${bytes(countOf(counts, 'importedBytes'))})`,
    ...some(counts, 'unchanged', 'there already'),
    ...rows(counts, 'attached', 'attached'),
    ...rows(counts, 'unattached', 'not attached'),
    ...some(
      counts,
      'leftOut',
      countOf(counts, 'leftOut') === 1 ? 'object that is no zip' : 'objects that are no zips',
    ),
    ...some(counts, 'failed', 'failed'),
  ];
}

/** Rows of the tables of comments and permissions. */
function rows(counts: Counts, name: string, words: string): string[] {
  const many = countOf(counts, name);
  return many === 0 ? [] : [`${counted(many, 'comment or permission', 'comments and permissions')} ${words}`];
}
