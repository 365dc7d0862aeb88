import type { MomentOrVersion, ObjectPlace } from '@holdfast/core/source/object-versions.ts';
import type { Command } from 'commander';
import { findVersion } from '../../operations/objects/find-version.ts';
import { readObject } from '../../operations/objects/read-object.ts';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { OBJECT_HELP } from '../kinds/uri-help.ts';
import { momentOrVersion, noteMoment } from '../options.ts';
import { parseObjectUri } from '../sources/object-argument.ts';
import { noteUnprotected } from '../vault/note-unprotected.ts';

type Options = { readonly at?: string };

export function define(command: Command, act: Act): void {
  command
    .description("Writes one object's bytes, now or as of any moment, to standard output.")
    .argument('<uri>', OBJECT_HELP)
    .option(
      '--at <time|version>',
      'as of this moment (2026-03-01, "2h ago"), or one version, by the id that holdfast versions shows',
    )
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast cat s3://photos/notes.txt --at yesterday | less',
          'holdfast cat s3://photos/2026/cat.jpg > cat.jpg',
          'holdfast cat s3://photos/config.json --at 3sL4kqtJlcpXroDTDmJ | diff - config.json',
        ],
        notes:
          'Its length and checksum are checked as it streams; what does not fit ends with 1, after the last byte. ' +
          'Bytes that are no text are not written to a terminal.',
        exits: {
          1: 'failed, or the copy is damaged',
          2: 'usage or bad input; no such object at that moment',
        },
      }),
    )
    .action(act(cat));
}

async function cat(context: Context, uri: string, { at }: Options): Promise<ExitCode> {
  if (context.output.json) throw new CommandError('cat writes bytes: leave --json out', 'usage');
  const object = parseObjectUri(uri, context);
  const wanted = at === undefined ? undefined : await momentOrVersion(at, object.source, context);
  const connection = await context.connect('reading');
  await note(object, wanted, connection, context);
  const version = await findVersion(object, wanted ?? { at: Number.MAX_SAFE_INTEGER }, connection, context);
  if (version.lacking !== undefined) context.output.note(version.lacking);
  await write(readObject(object, version, connection, context), context);
  return EXIT.done;
}

async function note(
  object: ObjectPlace,
  wanted: MomentOrVersion | undefined,
  connection: Connection,
  context: Context,
): Promise<void> {
  if (wanted === undefined) await noteUnprotected(object, connection, context);
  else if ('at' in wanted) noteMoment(wanted.at, context, connection);
}

async function write(bytes: AsyncIterable<Uint8Array>, { output }: Context): Promise<void> {
  for await (const some of bytes) {
    if (output.isTerminal && isBinary(some)) throw binary();
    output.bytes(some);
    await output.drained();
  }
}

/** As curl has it: no text holds a NUL. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function binary(): CommandError {
  return new CommandError(
    'this is no text, and could garble the terminal: write it to a file (> file), or pipe it on',
    'usage',
  );
}
