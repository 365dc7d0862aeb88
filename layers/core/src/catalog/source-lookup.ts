import type { Source } from '../model/source.ts';
import type { World } from '../ports/world.ts';

/** Finds a source's row, perhaps as it was a little while ago. */
export type SourceLookup = (source: string) => Promise<Source | undefined>;

/** What people set for a source changes rarely; an event that is judged by it a little late is none the worse. */
const REMEMBERED_MS = 30_000;

/** A lookup that asks the catalog once in half a minute for each source, and not once for each batch of events. */
export function rememberSources({ catalog, clock }: Pick<World, 'catalog' | 'clock'>): SourceLookup {
  const known = new Map<string, { readonly row: Promise<Source | undefined>; readonly until: number }>();
  return (source) => {
    const remembered = known.get(source);
    if (remembered !== undefined && clock() < remembered.until) return remembered.row;
    const row = catalog.getSource(source);
    known.set(source, { row, until: clock() + REMEMBERED_MS });
    // A failed look is not remembered: the message comes again, and asks again.
    row.catch(() => known.delete(source));
    return row;
  };
}
