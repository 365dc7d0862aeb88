import { placeUri, type SourcePlace } from '@holdfast/core/model/source-place.ts';
import { changeHistory } from '@holdfast/core/source/change-history.ts';
import { type Changes, NO_CHANGES } from '@holdfast/core/source/changes.ts';
import { type Command, Option } from 'commander';
import type { Act } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { helpText } from '../help.ts';
import type { HistoryLine } from '../json/history.ts';
import { moment } from '../json/moment.ts';
import { SOURCE_HELP } from '../kinds/uri-help.ts';
import { daysOf, hoursOf, type Spans } from '../moments/spans.ts';
import { startOfDay, wallTime } from '../moments/wall-clock.ts';
import { noteRetention, positive } from '../options.ts';
import { changeBar } from '../text/change-bar.ts';
import { bytes, count, counted } from '../text/format.ts';
import { type Column, table } from '../text/table.ts';
import { TAGS_HELP } from '../text/tags.ts';
import { checkTags } from '../vault/check-tags.ts';
import { checkThere } from '../vault/check-there.ts';

type Options = { readonly days?: number; readonly by: 'hour' | 'day'; readonly tags?: true };
type Row = Changes & { readonly from: number; readonly to: number };

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
  const request = { ...place, since, spanOf: spans.spanOf, tags, onProgress };
  const changes = await changeHistory(request, context.kinds.of(request.source).history, connection.world);
  if (changes.size === 0) {
    await checkThere(place, connection, context);
    output.note(`nothing changed under ${placeUri(place)} in the last ${counted(back, 'day')}`);
    return EXIT.done;
  }
  await tell({ ...place, tags }, rowsOf(changes, spans, connection.clock.start), spans, context);
  return EXIT.done;
}

/** Every span from the first change to now, also those without any: a gap is something to see. */
function rowsOf(changes: ReadonlyMap<number, Changes>, { next, spanOf }: Spans, now: number): Row[] {
  const rows: Row[] = [];
  const last = Math.max(spanOf(now), ...changes.keys());
  for (let from = Math.min(...changes.keys()); from <= last; from = next(from)) {
    rows.push({ from, to: next(from), ...(changes.get(from) ?? NO_CHANGES) });
  }
  return rows;
}

type Asked = SourcePlace & { readonly tags: boolean };

async function tell(asked: Asked, rows: readonly Row[], spans: Spans, { output }: Context): Promise<void> {
  if (!output.json) output.lines(...textOf(rows, asked, spans));
  else for (const row of rows) output.document(lineOf(asked, row));
  await output.drained();
}

function lineOf({ source, prefix, tags }: Asked, { from, to, tagged, ...changes }: Row): HistoryLine {
  return { source, prefix, from: moment(from), to: moment(to), ...changes, tagged: tags ? tagged : null };
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

function textOf(rows: readonly Row[], { tags }: Asked, { label }: Spans): string[] {
  const most = Math.max(
    ...rows.map(({ added, overwritten, deleted, tagged }) => added + overwritten + deleted + tagged),
  );
  return table(
    tags ? COLUMNS.toSpliced(TAGGED, 0, { title: 'tagged', align: 'right' }) : COLUMNS,
    rows.map((row) => [
      label(row.from),
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
