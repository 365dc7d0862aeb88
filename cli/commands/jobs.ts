import type { JobKinds } from '@holdfast/core/jobs/job-kind.ts';
import { JOBS } from '@holdfast/core/kinds/jobs.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { type Command, Option } from 'commander';
import { listJobs } from '../../operations/jobs/list-jobs.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { progressText, resultText } from '../jobs/job-text.ts';
import { positive } from '../options.ts';
import { ago, count, duration } from '../text/format.ts';
import { table } from '../text/table.ts';

type Options = { readonly kind?: string; readonly limit: number };

export function define(command: Command, act: Act): void {
  command
    .description('Lists restores, reconciles and verifies, the newest first.')
    .addOption(new Option('--kind <kind>', 'only these').choices(JOBS.ids))
    .option('--limit <n>', 'at most so many', positive, 20)
    .addHelpText(
      'after',
      helpText({ examples: ['holdfast jobs', 'holdfast jobs --kind restore --limit 5 --json'] }),
    )
    .action(act(jobs));
}

async function jobs({ connect, output, jobKinds }: Context, options: Options): Promise<ExitCode> {
  const connection = await connect('reading');
  const { answer, rows } = await listJobs(options, connection);
  const { further } = answer;
  output.answer(answer, () => [
    ...tableOf(rows, connection.clock.now(), jobKinds),
    ...(further === 0 ? [] : [`and ${count(further)} more: --limit ${rows.length + further} shows all`]),
  ]);
  return EXIT.done;
}

function tableOf(shown: readonly Job[], now: number, jobKinds: JobKinds): string[] {
  if (shown.length === 0) return ['there are no jobs yet'];
  const columns = ['JOB', 'SOURCE', 'STATE', 'STARTED', 'TOOK', 'RESULT'].map((title) => ({ title }));
  return table(
    columns,
    shown.map((job) => [
      job.id,
      job.source,
      job.state,
      ago(job.startedAt, now),
      job.finishedAt === undefined ? '-' : duration(job.finishedAt - job.startedAt),
      outcome(job, jobKinds),
    ]),
  );
}

function outcome(job: Job, jobKinds: JobKinds): string {
  if (job.state === 'failed') return job.message ?? 'failed';
  return job.state === 'running'
    ? progressText(job, jobKinds).slice(job.id.length + 2)
    : resultText(job, jobKinds);
}
