import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectPlace } from '@holdfast/core/source/object-versions.ts';
import type { Context } from '../context.ts';

/** What an object is in --help. */
export const OBJECT_HELP = 's3://bucket/key, or workdocs://site/user/folder/name';

/** Reads the URI of one object. @throws {InvalidInputError} also when it names none */
export function parseObjectUri(uri: string, { kinds }: Pick<Context, 'kinds'>): ObjectPlace {
  const { source, prefix: key } = kinds.addresses.parse(uri);
  if (key === '') throw new InvalidInputError(`"${uri}" names no object; write it as ${source}/key`);
  return { source, key };
}
