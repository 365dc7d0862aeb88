import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Source } from '@holdfast/core/model/source.ts';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection, Context } from '../context.ts';
import { parseBucket } from './bucket-argument.ts';

/** A source that is protected, and the connection it was found by. */
export type FoundSource = { readonly source: Source; readonly connection: Connection };

/**
 * Finds a protected source by its URI; the URI is checked before anything is asked of AWS.
 *
 * @throws {InvalidInputError} when it is not protected
 */
export async function findProtected(
  uri: string,
  { connect }: Pick<Context, 'connect'>,
): Promise<FoundSource> {
  const name = sourceUri(parseBucket(uri));
  const connection = await connect();
  const source = await connection.world.catalog.getSource(name);
  if (source?.state === 'protected') return { source, connection };
  throw new InvalidInputError(
    `${name} is not protected by the stack "${connection.stack.name}": holdfast sources shows what is`,
  );
}
