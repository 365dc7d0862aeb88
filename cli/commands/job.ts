import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { followJob } from '../jobs/follow-job.ts';
import { exitOf, jobResult } from '../jobs/job-result.ts';
import { resultLines } from '../jobs/job-text.ts';
import type { Act } from '../registry.ts';

/** A job that was sent a moment ago may not have begun; an id that was mistyped never will. */
const UNKNOWN_FOR_MS = 60_000;

type Options = { readonly wait?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows one restore or reconcile: what it did, what went other than wished, where its report is.',
    )
    .argument('<id>', 'as holdfast jobs shows it')
    .option('--wait', 'wait until it is done')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast job restore-20260301-120000-1a2b3c4d',
          'holdfast job nightly-check --wait --json',
        ],
        notes: 'Without --wait the exit code says only whether the job could be shown.',
        exits: { 1: 'failed, or with --wait: the job failed', 3: 'the job was partly done (with --wait)' },
      }),
    )
    .action(act(job));
}

async function job(context: Context, id: string, { wait }: Options): Promise<ExitCode> {
  const connection = await context.connect();
  const found = wait ? await follow(id, connection, context) : await find(id, connection);
  const result = await jobResult(found, connection);
  context.output.answer(result, () => resultLines(result, context.clock()));
  return wait ? exitOf(found) : EXIT.done;
}

async function find(id: string, { world }: Connection): Promise<Job> {
  const found = await world.catalog.getJob(id);
  if (found === undefined) throw new InvalidInputError(`there is no job "${id}": holdfast jobs lists them`);
  return found;
}

function follow(id: string, connection: Connection, context: Context): Promise<Job> {
  return followJob(id, connection, context, { beginsWithinMs: UNKNOWN_FOR_MS });
}
