import { PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import type { Part, UploadRef, WriteCondition, WriteOptions, Written } from '../ports/object-store.ts';
import { checksums } from './checksums.ts';
import { attempt, uri } from './s3-attempt.ts';
import { toWritten, writtenEtag } from './s3-facts.ts';
import { QUICK } from './s3-quick.ts';
import { conditionInput, metadataInput, objectInput, uploadInput } from './s3-requests.ts';

type Place = { readonly bucket: string; readonly key: string };

/** Writes a small text object. */
export function putText(
  client: S3Client,
  place: Place,
  text: string,
  contentType: string,
  condition?: WriteCondition,
): Promise<Written> {
  const bytes = Buffer.from(text);
  // The SDK takes an empty body for a stream of unknown length, unless it is told.
  const length = { Body: bytes, ContentLength: bytes.length };
  const input = { ...length, ContentType: contentType, ...conditionInput(condition) };
  const work = async () =>
    toWritten(await client.send(new PutObjectCommand({ ...objectInput(place), ...input }), QUICK));
  return attempt(`put ${uri(place)}`, work, condition);
}

/** Writes bytes that are in memory. */
export function putBytes(
  client: S3Client,
  place: Place,
  bytes: Uint8Array,
  { contentType, metadata, condition }: WriteOptions,
): Promise<Written> {
  const work = async () => {
    const input = {
      ...objectInput(place),
      Body: bytes,
      ContentLength: bytes.length,
      ChecksumCRC32: await crc32Of(bytes),
      ...defined({ ContentType: contentType, Metadata: metadata && metadataInput(metadata) }),
      ...conditionInput(condition),
    };
    return toWritten(await client.send(new PutObjectCommand(input)));
  };
  return attempt(`put ${uri(place)}`, work, condition);
}

/** Writes bytes that are in memory as one part of an upload. */
export function putPart(
  client: S3Client,
  upload: UploadRef,
  number: number,
  bytes: Uint8Array,
): Promise<Part> {
  return attempt(`put part ${number} of ${uri(upload)}`, async () => {
    const input = {
      ...uploadInput(upload),
      PartNumber: number,
      Body: bytes,
      ChecksumCRC32: await crc32Of(bytes),
    };
    const { ETag } = await client.send(new UploadPartCommand(input));
    return { number, etag: writtenEtag(ETag) };
  });
}

async function crc32Of(bytes: Uint8Array): Promise<string> {
  const running = checksums.begin('CRC32');
  running?.update(bytes);
  return (await running?.digest()) ?? '';
}
