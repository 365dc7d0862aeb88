import { keyBytes } from './byte-order.ts';
import { InvalidInputError } from './errors.ts';

/** A bucket and, behind it, a key prefix (empty for the whole bucket). */
export type BucketUri = { readonly bucket: string; readonly prefix: string };

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Reads `s3://bucket[/prefix]`. The prefix is taken as it stands: S3 keys may hold anything, so nothing is decoded
 * or normalised.
 *
 * @throws {InvalidInputError} when it is not an S3 URI, or names no possible bucket
 */
export function parseBucketUri(text: string): BucketUri {
  const match = /^s3:\/\/([^/]*)(?:\/([\s\S]*))?$/.exec(text);
  if (match === null) {
    throw new InvalidInputError(`"${text}" is not an S3 URI; write it as s3://bucket or s3://bucket/prefix`);
  }
  const bucket = match[1] ?? '';
  const prefix = match[2] ?? '';
  if (!BUCKET_NAME.test(bucket)) {
    throw new InvalidInputError(
      `"${bucket}" in "${text}" cannot be a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens`,
    );
  }
  if (keyBytes(prefix) > 1024) {
    throw new InvalidInputError(
      `the prefix in "${text.slice(0, 80)}…" is longer than S3's 1,024 bytes for a key`,
    );
  }
  return { bucket, prefix };
}

/** The catalog's name for a bucket: `s3://bucket`. */
export function sourceUri(bucket: string): string {
  return `s3://${bucket}`;
}

/** The bucket of a source that is known to be one: what {@link sourceUri} made. */
export function bucketName(source: string): string {
  return source.slice('s3://'.length);
}

/** The bucket of a source URI that the catalog or a message holds. */
export function bucketOf(source: string): string {
  return parseBucketUri(source).bucket;
}

/** Whether a text is, or was meant to be, the URI of a bucket: buckets are targets of every kind of source. */
export function isBucketUri(text: string): boolean {
  return text.startsWith('s3://');
}
