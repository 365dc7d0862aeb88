import { placeUri } from '@holdfast/core/model/source-place.ts';
import { type Command, Option } from 'commander';
import type { HistoryLine } from '../../operations/json/history.ts';
import { checkTags } from '../../operations/objects/check-tags.ts';
import { checkThere } from '../../operations/objects/check-there.ts';
import { countChanges } from '../../operations/objects/count-changes.ts';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { daysOf, hoursOf, type Spans } from '../moments/spans.ts';
import { startOfDay, wallTime } from '../moments/wall-clock.ts';
import { noteRetention, positive } from '../options.ts';
import { bytes, count, counted } from '../text/format.ts';
import { type Column, table } from '../text/table.ts';
import { TAGS_HELP } from '../text/tags.ts';

type Options = { readonly days?: number; readonly by: 'hour' | 'day'; readonly tags?: true };

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_DAYS = { day: 30, hour: 2 };

export function define(command: Command, act: Act): void {
  command
    .description(
      'Shows how much changed when: objects added (+), overwritten (~) and deleted (-), with --tags also tagged (#), by day or by ' +
        'hour.',
    )
    .argument('<uri>', SOURCE_HELP)
    .option('--days <n>', 'how far back; 30 days, by hour 2, unless given', positive)
    .addOption(
      new Option('--by <span>', 'one line a day, or an hour').choices(['day', 'hour']).default('day'),
    )
    .option('--tags', TAGS_HELP)
    .addHelpText(
      'after',
      helpText({
        examples: [
          'holdfast history s3://photos',
          'holdfast history s3://photos/2026/ --by hour --days 1',
          'holdfast history s3://photos/2026/cat.jpg --tags',
          'holdfast history s3://photos --json',
        ],
        notes:
          'When did it go wrong? Days are those of the time zone of this machine (TZ), times are of capture. With --json one ' +
          'JSON object a line. Then: holdfast diff, for what it was.',
      }),
    )
    .action(act(history));
}

async function history(
  context: Context,
  uri: string,
  { by, days, tags: withTags }: Options,
): Promise<ExitCode> {
  const place = context.kinds.addresses.parse(uri);
  const tags = withTags === true;
  checkTags(place.source, tags, context);
  const { output, zone } = context;
  const connection = await context.connect('reading');
  const spans = by === 'day' ? daysOf(zone) : hoursOf(zone);
  const back = days ?? DEFAULT_DAYS[by];
  const since = startOfDay(wallTime(connection.clock.start, zone) - (back - 1) * DAY_MS, zone);
  noteRetention(since, context, connection);
  const onProgress = (versions: number) => output.progress(`${counted(versions, 'version')} read`);
  const lines = await countChanges({ ...place, since, spans, tags, onProgress }, connection, context);
  if (lines.length === 0) {
    await checkThere(place, connection, context);
    output.note(`nothing changed under ${placeUri(place)} in the last ${counted(back, 'day')}`);
    return EXIT.done;
  }
  if (output.json) for (const line of lines) output.document(line);
  else output.lines(...textOf(lines, tags, spans));
  await output.drained();
  return EXIT.done;
}

const COLUMNS: readonly Column[] = [
  { title: 'from' },
  { title: 'added', align: 'right' },
  { title: 'overwritten', align: 'right' },
  { title: 'deleted', align: 'right' },
  { title: 'written', align: 'right' },
  { title: 'gone', align: 'right' },
  { title: '' },
];

/** The place of the column of tags, where those were asked for. */
const TAGGED = 4;

function textOf(lines: readonly HistoryLine[], tags: boolean, { label }: Spans): string[] {
  const rows = lines.map((line) => ({ ...line, tagged: line.tagged ?? 0 }));
  const most = Math.max(
    ...rows.map(({ added, overwritten, deleted, tagged }) => added + overwritten + deleted + tagged),
  );
  return table(
    tags ? COLUMNS.toSpliced(TAGGED, 0, { title: 'tagged', align: 'right' }) : COLUMNS,
    rows.map((row) => [
      label(Date.parse(row.from)),
      count(row.added),
      count(row.overwritten),
      count(row.deleted),
      ...(tags ? [count(row.tagged)] : []),
      bytes(row.writtenBytes),
      bytes(row.deletedBytes),
      changeBar(row, most),
    ]),
  );
}

const WIDTH = 30;

type Counted = {
  readonly added: number;
  readonly overwritten: number;
  readonly deleted: number;
  readonly tagged: number;
};

/**
 * A bar of what was added, overwritten, deleted and tagged, in proportion: `+++~~-#`. What there is at all has a sign of its own,
 * however little it is.
 *
 * @param most what fills the whole width
 */
function changeBar({ added, overwritten, deleted, tagged }: Counted, most: number): string {
  const signs = (sign: string, n: number) =>
    sign.repeat(n === 0 ? 0 : Math.max(1, Math.round((n / most) * WIDTH)));
  return signs('+', added) + signs('~', overwritten) + signs('-', deleted) + signs('#', tagged);
}
