import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import {
  type Comparison,
  type Difference,
  DifferenceCount,
  type DifferenceTotals,
} from '@holdfast/core/source/differences.ts';
import type { RealVersion } from '@holdfast/core/vault/vault-history.ts';
import type { Command } from 'commander';
import type { Act } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import type { DiffLine, DiffSummary } from '../json/diff.ts';
import { moment } from '../json/moment.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { noteRetention, pastMoment } from '../options.ts';
import { bytes, count } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { TAGS_HELP, tagsText } from '../text/tags.ts';
import { visibleKey } from '../text/visible.ts';
import { skewSeconds } from '../time/clock-skew.ts';
import { checkTags } from '../vault/check-tags.ts';
import { checkThere } from '../vault/check-there.ts';

type Options = { readonly summary?: true; readonly tags?: true };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Compares what the vault had at two moments: what was added (+), changed (~) and deleted (-), with sizes before and ' +
        'after, and totals; in a WorkDocs site also what was renamed or moved (>), with --tags also what was tagged (#).',
    )
    .argument('<uri>', SOURCE_HELP)
    .argument('<from>', 'the earlier moment: 2026-03-01T12:00:00Z, 2026-03-01, "2h ago"')
    .argument('[to]', 'the later one; now unless given')
    .option('--summary', 'only the totals')
    .option('--tags', TAGS_HELP)
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast diff s3://photos "2h ago"',
          'holdfast diff s3://photos/2026/ 2026-03-01 2026-03-02 --summary',
          'holdfast diff s3://photos yesterday --tags',
          'holdfast diff s3://photos yesterday --json | jq -r \'select(.change == "deleted").key\'',
        ],
        notes:
          'The same content written again is no change: without --tags the totals say how much there is of it. With --json one JSON object a line, and a last one with the totals.',
      }),
    )
    .action(act(diff));
}

async function diff(
  context: Context,
  uri: string,
  fromText: string,
  toText: string | undefined,
  { summary, tags: withTags }: Options,
): Promise<ExitCode> {
  const place = context.kinds.addresses.parse(uri);
  const { source, prefix } = place;
  const tags = withTags === true;
  checkTags(source, tags, context);
  const from = await pastMoment(fromText, context);
  const to = await pastMoment(toText ?? 'now', context);
  if (from > to) {
    throw new InvalidInputError(
      `${formatMoment(from)} is later than ${formatMoment(to)}: the earlier moment goes first`,
    );
  }
  const connection = await context.connect('reading');
  context.output.note(`from ${formatMoment(from)} to ${formatMoment(to)}`);
  noteRetention(from, context, connection);
  const totals = await compare({ ...place, from, to, tags }, summary !== true, connection, context);
  if (isNothing(totals)) await checkThere(place, connection, context);
  const answer: DiffSummary = {
    summary: {
      source,
      prefix,
      from: moment(from),
      to: moment(to),
      ...totals,
      tagged: totals.tagged ?? null,
      clockSkewSeconds: skewSeconds(connection.clock),
    },
  };
  context.output.answer(answer, () => [totalsText(totals)]);
  return EXIT.done;
}

async function compare(
  comparison: Comparison,
  isShown: boolean,
  { world }: Connection,
  { kinds, output }: Context,
): Promise<DifferenceTotals> {
  const counted = new DifferenceCount(comparison);
  for await (const difference of kinds.of(comparison.source).history.compare(comparison, world)) {
    counted.add(difference);
    if (!isShown || !isLine(difference)) continue;
    if (output.json) output.document(lineOf(comparison.source, difference));
    else output.lines(textOf(difference));
    await output.drained();
  }
  return counted.totals();
}

function isNothing({ added, changed, deleted, moved, tagged = 0, rewritten }: DifferenceTotals): boolean {
  return added + changed + deleted + moved + tagged + rewritten === 0;
}

type Line = Difference & { readonly change: Exclude<Difference['change'], 'rewritten'> };

/** What was only written again is counted, and is no line. */
function isLine(difference: Difference): difference is Line {
  return difference.change !== 'rewritten';
}

function lineOf(source: string, { key, change, movedFrom, before, after, tags, vaultKey }: Line): DiffLine {
  return {
    source,
    key,
    change,
    movedFrom: movedFrom ?? null,
    before: sideOf(before),
    after: sideOf(after),
    tags: tags === undefined ? null : { before: { ...tags.before }, after: { ...tags.after } },
    vaultKey,
  };
}

function sideOf(version: RealVersion | undefined): DiffLine['before'] {
  if (version === undefined) return null;
  const { size, lastModified, versionId, etag, storageClass } = version;
  return { size, capturedAt: moment(lastModified), vaultVersionId: versionId, etag, storageClass };
}

const SIGNS: Readonly<Record<Line['change'], string>> = {
  added: '+',
  changed: '~',
  deleted: '-',
  moved: '>',
  tagged: '#',
};
const SIZE_WIDTH = 10;

function textOf({ key, change, movedFrom, before, after, tags }: Line): string {
  const size = (version: RealVersion | undefined) =>
    pad(version === undefined ? '-' : bytes(version.size), SIZE_WIDTH, 'right');
  const where = movedFrom === undefined ? visibleKey(key) : `${visibleKey(movedFrom)} -> ${visibleKey(key)}`;
  const changes = tags === undefined ? [] : [tagsText(tags.before, tags.after)];
  return [SIGNS[change], size(before), size(after), where, ...changes].join('  ');
}

function totalsText(totals: DifferenceTotals): string {
  const { added, changed, deleted, moved, tagged, rewritten, netBytes } = totals;
  const net = `${netBytes < 0 ? '-' : '+'}${bytes(Math.abs(netBytes))}`;
  return [
    `${count(added)} added (${bytes(totals.addedBytes)})`,
    `${count(changed)} changed (${bytes(totals.changedBytesBefore)} to ${bytes(totals.changedBytesAfter)})`,
    `${count(deleted)} deleted (${bytes(totals.deletedBytes)})`,
    ...(moved === 0 ? [] : [`${count(moved)} moved`]),
    ...(tagged === undefined ? [] : [`${count(tagged)} tagged`]),
    ...(rewritten === 0 ? [] : [rewrittenText(rewritten, tagged)]),
    `net ${net}`,
  ].join(', ');
}

/** The same bytes in another copy: what else is other was not looked at, or is not its tags. */
function rewrittenText(rewritten: number, tagged: number | undefined): string {
  const what =
    tagged === undefined ? 'with tags or metadata that may be others: --tags tells' : 'with the same tags';
  return `${count(rewritten)} written again ${what}`;
}
