import { isBucketUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ArchiveFormat } from '../local/archive/archive-writer.ts';

/** Where a restore goes. */
export type RestoreTarget =
  | { readonly kind: 'bucket'; readonly uri: string }
  /** A source of a kind that is restored into. */
  | { readonly kind: 'source'; readonly uri: string }
  | { readonly kind: 'folder'; readonly path: string }
  /** `-` is standard output. */
  | { readonly kind: 'archive'; readonly path: string; readonly format: ArchiveFormat };

const ARCHIVE = /\.(tar|tar\.gz|tgz|zip)$/i;
const FORMATS: Readonly<Record<string, ArchiveFormat>> = {
  tar: 'tar',
  'tar.gz': 'tar.gz',
  tgz: 'tar.gz',
  zip: 'zip',
};

/** A kind that is restored into: what its URIs begin with, and how they are written. */
export type TargetScheme = { readonly scheme: string; readonly form: string };

/**
 * Reads `--to`: `s3://bucket[/prefix]`, a source of a kind that is restored into, `-`, a file that ends as archives do, or else a folder.
 *
 * @throws {InvalidInputError} for a URI of another kind
 */
export function parseTarget(to: string, sources: readonly TargetScheme[]): RestoreTarget {
  if (isBucketUri(to)) return { kind: 'bucket', uri: to };
  if (sources.some(({ scheme }) => to.startsWith(scheme))) return { kind: 'source', uri: to };
  if (to === '-') return { kind: 'archive', path: to, format: 'tar' };
  if (to === '' || /^([a-z][a-z0-9+.-]*:\/\/|s3:|arn:)/i.test(to)) {
    const forms = ['s3://bucket', ...sources.map(({ form }) => form)];
    throw new InvalidInputError(
      `"${to}" is no target: write ${forms.join(', ')}, ./folder, backup.tar, backup.tar.gz, backup.zip, or - for a stream`,
    );
  }
  const ending = ARCHIVE.exec(to)?.[1]?.toLowerCase();
  const format = ending === undefined ? undefined : FORMATS[ending];
  // A name that ends in a slash is a folder, whatever is before it.
  return format === undefined ? { kind: 'folder', path: to } : { kind: 'archive', path: to, format };
}
