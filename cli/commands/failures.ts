import { QUEUES } from '@holdfast/core/model/queues.ts';
import type { Command } from 'commander';
import { listFailures } from '../../operations/failures/list-failures.ts';
import type { Failure, Failures, Redriven } from '../../operations/json/failures.ts';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError, describeError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { positive } from '../options.ts';
import { ago, count, counted } from '../text/format.ts';
import { visibleKey } from '../text/visible.ts';

type Options = { readonly redrive?: true; readonly limit: number };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows what was given up after its retries and waits in a dead-letter queue (14 days), in words.',
    )
    .option('--redrive', 'send all of it again')
    .option('--limit <n>', 'show at most so many', positive, 50)
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast failures',
          'holdfast failures --redrive',
          'holdfast failures --json | jq .failures[].what',
        ],
        notes:
          'Looking leaves the messages where they are; for a minute they may be hidden from somebody else who looks. ' +
          'Sending again is harmless: every handler looks at the present state. What fails again comes back here.',
      }),
    )
    .action(act(failures));
}

async function failures(context: Context, { redrive, limit }: Options): Promise<ExitCode> {
  const connection = await context.connect(redrive ? 'writing' : 'reading');
  const { output } = context;
  if (redrive) {
    const answer = await redriveAll(connection, context);
    output.answer(answer, () => [
      ...answer.redriven.map(({ queue, messages }) => `${queue}: ${counted(messages, 'message')} sent again`),
      answer.total === 0
        ? 'there is nothing to send again'
        : 'see what becomes of it with: holdfast status --wait',
    ]);
    return EXIT.done;
  }
  output.progress('reading the dead-letter queues');
  const found = await listFailures(limit, connection, context);
  output.answer(found, () => linesOf(found, connection.clock.now()));
  return EXIT.done;
}

function linesOf({ failures: found, further }: Failures, now: number): string[] {
  if (found.length === 0 && further === 0) return ['nothing was given up'];
  return [
    ...found.flatMap((failure) => failureLines(failure, now)),
    ...(further === 0 ? [] : [`and about ${count(further)} more: --limit shows more`]),
    'send it all again with: holdfast failures --redrive',
  ];
}

function failureLines({ queue, sentAt, what, objects }: Failure, now: number): string[] {
  return [
    `${queue}, ${ago(Date.parse(sentAt), now)}: ${what}`,
    ...objects.map(({ key, state, reason, detail }) => {
      const words = [state ?? 'not in the catalog', reason, detail].filter((word) => word !== null);
      return `  ${visibleKey(key)}: ${words.join(', ')}`;
    }),
  ];
}

/** Sends all dead letters back to their queues. @throws {CommandError} saying how far it came */
async function redriveAll({ queues }: Connection, { output, onInterrupt }: Context): Promise<Redriven> {
  onInterrupt('what was sent back is being worked on; run the same command again for the rest');
  const redriven: Redriven['redriven'] = [];
  let total = 0;
  for (const queue of QUEUES) {
    const before = total;
    try {
      await queues.redrive(queue, (moved) => {
        total = before + moved;
        output.progress(`${counted(total, 'message')} sent back`);
      });
    } catch (cause) {
      const { message, kind } = describeError(cause);
      throw new CommandError(
        `${counted(total, 'message')} sent back, then ${queue} failed: ${message}`,
        kind,
        { cause },
      );
    }
    if (total > before) redriven.push({ queue, messages: total - before });
  }
  return { redriven, total };
}
