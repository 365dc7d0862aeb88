import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { placeUri, type SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { seconds } from '../seconds.ts';

/**
 * Refuses a moment before the first backup: an empty answer would read as if nothing had been there. It lists all that the
 * vault has under the prefix, so it is for when nothing was found.
 *
 * @throws {InvalidInputError} that names the earliest moment
 */
export async function checkNotBefore(
  at: number,
  place: SourcePlace,
  { world }: Pick<Connection, 'world'>,
  { kinds }: Kinds,
): Promise<void> {
  const oldest = await kinds.of(place.source).history.oldestMoment(place, world);
  if (oldest === undefined || oldest <= at) return;
  throw new InvalidInputError(
    `${seconds(at)} is before the first backup: the vault's oldest copy under ${placeUri(place)} ` +
      `is of ${seconds(oldest)}`,
  );
}
