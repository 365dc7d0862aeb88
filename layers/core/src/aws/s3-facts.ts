import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { StoreError } from '../model/errors.ts';
import {
  ARCHIVES,
  type Archive,
  archiveOf,
  type Checksum,
  type ContentHeaders,
  type ObjectFacts,
  type ThawState,
} from '../model/object.ts';
import type { Written } from '../ports/object-store.ts';
import { bareEtag } from './s3-encoding.ts';

/** What S3 calls the one version of an object in a bucket without versions. */
export const NULL_VERSION = 'null';

type ChecksumFields = { readonly ChecksumType?: string | undefined } & {
  readonly [Name in (typeof ALGORITHMS)[number] as `Checksum${Name}`]?: string | undefined;
};

const ALGORITHMS = [
  'CRC64NVME',
  'SHA256',
  'SHA512',
  'CRC32C',
  'CRC32',
  'SHA1',
  'XXHASH128',
  'XXHASH64',
  'XXHASH3',
  'MD5',
] as const;

export function toObjectFacts(head: HeadObjectCommandOutput): ObjectFacts {
  const storageClass = head.StorageClass ?? 'STANDARD';
  return {
    etag: bareEtag(head.ETag),
    size: head.ContentLength ?? 0,
    lastModified: head.LastModified?.getTime() ?? 0,
    storageClass,
    ...versionOf(head.VersionId),
    ...archiveFacts(storageClass, head),
    headers: contentHeaders(head),
    metadata: head.Metadata ?? {},
    tagCount: head.TagCount ?? 0,
    ...defined({
      websiteRedirect: head.WebsiteRedirectLocation,
      checksum: checksumIn(head),
      encryption: head.ServerSideEncryption,
      kmsKey: head.SSEKMSKeyId,
    }),
    ...lockFacts(head),
  };
}

/** Absent also where the right to see it is missing: S3 leaves these headers out then. */
function lockFacts(head: HeadObjectCommandOutput): Pick<ObjectFacts, 'lock' | 'legalHold'> {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = head;
  return {
    ...(mode === undefined || until === undefined ? {} : { lock: { mode, until: until.getTime() } }),
    ...(head.ObjectLockLegalHoldStatus === 'ON' ? { legalHold: true } : {}),
  };
}

/** A version id worth keeping: none in a bucket that has no versions. */
export function versionOf(versionId: string | undefined): { versionId?: string } {
  return versionId === undefined || versionId === NULL_VERSION ? {} : { versionId };
}

/**
 * What a write left behind.
 *
 * @throws StoreError `unavailable` for an answer without an ETag. S3 can say 200 and then how a copy failed; the SDK
 *   knows such an answer by its last characters, and takes one that ends otherwise for a success that says nothing
 */
export function toWritten(
  answer: ChecksumFields & {
    readonly ETag?: string | undefined;
    readonly VersionId?: string | undefined;
    readonly SSEKMSKeyId?: string | undefined;
  },
): Written {
  return {
    etag: writtenEtag(answer.ETag),
    ...versionOf(answer.VersionId),
    ...defined({ checksum: checksumIn(answer), kmsKey: answer.SSEKMSKeyId }),
  };
}

/** The ETag of what was written. @throws StoreError `unavailable` when the answer has none: nothing says that it was */
export function writtenEtag(etag: string | undefined): string {
  if (etag === undefined || etag === '') throw new StoreError('unavailable', 'S3 answered without an ETag');
  return bareEtag(etag);
}

/** How many parts there were, behind a checksum that was made of theirs. */
const OF_PARTS = /-\d+$/;

/** The checksum over the whole object; one made of the parts' checksums says nothing about another copy. */
export function checksumIn(fields: ChecksumFields | undefined): Checksum | undefined {
  if (fields === undefined || fields.ChecksumType === 'COMPOSITE') return undefined;
  for (const algorithm of ALGORITHMS) {
    const value = fields[`Checksum${algorithm}`];
    if (value !== undefined && !OF_PARTS.test(value)) return { algorithm, value };
  }
  return undefined;
}

function archiveFacts(
  storageClass: string,
  head: HeadObjectCommandOutput,
): Pick<ObjectFacts, 'archived' | 'archive' | 'thaw'> {
  const archive = archiveOf(storageClass) ?? tierOf(head.ArchiveStatus);
  if (archive === undefined) return { archived: false };
  const thaw = thawState(head.Restore);
  return { archived: thaw?.state !== 'thawed', archive, ...defined({ thaw }) };
}

function tierOf(status: string | undefined): Archive | undefined {
  return ARCHIVES.find((archive) => archive === status);
}

/** Reads `ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"`. */
function thawState(restore: string | undefined): ThawState | undefined {
  if (restore === undefined || restore === '') return undefined;
  if (!restore.includes('ongoing-request="false"')) return { state: 'thawing' };
  const until = Date.parse(/expiry-date="([^"]*)"/.exec(restore)?.[1] ?? '');
  return { state: 'thawed', ...(Number.isNaN(until) ? {} : { until }) };
}

function contentHeaders(head: HeadObjectCommandOutput): ContentHeaders {
  return {
    ...defined({
      contentType: head.ContentType,
      cacheControl: head.CacheControl,
      contentDisposition: head.ContentDisposition,
      contentEncoding: head.ContentEncoding,
      contentLanguage: head.ContentLanguage,
      expires: head.ExpiresString,
    }),
  };
}
