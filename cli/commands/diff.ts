import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { formatMoment } from '@holdfast/core/model/moment.ts';
import type { Command } from 'commander';
import type { DiffLine, DiffSummary } from '../../operations/json/diff.ts';
import { checkTags } from '../../operations/objects/check-tags.ts';
import { checkThere } from '../../operations/objects/check-there.ts';
import { compareMoments } from '../../operations/objects/compare-moments.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { noteRetention, pastMoment } from '../options.ts';
import { bytes, count } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { TAGS_HELP, tagsText } from '../text/tags.ts';
import { visibleKey } from '../text/visible.ts';

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
  const tags = withTags === true;
  checkTags(place.source, tags, context);
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
  const lines = compareMoments({ ...place, from, to, tags }, connection, context);
  const answer = await tell(lines, summary !== true, context);
  if (isNothing(answer.summary)) await checkThere(place, connection, context);
  context.output.answer(answer, () => [totalsText(answer.summary)]);
  return EXIT.done;
}

async function tell(
  lines: AsyncGenerator<DiffLine, DiffSummary>,
  isShown: boolean,
  { output }: Context,
): Promise<DiffSummary> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return value;
    if (!isShown) continue;
    if (output.json) output.document(value);
    else output.lines(textOf(value));
    await output.drained();
  }
}

type Totals = DiffSummary['summary'];

function isNothing({ added, changed, deleted, moved, tagged, rewritten }: Totals): boolean {
  return added + changed + deleted + moved + (tagged ?? 0) + rewritten === 0;
}

const SIGNS: Readonly<Record<DiffLine['change'], string>> = {
  added: '+',
  changed: '~',
  deleted: '-',
  moved: '>',
  tagged: '#',
};
const SIZE_WIDTH = 10;

function textOf({ key, change, movedFrom, before, after, tags }: DiffLine): string {
  const size = (version: DiffLine['before']) =>
    pad(version === null ? '-' : bytes(version.size), SIZE_WIDTH, 'right');
  const where = movedFrom === null ? visibleKey(key) : `${visibleKey(movedFrom)} -> ${visibleKey(key)}`;
  const changes = tags === null ? [] : [tagsText(tags.before, tags.after)];
  return [SIGNS[change], size(before), size(after), where, ...changes].join('  ');
}

function totalsText(totals: Totals): string {
  const { added, changed, deleted, moved, tagged, rewritten, netBytes } = totals;
  const net = `${netBytes < 0 ? '-' : '+'}${bytes(Math.abs(netBytes))}`;
  return [
    `${count(added)} added (${bytes(totals.addedBytes)})`,
    `${count(changed)} changed (${bytes(totals.changedBytesBefore)} to ${bytes(totals.changedBytesAfter)})`,
    `${count(deleted)} deleted (${bytes(totals.deletedBytes)})`,
    ...(moved === 0 ? [] : [`${count(moved)} moved`]),
    ...(tagged === null ? [] : [`${count(tagged)} tagged`]),
    ...(rewritten === 0 ? [] : [rewrittenText(rewritten, tagged)]),
    `net ${net}`,
  ].join(', ');
}

/** The same bytes in another copy: what else is other was not looked at, or is not its tags. */
function rewrittenText(rewritten: number, tagged: number | null): string {
  const what =
    tagged === null ? 'with tags or metadata that may be others: --tags tells' : 'with the same tags';
  return `${count(rewritten)} written again ${what}`;
}
