import { InvalidInputError } from '../model/errors.ts';
import type { RestoreRequest } from '../model/restore-request.ts';
import { contestedPrefixes, mappingOf, targetKey } from '../model/target-key.ts';
import type { VaultReader, World } from '../ports/world.ts';
import { selectedObjects } from '../source/select-objects.ts';
import type { SourceSelection } from '../source/source-kind.ts';

/**
 * Refuses a mapping that could bring two objects to one key: the source has objects where others would go. It lists what the vault
 * has there, so it is for the planner of the kind, and for the command line.
 *
 * @throws {InvalidInputError}
 */
export async function checkMap(
  { at, ...request }: Omit<RestoreRequest, 'jobId'>,
  history: SourceSelection,
  world: VaultReader & Pick<World, 'settings' | 'clock'>,
): Promise<void> {
  for (const prefix of contestedPrefixes(request.map)) {
    if (!prefix.startsWith(request.prefix) && !request.prefix.startsWith(prefix)) continue;
    const longer = prefix.length > request.prefix.length ? prefix : request.prefix;
    const there = { ...request, prefix: longer, at: at ?? world.clock() };
    for await (const { key } of selectedObjects(there, history, world)) {
      if (targetKey(mappingOf(request), key) !== request.target.prefix + key) continue;
      throw new InvalidInputError(
        `"map" would mix objects with those that are under "${prefix}" already, as "${key}": map those too, or restore one after the other`,
      );
    }
  }
}
