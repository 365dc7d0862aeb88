import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import { visibleKey } from '@holdfast/core/model/visible.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';

/**
 * Nothing found is an answer, unless the vault has never heard of the source, or has no version at all under the prefix: then
 * the name is wrong.
 *
 * @throws {InvalidInputError}
 */
export async function checkThere(
  place: SourcePlace,
  { world, stack }: Pick<Connection, 'world' | 'stack'>,
  { kinds }: Kinds,
): Promise<void> {
  const { source, prefix } = place;
  if ((await world.catalog.getSource(source)) === undefined) {
    throw new InvalidInputError(
      `the vault of the stack "${stack.name}" holds nothing of ${source}: holdfast sources --all shows what it knows`,
    );
  }
  if (prefix === '' || (await kinds.of(source).history.hasAny(place, world))) return;
  throw new InvalidInputError(
    `the vault has nothing under ${source}/${visibleKey(prefix)}, nor had it: holdfast ls ${source} shows what it holds`,
  );
}
