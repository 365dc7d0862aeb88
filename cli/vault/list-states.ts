import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { SourceStateAt } from '@holdfast/core/source/source-state.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { LsLine } from '../json/ls.ts';
import { moment } from '../json/moment.ts';
import { AT_HELP, noteMoment, pastMoment } from '../options.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';
import { checkThere } from './check-there.ts';
import { checkNotBefore } from './not-before.ts';

export type ListOptions = { readonly at?: string; readonly deleted?: true };

/** The options of every listing of the vault. */
export function listOptions(command: Command): Command {
  return command
    .option('--at <time>', AT_HELP)
    .option('--deleted', 'what was deleted by then instead: size, time of deletion, key');
}

/** What of the vault is listed. */
export type Listing = SourcePlace & {
  readonly matches: (key: string) => boolean;
  /** What is said when there is none of it: `nothing under s3://photos/`. */
  readonly nothing: (deleted: string) => string;
};

const SIZE_WIDTH = 10;
const TIME_WIDTH = 20;

/** Lists objects as the vault has them now, or had them at a moment, line by line. */
export async function listStates(
  listing: Listing,
  { at: text, deleted = false }: { readonly at?: string; readonly deleted?: boolean },
  context: Context,
): Promise<ExitCode> {
  const at = text === undefined ? undefined : await pastMoment(text, context);
  const connection = await context.connect('reading');
  if (at !== undefined) noteMoment(at, context, connection);
  const listed = await printStates(listing, { at, deleted }, connection, context);
  if (listed > 0) return EXIT.done;
  if (at !== undefined) await checkNotBefore(at, listing, connection, context);
  await checkThere(listing, connection, context);
  context.output.note(listing.nothing(deleted ? 'deleted ' : ''));
  return EXIT.done;
}

async function printStates(
  { matches, ...place }: Listing,
  { at, deleted }: { readonly at: number | undefined; readonly deleted: boolean },
  { world }: Connection,
  { kinds, output }: Context,
): Promise<number> {
  let listed = 0;
  const { history } = kinds.of(place.source);
  for await (const state of history.statesAt(place, at ?? Number.MAX_SAFE_INTEGER, world)) {
    const isDeleted = state.current === undefined;
    if (isDeleted !== deleted || !matches(state.key)) continue;
    const line = lineOf(place.source, state);
    if (output.json) output.document(line);
    else output.lines(textOf(line));
    await output.drained();
    listed++;
  }
  return listed;
}

function lineOf(source: string, { key, vaultKey, current, deleted, lacking }: SourceStateAt): LsLine {
  const found = current ?? deleted?.last;
  // Without an id, it says that there is none.
  const version = found?.versionId === '' ? undefined : found;
  return {
    source,
    key,
    size: version?.size ?? null,
    capturedAt: moment(version?.lastModified),
    deletedAt: moment(deleted?.at),
    vaultKey,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
    lacking: lacking ?? null,
  };
}

function textOf({ key, size, capturedAt, deletedAt, lacking }: LsLine): string {
  const when = deletedAt ?? capturedAt;
  return [
    pad(size === null ? '-' : bytes(size), SIZE_WIDTH, 'right'),
    when === null ? pad('-', TIME_WIDTH) : seconds(Date.parse(when)),
    lacking === null ? visibleKey(key) : `${visibleKey(key)}  (not in the vault: ${lacking})`,
  ].join('  ');
}
