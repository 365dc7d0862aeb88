import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Command } from 'commander';
import { uriOf } from '../../operations/objects/find-version.ts';
import { listVersions } from '../../operations/objects/list-versions.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { OBJECT_HELP } from '../kinds/uri-help.ts';
import { parseObjectUri } from '../sources/object-argument.ts';
import { noteUnprotected } from '../vault/note-unprotected.ts';
import { versionText } from '../vault/version-text.ts';

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows the history of one object: when each version was captured, its size, what ended it, and when its tags changed.',
    )
    .argument('<uri>', OBJECT_HELP)
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast versions s3://photos/2026/cat.jpg',
          'holdfast versions s3://photos/cat.jpg --json',
          'holdfast versions workdocs://d-1234567890/anna/plan.docx',
        ],
        notes:
          'The newest version first; with --json one JSON object a line. Of a document in a WorkDocs site: its versions by ' +
          'number and id, who made them, and where it was.',
      }),
    )
    .action(act(versions));
}

async function versions(context: Context, uri: string): Promise<ExitCode> {
  const object = parseObjectUri(uri, context);
  const { nouns } = context.kinds.of(object.source);
  const connection = await context.connect('reading');
  const { output } = context;
  const shown = { all: 0, places: 0 };
  for await (const line of listVersions(object, connection, context)) {
    if ('event' in line) shown.places++;
    if (output.json) output.document(line);
    else output.lines(...versionText(line, shown.places === 1));
    await output.drained();
    shown.all++;
  }
  await noteUnprotected(object, connection, context);
  if (shown.all > 0) return EXIT.done;
  throw new InvalidInputError(
    `the vault holds ${nouns.noVersionOf(uriOf(object))}: holdfast ls ${object.source} shows what it holds`,
  );
}
