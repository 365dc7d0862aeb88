import { oldestCopy } from '@holdfast/core/flows/source-versions.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { type BucketUri, sourceUri } from '@holdfast/core/model/source-uri.ts';
import type { Connection } from '../context.ts';
import { seconds } from '../text/format.ts';

/**
 * Refuses a moment before the first backup: an empty answer would read as if nothing had been there. It lists all that the
 * vault has under the prefix, so it is for when nothing was found.
 *
 * @throws {InvalidInputError} that names the earliest moment
 */
export async function checkNotBefore(
  at: number,
  { bucket, prefix }: BucketUri,
  { world }: Pick<Connection, 'world'>,
): Promise<void> {
  const oldest = await oldestCopy(bucket, prefix, world);
  if (oldest === undefined || oldest <= at) return;
  throw new InvalidInputError(
    `${seconds(at)} is before the first backup: the vault's oldest copy under ${sourceUri(bucket)}/${prefix} ` +
      `is of ${seconds(oldest)}`,
  );
}
