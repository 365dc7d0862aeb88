import { parseBucketUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { checkFilter } from '@holdfast/core/model/filter.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import type { Command } from 'commander';
import { repeatable } from '../options.ts';

export type CoveredOptions = {
  readonly prefix?: string;
  readonly include?: string[];
  readonly exclude?: string[];
};
/** A bucket, and which of its keys. */
export type Covered = Pick<SourceSettings, 'prefix' | 'include' | 'exclude'> & { readonly bucket: string };

/** The argument and the options that say what of a source is meant. @param places what the argument may be */
export function coveredOptions(command: Command, places = 's3://bucket, or s3://bucket/prefix'): Command {
  return command
    .argument('<uri>', places)
    .option('--prefix <prefix>', 'only keys that begin so')
    .option('--include <glob>', 'only keys that match; can be repeated', repeatable)
    .option('--exclude <glob>', 'no keys that match; wins over --include; can be repeated', repeatable);
}

/** @throws {InvalidInputError} for a prefix that is given twice, or a glob that is none */
export function parseCovered(uri: string, { prefix, include = [], exclude = [] }: CoveredOptions): Covered {
  const parsed = parseBucketUri(uri);
  if (parsed.prefix !== '' && prefix !== undefined) {
    throw new InvalidInputError(`the prefix is given twice: in "${uri}" and as --prefix "${prefix}"`);
  }
  checkFilter({ include, exclude });
  const covered = prefix ?? parsed.prefix;
  return {
    bucket: parsed.bucket,
    ...(covered === '' ? {} : { prefix: covered }),
    ...(include.length === 0 ? {} : { include }),
    ...(exclude.length === 0 ? {} : { exclude }),
  };
}
