import type { VaultReader } from '../../../ports/world.ts';
import type { ChangesRequest, DatedChange } from '../../../source/source-kind.ts';
import type { SiteState } from './site-entries.ts';
import { siteStatesAt } from './site-states.ts';

/**
 * What happened to the documents of a site, by when their versions were made: an import brings years at once, and it is those
 * that are asked for. A deletion is dated by when it was recorded.
 */
export async function* siteChanges(
  { onProgress, ...place }: ChangesRequest,
  world: VaultReader,
): AsyncGenerator<DatedChange> {
  const versions = new Map<string, SiteState[]>();
  const all = siteStatesAt(place, Number.MAX_SAFE_INTEGER, world, { allVersions: true, onProgress });
  for await (const state of all) {
    if (state.documentId === undefined) continue;
    const known = versions.get(state.documentId);
    if (known === undefined) versions.set(state.documentId, [state]);
    else known.push(state);
  }
  for (const states of versions.values()) yield* changesOf(states);
}

function* changesOf(states: readonly SiteState[]): Generator<DatedChange> {
  const made = states
    .flatMap(({ current, deleted, changedAt }) => {
      const version = current ?? deleted?.last;
      const at = changedAt ?? version?.lastModified ?? 0;
      return version === undefined || at === 0 ? [] : [{ at, bytes: version.size }];
    })
    .sort((a, b) => a.at - b.at);
  for (const [index, { at, bytes }] of made.entries())
    yield { kind: index === 0 ? 'added' : 'overwritten', at, bytes };
  const [deletedAt] = states.flatMap(({ deleted }) => deleted?.at ?? []);
  if (deletedAt !== undefined) yield { kind: 'deleted', at: deletedAt, bytes: made.at(-1)?.bytes ?? 0 };
}
