import {
  type CompleteMultipartUploadCommandInput,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { type Grants, isGroup, type Permission } from '../model/acl.ts';
import { defined } from '../model/defined.ts';
import { StoreError } from '../model/errors.ts';
import { encodeHeaderWord } from '../model/rfc2047.ts';
import type {
  CopyRequest,
  MultipartStart,
  ObjectRef,
  Part,
  PartCopy,
  UploadRef,
  WriteCondition,
} from '../ports/object-store.ts';
import { eachHeader } from './header-bytes.ts';
import { copySource, encodeTags, quotedEtag } from './s3-encoding.ts';

/** S3's own default: a checksum over the whole object also for one that is copied in parts. */
export const CHECKSUM = 'CRC64NVME';

export function copyInput({
  from,
  to,
  condition,
  tags,
  websiteRedirect,
  storageClass = 'STANDARD',
  grants,
}: CopyRequest): CopyObjectCommandInput {
  return {
    Bucket: to.bucket,
    Key: to.key,
    CopySource: copySource(from),
    MetadataDirective: 'COPY',
    TaggingDirective: tags === undefined ? 'COPY' : 'REPLACE',
    StorageClass: storageClass,
    ChecksumAlgorithm: CHECKSUM,
    ...grantInput(grants),
    ...conditionInput(condition),
    ...defined({
      CopySourceIfMatch: from.ifMatch && quotedEtag(from.ifMatch),
      Tagging: tags && encodeTags(tags),
      WebsiteRedirectLocation: websiteRedirect,
    }),
  };
}

export function conditionInput(condition: WriteCondition | undefined): {
  IfMatch?: string;
  IfNoneMatch?: string;
} {
  if (condition === undefined) return {};
  return 'ifMatch' in condition ? { IfMatch: quotedEtag(condition.ifMatch) } : { IfNoneMatch: '*' };
}

/** Grants as headers of a write: each a list of whom, `id="…", uri="…"`. Who is named none is granted nothing. */
export function grantInput(grants: Grants = []) {
  const to = (permission: Permission) => {
    const named = grants.filter(({ may }) => may === permission);
    if (named.length === 0) return undefined;
    return named.map((grant) => `${isGroup(grant.to) ? 'uri' : 'id'}="${grant.to}"`).join(', ');
  };
  return defined({
    GrantFullControl: to('FULL_CONTROL'),
    GrantRead: to('READ'),
    GrantReadACP: to('READ_ACP'),
    GrantWriteACP: to('WRITE_ACP'),
  });
}

/** The command that begins a multipart copy. `Expires` goes as text: S3 keeps any, the SDK's type only dates. */
export function beginMultipartCommand(start: MultipartStart): CreateMultipartUploadCommand {
  const command = new CreateMultipartUploadCommand(multipartInput(start));
  const { expires } = start.headers;
  if (expires !== undefined) {
    command.middlewareStack.add(
      (next) => (args) => {
        const { request } = args;
        if (isHttpRequest(request)) request.headers['expires'] = expires;
        return next(args);
      },
      { step: 'build', name: 'expiresAsText' },
    );
  }
  return command;
}

function multipartInput(start: MultipartStart): CreateMultipartUploadCommandInput {
  const { headers, tags } = start;
  return {
    Bucket: start.to.bucket,
    Key: start.to.key,
    StorageClass: start.storageClass ?? 'STANDARD',
    ChecksumAlgorithm: start.checksum ?? CHECKSUM,
    ChecksumType: 'FULL_OBJECT',
    ...grantInput(start.grants),
    Metadata: metadataInput(start.metadata),
    ...defined({
      ContentType: headers.contentType,
      CacheControl: headers.cacheControl,
      ContentDisposition: headers.contentDisposition,
      ContentEncoding: headers.contentEncoding,
      ContentLanguage: headers.contentLanguage,
      Tagging: Object.keys(tags).length === 0 ? undefined : encodeTags(tags),
      WebsiteRedirectLocation: start.websiteRedirect,
    }),
  };
}

/**
 * S3 itself sends what is not ASCII as RFC 2047 words, which pass through as they are. Other stores send raw bytes: text goes
 * back as such a word, and what is no text as the bytes that came.
 */
export function metadataInput(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return eachHeader(metadata, (value) => (value.isWellFormed() ? encodeHeaderWord(value) : value));
}

/**
 * Where a request goes: an object, or one version of it.
 *
 * @throws StoreError `invalid` for an empty key: the SDK would ask the bucket itself, and its listing would pass for an object
 */
export function objectInput({ bucket, key, versionId }: ObjectRef) {
  if (key === '') throw new StoreError('invalid', `s3://${bucket}/ is no object`);
  return { Bucket: bucket, Key: key, ...defined({ VersionId: versionId }) };
}

export function uploadInput({ bucket, key, uploadId }: UploadRef) {
  return { Bucket: bucket, Key: key, UploadId: uploadId };
}

export function completeInput(
  upload: UploadRef,
  parts: readonly Part[],
  condition: WriteCondition | undefined,
): CompleteMultipartUploadCommandInput {
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: quotedEtag(etag) }));
  return { ...uploadInput(upload), MultipartUpload: { Parts }, ...conditionInput(condition) };
}

export function partInput(upload: UploadRef, part: PartCopy): UploadPartCopyCommandInput {
  return {
    ...uploadInput(upload),
    PartNumber: part.number,
    CopySource: copySource(part.from),
    CopySourceIfMatch: quotedEtag(part.from.ifMatch),
    CopySourceRange: `bytes=${part.first}-${part.last}`,
  };
}

/** What the SDK's middleware is given, once the request is built. */
export function isHttpRequest(value: unknown): value is { headers: Record<string, string> } {
  return typeof value === 'object' && value !== null && 'headers' in value;
}
