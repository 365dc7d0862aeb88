import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Job } from '@holdfast/core/model/job.ts';
import type { Command } from 'commander';
import { waiting } from '../../operations/ports.ts';
import { collectStatus } from '../../operations/status/collect-status.ts';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { parseSource } from '../sources/source-argument.ts';
import { statusLines } from '../status/status-text.ts';
import { counted } from '../text/format.ts';

/** So many unprotected objects are shown to people; programs get all. */
const SHOWN = 20;

type Options = { readonly wait?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows how the backup stands: lag, queues, what was given up, what could not be captured and why.',
    )
    .argument('[uri]', 's3://bucket or workdocs://d-1234567890; all sources without it')
    .option('--wait', 'wait until nothing is in flight')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast status',
          'holdfast status s3://photos --wait',
          'holdfast status --json | jq .attention',
        ],
        notes:
          'The lag counts from the change at the source to its record, since the last complete reconcile. The last column says ' +
          'up to when all that changed is known to be in the vault: by a canary, else by the hourly check, of a site by its polls. ' +
          'The one before it says when all of the vault was last compared with the catalog, which takes a week by itself: after ' +
          'two it is overdue.',
        exits: {
          3: 'something needs attention: unprotected objects, failures, held deletions, broken wiring, nothing that shows that changes arrive, a vault that was not compared for two weeks, an import that is not whole',
        },
      }),
    )
    .action(act(status));
}

async function status(context: Context, uri: string | undefined, { wait }: Options): Promise<ExitCode> {
  const only = uri === undefined ? undefined : parseSource(uri, context);
  const connection = await context.connect('reading');
  if (only !== undefined) await checkThere(only, connection);
  if (wait) await waitUntilSettled(only, connection, context);
  const { output } = context;
  const found = await collectStatus(
    only,
    output.json ? Number.POSITIVE_INFINITY : SHOWN,
    connection,
    context,
  );
  output.answer(found, () => statusLines(found, connection.clock.now(), context));
  return found.attention.length > 0 ? EXIT.partial : EXIT.done;
}

/** Also a source that is no longer protected has a status: what of it is still in flight. */
async function checkThere(source: string, { world, stack }: Connection): Promise<void> {
  if ((await world.catalog.getSource(source)) !== undefined) return;
  throw new InvalidInputError(
    `${source} is not known to the stack "${stack.name}": holdfast sources --all shows what is`,
  );
}

const POLL_MS = 2_000;
/** SQS's counts are approximate: one reading of nothing may be wrong. */
const READINGS = 2;
/** Jobs that stand still so long while nothing waits in any queue will not go on by themselves. */
const STALLED_MS = 60_000;

/**
 * Waits until nothing is in flight: no message in a queue, no job that runs.
 *
 * @param only one source's jobs, or undefined for all; the queues are those of all sources
 */
async function waitUntilSettled(
  only: string | undefined,
  { world, queues, clock }: Connection,
  { output, pause, onInterrupt }: Context,
): Promise<void> {
  onInterrupt('the backup goes on; look again with: holdfast status');
  let idle = 0;
  let stillSince = clock.now();
  let seen = '';
  for (;;) {
    const [depths, jobs] = await Promise.all([queues.depths(), world.catalog.listJobs()]);
    const running = jobs.filter(({ state, source }) => state === 'running' && (only ?? source) === source);
    const messages = waiting(depths);
    idle = messages === 0 && running.length === 0 ? idle + 1 : 0;
    if (idle >= READINGS) return;
    const now = snapshot(messages, running);
    if (now !== seen) stillSince = clock.now();
    seen = now;
    if (messages === 0 && clock.now() - stillSince > STALLED_MS) {
      output.note(`${counted(running.length, 'job')} not finished, but nothing of it is in any queue`);
      return;
    }
    output.progress(`${counted(messages, 'message')} in flight, ${counted(running.length, 'job')} running`);
    await pause(POLL_MS);
  }
}

function snapshot(messages: number, running: readonly Job[]): string {
  return JSON.stringify([messages, running]);
}
