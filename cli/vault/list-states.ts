import type { Command } from 'commander';
import type { LsLine } from '../../operations/json/ls.ts';
import { checkNotBefore } from '../../operations/objects/check-not-before.ts';
import { checkThere } from '../../operations/objects/check-there.ts';
import { type Listing, listObjects } from '../../operations/objects/list-objects.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { AT_HELP, noteMoment, pastMoment } from '../options.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';

export type ListOptions = { readonly at?: string; readonly deleted?: true };

/** The options of every listing of the vault. */
export function listOptions(command: Command): Command {
  return command
    .option('--at <time>', AT_HELP)
    .option('--deleted', 'what was deleted by then instead: size, time of deletion, key');
}

/** What of the vault is listed, and what is said when there is none of it: `nothing under s3://photos/`. */
type Wanted = Omit<Listing, 'at' | 'deleted'> & { readonly nothing: (deleted: string) => string };

const SIZE_WIDTH = 10;
const TIME_WIDTH = 20;

/** Lists objects as the vault has them now, or had them at a moment, line by line. */
export async function listStates(
  { nothing, ...wanted }: Wanted,
  { at: text, deleted = false }: { readonly at?: string; readonly deleted?: boolean },
  context: Context,
): Promise<ExitCode> {
  const at = text === undefined ? undefined : await pastMoment(text, context);
  const connection = await context.connect('reading');
  if (at !== undefined) noteMoment(at, context, connection);
  const listed = await printLines(listObjects({ ...wanted, at, deleted }, connection, context), context);
  if (listed > 0) return EXIT.done;
  if (at !== undefined) await checkNotBefore(at, wanted, connection, context);
  await checkThere(wanted, connection, context);
  context.output.note(nothing(deleted ? 'deleted ' : ''));
  return EXIT.done;
}

async function printLines(lines: AsyncIterable<LsLine>, { output }: Context): Promise<number> {
  let listed = 0;
  for await (const line of lines) {
    if (output.json) output.document(line);
    else output.lines(textOf(line));
    await output.drained();
    listed++;
  }
  return listed;
}

function textOf({ key, size, capturedAt, deletedAt, lacking }: LsLine): string {
  const when = deletedAt ?? capturedAt;
  return [
    pad(size === null ? '-' : bytes(size), SIZE_WIDTH, 'right'),
    when === null ? pad('-', TIME_WIDTH) : seconds(Date.parse(when)),
    lacking === null ? visibleKey(key) : `${visibleKey(key)}  (not in the vault: ${lacking})`,
  ].join('  ');
}
