import type { VaultReader } from '../ports/world.ts';
import type { Selected, Selection, TreeReading } from './selection.ts';
import type { SourceSelection } from './source-kind.ts';

/** Everything that is wanted, part by part. */
export async function* selectedObjects(
  selection: Selection,
  history: Pick<SourceSelection, 'parts' | 'lookThrough'>,
  world: VaultReader,
  reading: TreeReading = {},
): AsyncGenerator<Selected> {
  for (const part of history.parts) {
    for await (const { selected } of history.lookThrough(part, selection, undefined, world, reading)) {
      if (selected !== undefined) yield selected;
    }
  }
}
