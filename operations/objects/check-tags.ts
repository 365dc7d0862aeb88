import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Kinds } from '../kind.ts';

/** @throws {InvalidInputError} where tags are asked for of what has none */
export function checkTags(source: string, tags: boolean, { kinds }: Kinds): void {
  const { one, noTags } = kinds.of(source).nouns;
  if (!tags || noTags === undefined) return;
  const tagged = kinds.all.filter(({ nouns }) => nouns.noTags === undefined);
  const those = tagged.map(({ address }) => address.containers).join(', ');
  throw new InvalidInputError(`--tags is for ${those}, and ${source} is ${one}: ${noTags}`);
}
