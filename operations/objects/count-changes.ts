import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { World } from '@holdfast/core/ports/world.ts';
import { addChange, type Changes, NO_CHANGES } from '@holdfast/core/source/changes.ts';
import type { SourceHistory } from '@holdfast/core/source/source-kind.ts';
import type { Connection } from '../connection.ts';
import type { HistoryLine } from '../json/history.ts';
import { moment } from '../json/moment.ts';
import type { Kinds } from '../kind.ts';

/** Times are ms since 1970. */
type Asked = SourcePlace & {
  /** What is older is left out. */
  readonly since: number;
  /** In which span a moment lies: when that begins; and when the next one does. */
  readonly spans: { readonly spanOf: (at: number) => number; readonly next: (span: number) => number };
  /** Also what was only tagged: that costs requests of its own. */
  readonly tags: boolean;
  readonly onProgress: (versions: number) => void;
};

/** How much changed when, from the first change to now, also spans without any: a gap is something to see. Nothing without changes. */
export async function countChanges(
  { spans: { spanOf, next }, ...asked }: Asked,
  { world, clock }: Pick<Connection, 'world' | 'clock'>,
  { kinds }: Kinds,
): Promise<HistoryLine[]> {
  const { source, prefix, tags } = asked;
  const changes = await changeHistory({ ...asked, spanOf }, kinds.of(source).history, world);
  const lines: HistoryLine[] = [];
  if (changes.size === 0) return lines;
  const last = Math.max(spanOf(clock.start), ...changes.keys());
  for (let from = Math.min(...changes.keys()); from <= last; from = next(from)) {
    const { tagged, ...counts } = changes.get(from) ?? NO_CHANGES;
    const span = { from: moment(from), to: moment(next(from)) };
    lines.push({ source, prefix, ...span, ...counts, tagged: tags ? tagged : null });
  }
  return lines;
}

type HistoryRequest = {
  readonly source: string;
  readonly prefix: string;
  /** What is older is left out. */
  readonly since: number;
  /** In which span a moment lies: when that begins. */
  readonly spanOf: (at: number) => number;
  /** Also reads tags, where a kind has some: two requests for each copy of the same bytes, and two for each record beside a large one. */
  readonly tags?: boolean;
  readonly onProgress?: (versions: number) => void;
};

/** How much changed when; memory grows with the number of spans alone, beside what the history needs. */
export async function changeHistory(
  { source, prefix, since, spanOf, tags = false, onProgress = () => {} }: HistoryRequest,
  history: Pick<SourceHistory, 'changes'>,
  world: Pick<World, 'store' | 'settings'>,
): Promise<Map<number, Changes>> {
  const spans = new Map<number, Changes>();
  for await (const change of history.changes({ source, prefix, since, tags, onProgress }, world)) {
    if (change.at < since) continue;
    const span = spanOf(change.at);
    spans.set(span, addChange(spans.get(span) ?? NO_CHANGES, change));
  }
  return spans;
}
