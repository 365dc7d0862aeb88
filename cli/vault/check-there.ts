import { sourceVersions } from '@holdfast/core/flows/source-versions.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { type BucketUri, sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection } from '../context.ts';
import { visibleKey } from '../text/visible.ts';

/**
 * Nothing found is an answer, unless the vault has never heard of the source, or has no version at all under the prefix: then
 * the name is wrong.
 *
 * @throws {InvalidInputError}
 */
export async function checkThere({ bucket, prefix }: BucketUri, { world, stack }: Connection): Promise<void> {
  const source = sourceUri(bucket);
  if ((await world.catalog.getSource(source)) === undefined) {
    throw new InvalidInputError(
      `the vault of the stack "${stack.name}" holds nothing of ${source}: holdfast sources --all shows what it knows`,
    );
  }
  if (prefix === '') return;
  for await (const _ of sourceVersions(bucket, prefix, world)) return;
  throw new InvalidInputError(
    `the vault has nothing under ${source}/${visibleKey(prefix)}, nor had it: holdfast ls ${source} shows what it holds`,
  );
}
