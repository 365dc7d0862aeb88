import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../../model/errors.ts';
import { EXPORT_URI } from './import-messages.ts';

// An export has names and no ids. The ids of what it holds are made of its names, so that a second import finds what the
// first one made. `u-`, `f-` and `d-` and 32 hex digits; WorkDocs' own ids look otherwise.

/** Where an export lies. */
export type ExportPlace = { readonly bucket: string; readonly prefix: string };

/** Reads `s3://bucket/prefix`. @throws {InvalidInputError} for anything else */
export function parseExport(uri: string): ExportPlace {
  const match = EXPORT_URI.exec(uri);
  if (match?.[1] !== undefined) return { bucket: match[1], prefix: match[2] ?? '' };
  throw new InvalidInputError(`"${uri}" is no place of an export; write it as s3://bucket/prefix`);
}

/** One zip of an export: whose it is. */
export type ZipOwner = {
  readonly id: string;
  /** The zip's path below the export's prefix, without `.zip`. */
  readonly name: string;
  readonly rootFolderId: string;
};

/**
 * `alice-part2`, `alice.part 02`: more zips of the one user. Only with the word, and that by itself: `alice-2` and `rampart2` can
 * be other users.
 */
const PART = /[-_. ]part[-_. ]?\d+$/i;

/**
 * True for what lies in the folder that an export's prefix names, with its slash or without, or is the one object that it
 * names: `exp-2025` has nothing of `exp-2025-old/`, which other people's zips can be in.
 */
export function isInExport({ prefix }: Pick<ExportPlace, 'prefix'>, key: string): boolean {
  return key === prefix || key.startsWith(folderOf(prefix));
}

/** The folder that a prefix names, as a prefix; the bucket itself is one. */
export function folderOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** True for a key that is taken for a zip. */
export function isZipKey(key: string): boolean {
  return /[^/]\.zip$/i.test(key);
}

/** Whose zip it is, by its key. */
export function ownerOf(site: string, { prefix }: Pick<ExportPlace, 'prefix'>, key: string): ZipOwner {
  const whole = relativeTo(prefix, key).replace(/\.zip$/i, '');
  const name = whole.replace(PART, '') || whole;
  return { id: userId(site, name), name, rootFolderId: folderId(site, name, []) };
}

/** The key behind the prefix's last folder: the same whether the folder or a zip itself was named. */
function relativeTo(prefix: string, key: string): string {
  const rest = key.slice(prefix.length);
  if (prefix === '' || prefix.endsWith('/')) return rest;
  return rest.startsWith('/') ? rest.slice(1) : key.slice(prefix.lastIndexOf('/') + 1);
}

function userId(site: string, user: string): string {
  return `u-${hash(site, 'user', user)}`;
}

/** @param parts the folders' names from the user's root down; none for the root itself */
export function folderId(site: string, user: string, parts: readonly string[]): string {
  return `f-${hash(site, 'folder', user, ...parts)}`;
}

/** @param parts the folders' names and the document's */
export function documentId(site: string, user: string, parts: readonly string[]): string {
  return `d-${hash(site, 'document', user, ...parts)}`;
}

/** NUL cannot be in a name: see `entry-path.ts`. */
function hash(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 32);
}

/** A site's name for an export that names no organization: the same one for the same place. */
export function defaultSite(place: ExportPlace): string {
  const organization = /(?:^|[^a-z0-9])(d-[a-z0-9]{10})(?![a-z0-9])/.exec(`${place.bucket}/${place.prefix}`);
  if (organization?.[1] !== undefined) return organization[1];
  return `export-${hash('export', place.bucket, place.prefix).slice(0, 10)}`;
}

/** What tells one version of a document from the others. */
export type VersionFacts = {
  /** By the zip, ms since 1970; absent when it says none. */
  readonly at?: number;
  /** Where its entry begins in the zip, in bytes: the order of those that have the same time. */
  readonly offset: number;
  readonly crc32: number;
  readonly size: number;
  /** From the name, where names tell versions. */
  readonly ordinal?: number;
};

/** A version's id tells all of {@link VersionFacts}: `1700000000000.p30.0a1b2c3d.4096`, and `.v3` for the third. */
export function versionId({ at, offset, crc32, size, ordinal }: VersionFacts): string {
  const crc = (crc32 >>> 0).toString(16).padStart(8, '0');
  return `${at ?? 'undated'}.p${offset}.${crc}.${size}${ordinal === undefined ? '' : `.v${ordinal}`}`;
}

const VERSION_ID = /^(-?\d+|undated)\.p(\d+)\.([0-9a-f]{8})\.(\d+)(?:\.v(\d+))?$/;

/** The same version in two zips, or twice in one: all but its place is the same. */
export function isSameVersion(a: string, b: string): boolean {
  return withoutPlace(a) === withoutPlace(b);
}

function withoutPlace(id: string): string {
  return id.replace(/\.p\d+\./, '.');
}

/** The older version first: by number where names have one, by time, by place in the zip. */
export function compareVersions(a: string, b: string): number {
  const x = orderOf(a);
  const y = orderOf(b);
  for (const [n, value] of x.entries()) {
    const other = y[n] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return a < b ? -1 : Number(a > b);
}

/** An unnumbered name is the document's present state: it follows those with a number. */
function orderOf(id: string): number[] {
  const [, at = '', offset = '0', , , ordinal] = VERSION_ID.exec(id) ?? [];
  const number = ordinal === undefined ? Number.POSITIVE_INFINITY : Number(ordinal);
  return [number, at === 'undated' || at === '' ? Number.NEGATIVE_INFINITY : Number(at), Number(offset)];
}
