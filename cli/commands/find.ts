import { compileFilter } from '@holdfast/core/model/filter.ts';
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
      .description('Finds objects in the vault by a glob on their whole keys: size, time of capture, key.')
      .argument('<uri>', `${SOURCE_HELP}: less to look through`)
      .argument('<glob>', '* within a part of the key, ** across, ?, [a-z], {a,b}; quote it'),
  )
    .addHelpText(
      'after',
      helpText({
        examples: [
          "holdfast find s3://photos '**/*.jpg'",
          "holdfast find s3://photos/2026/ '**/{cat,dog}*' --deleted",
          "holdfast find s3://photos '**/invoice*.pdf' --at '3 days ago' --json",
        ],
        notes: 'Lines are those of holdfast ls.',
      }),
    )
    .action(act(find));
}

async function find(context: Context, uri: string, glob: string, options: ListOptions): Promise<ExitCode> {
  const place = context.kinds.addresses.parse(uri);
  const matches = compileFilter({ include: [glob] });
  const nothing = (deleted: string) => `nothing ${deleted}under ${placeUri(place)} matches "${glob}"`;
  return listStates({ ...place, matches, nothing }, options, context);
}
