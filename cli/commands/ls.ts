import { placeUri } from '@holdfast/core/model/source-place.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { type ListOptions, listOptions, listStates } from '../vault/list-states.ts';

export function define(command: Command, act: Act): void {
  listOptions(
    command
      .description('Lists what the vault holds of a source: size, time of capture, key.')
      .argument('<uri>', SOURCE_HELP),
  )
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast ls s3://photos/2026/',
          'holdfast ls s3://photos --at "yesterday 18:00"',
          "holdfast ls s3://photos --deleted --json | jq -r 'select(.size > 1e9).key'",
        ],
        notes:
          'One line an object; characters that would drive a terminal are written as \\x1b, a backslash as \\\\. ' +
          'With --json one JSON object a line, with keys as they are.',
      }),
    )
    .action(act(ls));
}

function ls(context: Context, uri: string, options: ListOptions): Promise<ExitCode> {
  const place = context.kinds.addresses.parse(uri);
  const nothing = (deleted: string) => `nothing ${deleted}under ${placeUri(place)}`;
  return listStates({ ...place, matches: () => true, nothing }, options, context);
}
