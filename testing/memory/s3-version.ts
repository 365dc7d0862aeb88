import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Grants } from '@holdfast/core/model/acl.ts';
import { keyBytes, MAX_KEY_BYTES } from '@holdfast/core/model/byte-order.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import { namedValues } from '@holdfast/core/model/named-values.ts';
import type {
  Archive,
  Checksum,
  ContentHeaders,
  ListedVersion,
  Lock,
  ObjectFacts,
  Tags,
} from '@holdfast/core/model/object.ts';
import { encodeHeaderWord } from '@holdfast/core/model/rfc2047.ts';
import { archiveFacts } from './s3-archive.ts';
import type { Content } from './s3-content.ts';

/** What a writer says of an object beside its bytes. */
export type Attributes = {
  readonly headers?: ContentHeaders;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Tags;
  readonly storageClass?: string;
  /** Intelligent-Tiering put it into this archive. */
  readonly archiveStatus?: Archive;
  /** Encrypted with a key only the writer has (SSE-C). */
  readonly customerKey?: boolean;
  readonly websiteRedirect?: string;
  /** Encrypted with this key of KMS. */
  readonly kmsKey?: string;
  readonly lock?: Lock;
  readonly legalHold?: true;
  /** What its ACL grants, where that is not the default one. */
  readonly grants?: Grants;
};

type Position = {
  readonly key: string;
  readonly versionId: string;
  /** Which of two versions is newer, whatever their seconds say. */
  readonly order: number;
  readonly lastModified: number;
  /** Object Lock: until then the version cannot be destroyed. */
  readonly lockedUntil?: number;
};
export type StoredObject = Position & { readonly content: Content };
export type StoredVersion = StoredObject | (Position & { readonly content?: never });

export const NULL_VERSION = 'null';
const MAX_TAGS = 10;
const MAX_METADATA_BYTES = 2048;

export function isObject(version: StoredVersion | undefined): version is StoredObject {
  return version?.content !== undefined;
}

export function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

/** S3's ETag of a multipart object: the MD5 of the parts' MD5s, and how many there were. */
export function multipartEtag(partEtags: readonly string[]): string {
  const digests = Buffer.concat(partEtags.map((etag) => Buffer.from(etag, 'hex')));
  return `${md5(digests)}-${partEtags.length}`;
}

/** Any full-object checksum will do in memory; this one Node can compute. */
export function checksumOf(body: Buffer): Checksum {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return { algorithm: 'CRC32', value: bytes.toString('base64') };
}

/** @throws StoreError `invalid` beyond S3's limits */
export function makeContent(body: Buffer, etag: string, attributes: Attributes): Content {
  return {
    body,
    etag,
    headers: { contentType: 'binary/octet-stream', ...attributes.headers },
    metadata: asStored(attributes.metadata ?? {}),
    tags: checkTags(attributes.tags ?? {}),
    storageClass: attributes.storageClass ?? 'STANDARD',
    customerKey: attributes.customerKey ?? false,
    ...onlyIfSaid(attributes),
  };
}

/** What is there only where it was said. */
function onlyIfSaid({ archiveStatus, websiteRedirect, kmsKey, lock, legalHold, grants }: Attributes) {
  return defined({ archiveStatus, websiteRedirect, kmsKey, lock, legalHold, grants });
}

// S3 lower-cases the names and gives back what is not ASCII as RFC 2047 words.
function asStored(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value] as const);
  const bytes = pairs.reduce((sum, [name, value]) => sum + keyBytes(name) + keyBytes(value), 0);
  if (bytes > MAX_METADATA_BYTES) throw new StoreError('invalid', 'metadata exceeds 2 KB');
  return namedValues(pairs.map(([name, value]) => [name, encodeHeaderWord(value)]));
}

export function checkTags(tags: Tags): Tags {
  const pairs = Object.entries(tags);
  if (pairs.length > MAX_TAGS) throw new StoreError('invalid', 'object tags cannot be more than 10');
  const fits = pairs.every(([key, value]) => key.length > 0 && key.length <= 128 && value.length <= 256);
  if (!fits)
    throw new StoreError('invalid', 'a tag takes 1 to 128 characters for its key, 256 for its value');
  return namedValues(pairs);
}

export function checkKey(key: string): void {
  const bytes = keyBytes(key);
  if (bytes === 0 || bytes > MAX_KEY_BYTES) throw new StoreError('invalid', `a key takes 1 to 1024 bytes`);
}

export function toFacts(object: StoredObject, now: number): ObjectFacts {
  const { content } = object;
  return {
    etag: content.etag,
    size: content.body.length,
    lastModified: object.lastModified,
    storageClass: content.storageClass,
    ...(object.versionId === NULL_VERSION ? {} : { versionId: object.versionId }),
    ...archiveFacts(content, now),
    headers: content.headers,
    metadata: content.metadata,
    tagCount: Object.keys(content.tags).length,
    ...defined({ websiteRedirect: content.websiteRedirect, ...keptHow(content) }),
    checksum: content.recorded ?? checksumOf(content.body),
  };
}

function keptHow({ kmsKey, lock, legalHold }: Content) {
  return { encryption: kmsKey === undefined ? undefined : 'aws:kms', kmsKey, lock, legalHold };
}

export function toListedVersion(version: StoredVersion, latest: boolean): ListedVersion {
  const { key, versionId, lastModified } = version;
  if (!isObject(version)) return { key, versionId, lastModified, latest, deleteMarker: true };
  const { etag, body, storageClass } = version.content;
  return {
    key,
    versionId,
    lastModified,
    latest,
    deleteMarker: false,
    etag,
    size: body.length,
    storageClass,
  };
}
