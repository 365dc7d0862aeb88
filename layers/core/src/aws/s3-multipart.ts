import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { isStoreError, StoreError } from '../model/errors.ts';
import type {
  MultipartStart,
  Part,
  PartCopy,
  UploadRef,
  WriteCondition,
  Written,
} from '../ports/object-store.ts';
import { attempt, uri } from './s3-attempt.ts';
import { bareEtag } from './s3-encoding.ts';
import { toWritten, writtenEtag } from './s3-facts.ts';
import { QUICK } from './s3-quick.ts';
import { beginMultipartCommand, completeInput, partInput, uploadInput } from './s3-requests.ts';

export function beginMultipart(client: S3Client, start: MultipartStart): Promise<UploadRef> {
  return attempt(`begin an upload to ${uri(start.to)}`, async () => {
    const { UploadId } = await client.send(beginMultipartCommand(start), QUICK);
    if (UploadId === undefined) throw new StoreError('unavailable', 'S3 gave no upload id');
    return { ...start.to, uploadId: UploadId };
  });
}

export function copyPart(client: S3Client, upload: UploadRef, part: PartCopy): Promise<Part> {
  return attempt(`copy part ${part.number} of ${uri(part.from)}`, async () => {
    const answer = await client.send(new UploadPartCopyCommand(partInput(upload, part)));
    return { number: part.number, etag: writtenEtag(answer.CopyPartResult?.ETag) };
  });
}

/** All parts: there can be ten times as many as a page holds. */
export function listParts(client: S3Client, upload: UploadRef): Promise<Part[]> {
  return attempt(`list the parts of the upload to ${uri(upload)}`, async () => {
    const parts: Part[] = [];
    let marker: string | undefined;
    do {
      const input = { ...uploadInput(upload), ...defined({ PartNumberMarker: marker }) };
      const page = await client.send(new ListPartsCommand(input), QUICK);
      parts.push(
        ...(page.Parts ?? []).map(({ PartNumber = 0, ETag }) => ({
          number: PartNumber,
          etag: bareEtag(ETag),
        })),
      );
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  });
}

export function completeMultipart(
  client: S3Client,
  upload: UploadRef,
  parts: readonly Part[],
  condition: WriteCondition | undefined,
): Promise<Written> {
  const work = async () => {
    const input = completeInput(upload, parts, condition);
    return toWritten(await client.send(new CompleteMultipartUploadCommand(input)));
  };
  return attempt(`complete the upload to ${uri(upload)}`, work, condition);
}

export async function abortMultipart(client: S3Client, upload: UploadRef): Promise<void> {
  try {
    await attempt(`abort the upload to ${uri(upload)}`, () =>
      client.send(new AbortMultipartUploadCommand(uploadInput(upload)), QUICK),
    );
  } catch (error) {
    if (!isStoreError(error, 'not-found')) throw error;
  }
}
