import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectPlace } from '@holdfast/core/source/object-versions.ts';
import type { Context } from '../context.ts';

/** Reads the URI of one object. @throws {InvalidInputError} also when it names none */
export function parseObjectUri(uri: string, { kinds }: Pick<Context, 'kinds'>): ObjectPlace {
  const { source, prefix: key } = kinds.addresses.parse(uri);
  if (key === '') throw new InvalidInputError(`"${uri}" names no object; write it as ${source}/key`);
  return { source, key };
}
