import { cancelJob, findRunning } from '@holdfast/core/jobs/cancel-job.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import { type Command, Option } from 'commander';
import { jobResult } from '../../operations/jobs/job-result.ts';
import type { Act } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { exitOf } from '../jobs/exit-of-job.ts';
import { followJob } from '../jobs/follow-job.ts';
import { followLargeCopies } from '../jobs/follow-large-copies.ts';
import { progressText, resultLines } from '../jobs/job-text.ts';
import { resume } from '../jobs/resume.ts';
import { checkReportFile, reportOption, saveJobReport } from '../jobs/save-report.ts';

/** A job that was sent a moment ago may not have begun; an id that was mistyped never will. */
const UNKNOWN_FOR_MS = 60_000;

type Options = {
  readonly wait?: true;
  readonly report?: string;
  readonly cancel?: true;
  readonly resume?: true;
  readonly yes?: true;
};

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows one restore, reconcile or verify: what it did, what went other than wished, where its report is. ' +
        'Ends it with --cancel; goes on with a restore that was cancelled, failed or left something with --resume.',
    )
    .argument('<id>', 'as holdfast jobs shows it')
    .option('--wait', 'wait until it is done')
    .addOption(reportOption())
    .addOption(new Option('--cancel', 'end it; what was done by then stays').conflicts(['wait', 'resume']))
    .option(
      '--resume',
      'go on with the same request and moment as a job of its own; what is right is left alone',
    )
    .option('-y, --yes', 'do not ask before --cancel')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast job restore-20260301-120000-1a2b3c4d',
          'holdfast job nightly-check --wait --json',
          'holdfast job restore-20260301-120000-1a2b3c4d --report friday.html',
          'holdfast job restore-20260301-120000-1a2b3c4d --resume --wait',
        ],
        notes: 'Without --wait the exit code says only whether the job could be shown, cancelled or resumed.',
        exits: {
          1: 'failed, or with --wait: the job failed',
          3: 'the job was partly done, or cancelled (with --wait)',
        },
      }),
    )
    .action(act(job));
}

async function job(context: Context, id: string, options: Options): Promise<ExitCode> {
  const { wait = false, report } = options;
  // A job that has ended has its report already.
  checkReportFile(report, wait || !options.resume);
  const connection = await context.connect(options.cancel || options.resume ? 'writing' : 'reading');
  if (options.resume) return resume(id, { wait, report }, connection, context);
  const found = await look(id, options, connection, context);
  if (report !== undefined) await save(report, found, connection, context);
  const largeCopies = wait ? await followLargeCopies(found, connection, context) : null;
  const result = { ...(await jobResult(found, connection)), largeCopies };
  context.output.answer(result, () => resultLines(result, connection.clock.now(), context.jobKinds));
  return wait ? exitOf(result) : EXIT.done;
}

function look(id: string, options: Options, connection: Connection, context: Context): Promise<Job> {
  if (options.cancel) return cancel(id, options.yes ?? false, connection, context);
  return options.wait ? follow(id, connection, context) : find(id, connection);
}

async function save(file: string, found: Job, connection: Connection, context: Context): Promise<void> {
  if (found.state === 'running')
    throw new InvalidInputError(`job ${found.id} is running, and has no report yet: say --wait as well`);
  await saveJobReport(file, found, connection, context);
}

async function find(id: string, { world }: Connection): Promise<Job> {
  const found = await world.catalog.getJob(id);
  if (found === undefined) throw new InvalidInputError(`there is no job "${id}": holdfast jobs lists them`);
  return found;
}

function follow(id: string, connection: Connection, context: Context): Promise<Job> {
  return followJob(id, connection, context, { beginsWithinMs: UNKNOWN_FOR_MS });
}

/** Ends a running job, when a person wants it. @throws {InvalidInputError} when it does not run */
async function cancel(
  id: string,
  yes: boolean,
  { world, caller }: Connection,
  context: Context,
): Promise<Job> {
  const job = await findRunning(id, world);
  await confirm(
    `${progressText(job, context.jobKinds)}. Cancel it? What was done by then stays.`,
    yes,
    context,
  );
  return cancelJob(id, await caller(), world, context.jobKinds);
}
