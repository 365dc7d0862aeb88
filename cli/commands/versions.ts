import { isSiteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import type { VersionLine } from '../json/versions.ts';
import { OBJECT_HELP, parseObjectUri } from '../sources/object-argument.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';
import { tellDocument } from '../vault/document-versions.ts';
import { noteUnprotected } from '../vault/note-unprotected.ts';
import { objectHistory } from '../vault/object-history.ts';

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
  const { source, key } = parseObjectUri(uri, context);
  const connection = await context.connect('reading');
  if (isSiteUri(source)) return tellDocument({ source, key }, connection, context);
  const { output } = context;
  let shown = 0;
  for await (const line of objectHistory(source, key, connection)) {
    if (output.json) output.document(line);
    else output.lines(...linesOf(line));
    await output.drained();
    shown++;
  }
  await noteUnprotected({ source, key }, connection, context);
  if (shown > 0) return EXIT.done;
  throw new InvalidInputError(
    `the vault holds no version of ${visibleKey(uri)}: holdfast ls ${source} shows what it holds`,
  );
}

/** A version; above it, since the newest is first, when its tags changed. */
function linesOf({
  state,
  capturedAt,
  endedAt,
  size,
  vaultVersionId,
  differsBy,
  taggedAt,
}: VersionLine): string[] {
  const end = endedAt === null ? state : `${state} ${seconds(Date.parse(endedAt))}`;
  if (capturedAt === null) return [`${end}; its versions have expired`];
  const version = [
    seconds(Date.parse(capturedAt)),
    pad(bytes(size ?? 0), 10, 'right'),
    pad(vaultVersionId ?? '-', 32),
    ...(differsBy === null || differsBy === 'content' ? [end] : [end, SAME[differsBy]]),
  ];
  return [
    ...taggedAt.map((at) => `${seconds(Date.parse(at))}  ${pad('', 10)}  tags changed`),
    version.join('  '),
  ];
}

/** What is to be said of a version with the bytes of the one before it. */
const SAME = { tags: 'same bytes, other tags', metadata: 'same bytes and tags' };
