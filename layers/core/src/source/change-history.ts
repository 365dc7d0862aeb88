import type { World } from '../ports/world.ts';
import { addChange, type Changes, NO_CHANGES } from './changes.ts';
import type { SourceHistory } from './source-kind.ts';

type HistoryRequest = {
  readonly source: string;
  readonly prefix: string;
  /** What is older is left out. */
  readonly since: number;
  /** In which span a moment lies: when that begins. */
  readonly spanOf: (at: number) => number;
  /** Of a bucket: also reads tags, two requests for each copy of the same bytes, and two for each record beside a large copy. */
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
