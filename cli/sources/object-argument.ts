import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { parseBucketUri } from '@holdfast/core/model/source-uri.ts';

/** One object of a bucket. */
export type ObjectUri = { readonly bucket: string; readonly key: string };

/** Reads the URI of one object. @throws {InvalidInputError} also when it names none */
export function parseObjectUri(uri: string): ObjectUri {
  const { bucket, prefix: key } = parseBucketUri(uri);
  if (key === '') throw new InvalidInputError(`"${uri}" names no object; write it as s3://bucket/key`);
  return { bucket, key };
}
