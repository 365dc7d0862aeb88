import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import type { Connection, Context } from '../context.ts';

/**
 * Reads the URI of a whole source, and gives it back as the catalog has it.
 *
 * @throws {InvalidInputError} also when it names a part of it
 */
export function parseSource(uri: string, { kinds }: Pick<Context, 'kinds'>): string {
  const { source, prefix } = kinds.addresses.parse(uri);
  if (prefix === '') return source;
  const whole = kinds.addresses.of(source).container;
  throw new InvalidInputError(`"${uri}" names a part of a ${whole}; this is about the whole: ${source}`);
}

/** A source that is protected, and the connection it was found by. */
export type FoundSource = { readonly source: Source; readonly connection: Connection };

/**
 * Finds a protected source by its URI; the URI is checked before anything is asked of AWS.
 *
 * @throws {InvalidInputError} when it is not protected
 */
export async function findProtected(
  uri: string,
  context: Pick<Context, 'connect' | 'kinds'>,
): Promise<FoundSource> {
  const name = parseSource(uri, context);
  const connection = await context.connect('writing');
  const source = await connection.world.catalog.getSource(name);
  if (source?.state === 'protected') return { source, connection };
  throw new InvalidInputError(
    `${name} is not protected by the stack "${connection.stack.name}": holdfast sources shows what is`,
  );
}
