import { type SourceStateAt, sourceStatesAt } from '@holdfast/core/flows/source-history.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { type BucketUri, parseBucketUri, sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Command } from 'commander';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import type { LsLine } from '../json/ls.ts';
import { moment } from '../json/moment.ts';
import { AT_HELP, noteMoment, pastMoment } from '../options.ts';
import type { Act } from '../registry.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visibleKey } from '../text/visible.ts';
import { checkNotBefore } from '../vault/not-before.ts';

type Options = { readonly at?: string; readonly deleted?: true };

const SIZE_WIDTH = 10;

export function define(command: Command, act: Act): void {
  command
    .description('Lists what the vault holds of a source: size, time of capture, key.')
    .argument('<uri>', 's3://bucket, or s3://bucket/prefix')
    .option('--at <time>', AT_HELP)
    .option('--deleted', 'what was deleted by then instead: size, time of deletion, key')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast ls s3://photos/2026/',
          'holdfast ls s3://photos --at 2026-03-01T13:00:00+01:00',
          "holdfast ls s3://photos --deleted --json | jq -r 'select(.size > 1e9).key'",
        ],
        notes:
          'One line an object; characters that would drive a terminal are written as \\x1b, a backslash as \\\\. ' +
          'With --json one JSON object a line, with keys as they are.',
      }),
    )
    .action(act(ls));
}

async function ls(context: Context, uri: string, options: Options): Promise<ExitCode> {
  const place = parseBucketUri(uri);
  const at = options.at === undefined ? undefined : await pastMoment(options.at, context);
  const connection = await context.connect();
  if (at !== undefined) noteMoment(at, context, connection);
  const { output } = context;
  let listed = 0;
  for await (const state of sourceStatesAt(
    place.bucket,
    place.prefix,
    at ?? Number.MAX_SAFE_INTEGER,
    connection.world,
  )) {
    const line = lineOf(place.bucket, state, options.deleted ?? false);
    if (line === undefined) continue;
    listed++;
    if (output.json) output.document(line);
    else output.lines(textOf(line));
    await output.drained();
  }
  if (listed === 0 && at !== undefined) await checkNotBefore(at, place, connection);
  if (listed === 0) await tellNothing(place, options, connection, context);
  return EXIT.done;
}

/** @returns undefined for what is not asked for */
function lineOf(bucket: string, state: SourceStateAt, wantsDeleted: boolean): LsLine | undefined {
  const { key, vaultKey, current, deleted } = state;
  if (wantsDeleted !== (current === undefined)) return undefined;
  const version = current ?? deleted?.last;
  return {
    source: sourceUri(bucket),
    key,
    size: version?.size ?? null,
    capturedAt: moment(version?.lastModified),
    deletedAt: moment(deleted?.at),
    vaultKey,
    vaultVersionId: version?.versionId ?? null,
    etag: version?.etag ?? null,
    storageClass: version?.storageClass ?? null,
  };
}

function textOf({ key, size, capturedAt, deletedAt }: LsLine): string {
  const when = deletedAt ?? capturedAt;
  return [
    pad(size === null ? '-' : bytes(size), SIZE_WIDTH, 'right'),
    when === null ? '-' : seconds(Date.parse(when)),
    visibleKey(key),
  ].join('  ');
}

/** Nothing to list is an answer, unless the vault has never heard of the source: then the name is wrong. */
async function tellNothing(
  { bucket, prefix }: BucketUri,
  { deleted }: Options,
  { world, stack }: Connection,
  { output }: Context,
): Promise<void> {
  const source = sourceUri(bucket);
  if ((await world.catalog.getSource(source)) === undefined) {
    throw new InvalidInputError(
      `the vault of the stack "${stack.name}" holds nothing of ${source}: holdfast sources --all shows what it knows`,
    );
  }
  output.note(`nothing ${deleted ? 'deleted ' : ''}under ${source}/${prefix}`);
}
