import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Command } from 'commander';
import type { SitePlaceLine, SiteVersionLine } from '../../operations/json/site-versions.ts';
import type { VersionLine } from '../../operations/json/versions.ts';
import { uriOf } from '../../operations/objects/find-version.ts';
import type { HistoryOfOne } from '../../operations/objects/list-versions.ts';
import { listVersions } from '../../operations/objects/list-versions.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { OBJECT_HELP } from '../kinds/uri-help.ts';
import { parseObjectUri } from '../sources/object-argument.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visible, visibleKey } from '../text/visible.ts';
import { noteUnprotected } from '../vault/note-unprotected.ts';

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

/** A line of `versions` for people. @param isFirstPlace it is the first that says where something was */
function versionText(line: HistoryOfOne, isFirstPlace: boolean): string[] {
  if (!('kind' in line)) return vaultText(line);
  if (line.kind === 'version') return [madeText(line)];
  return isFirstPlace ? ['', placeText(line)] : [placeText(line)];
}

/** A version; above it, since the newest is first, when its tags changed. */
function vaultText({
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

function madeText(line: SiteVersionLine): string {
  const { number, versionId, state, createdAt, createdBy, size, vaultVersionId, lacking } = line;
  return [
    pad(`v${number}`, 4),
    createdAt === null ? pad('-', 20) : seconds(Date.parse(createdAt)),
    pad(size === null ? '-' : bytes(size), 10, 'right'),
    pad(visible(versionId), 32),
    ...(createdBy === null ? [] : [`by ${visibleKey(createdBy)}`]),
    vaultVersionId === null ? `${state}, not in the vault${lacking === null ? '' : ` (${lacking})`}` : state,
  ].join('  ');
}

function placeText({ at, event, path }: SitePlaceLine): string {
  return `${seconds(Date.parse(at))}  ${pad(event, 8)}  ${visibleKey(path)}`;
}
