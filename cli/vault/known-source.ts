import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection } from '../context.ts';

/** Nothing found is an answer, unless the vault has never heard of the source: then the name is wrong. */
export async function checkKnown(bucket: string, { world, stack }: Connection): Promise<void> {
  const source = sourceUri(bucket);
  if ((await world.catalog.getSource(source)) !== undefined) return;
  throw new InvalidInputError(
    `the vault of the stack "${stack.name}" holds nothing of ${source}: holdfast sources --all shows what it knows`,
  );
}
