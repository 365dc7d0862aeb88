import { Readable } from 'node:stream';
import {
  type DeleteMarkerEntry,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
  type _Object as S3Object,
} from '@aws-sdk/client-s3';
import { defined } from '../model/defined.ts';
import { StoreError } from '../model/errors.ts';
import type { ListedObject, ListedVersion } from '../model/object.ts';
import type { ListRequest, ListVersionsRequest, ObjectPage, VersionPage } from '../ports/object-store.ts';
import { attempt } from './s3-attempt.ts';
import { bareEtag, decodeListedKey } from './s3-encoding.ts';
import { NULL_VERSION } from './s3-facts.ts';
import { QUICK } from './s3-quick.ts';

// Keys can hold characters that XML cannot: S3 is always asked to encode them, and says so when it did.
const ENCODED = 'url';

export function listObjects(client: S3Client, request: ListRequest): Promise<ObjectPage> {
  return attempt(`list s3://${request.bucket}`, () => listPage(client, request));
}

async function listPage(client: S3Client, request: ListRequest): Promise<ObjectPage> {
  const page = await client.send(
    new ListObjectsV2Command({
      Bucket: request.bucket,
      EncodingType: ENCODED,
      ...defined({ Prefix: request.prefix, StartAfter: request.after, MaxKeys: request.limit }),
    }),
    QUICK,
  );
  const decode = decoder(page.EncodingType);
  return {
    objects: (page.Contents ?? []).map((object) => toListedObject(object, decode)),
    more: page.IsTruncated ?? false,
  };
}

export function listObjectVersions(client: S3Client, request: ListVersionsRequest): Promise<VersionPage> {
  return attempt(`list the versions of s3://${request.bucket}`, () => versionsPage(client, request));
}

async function versionsPage(client: S3Client, request: ListVersionsRequest): Promise<VersionPage> {
  const command = new ListObjectVersionsCommand({
    Bucket: request.bucket,
    EncodingType: ENCODED,
    ...defined({
      Prefix: request.prefix,
      MaxKeys: request.limit,
      KeyMarker: request.marker?.key,
      VersionIdMarker: request.marker?.versionId,
    }),
  });
  const order = watchVersionOrder(command);
  return toVersionPage(await client.send(command, QUICK), order());
}

type Decode = (key: string | undefined) => string;

function decoder(encodingType: string | undefined): Decode {
  return encodingType === ENCODED ? (key = '') => decodeListedKey(key) : (key = '') => key;
}

function toListedObject(object: S3Object, decode: Decode): ListedObject {
  return {
    key: decode(object.Key),
    etag: bareEtag(object.ETag),
    size: object.Size ?? 0,
    lastModified: wholeSeconds(object.LastModified),
    storageClass: object.StorageClass ?? 'STANDARD',
  };
}

function toVersionPage(page: ListObjectVersionsCommandOutput, order: VersionOrder): VersionPage {
  const decode = decoder(page.EncodingType);
  const versions = (page.Versions ?? []).map((version) => toVersion(version, decode));
  const markers = (page.DeleteMarkers ?? []).map((marker) => toMarker(marker, decode));
  const listed = interleave(versions, markers, order);
  if (page.IsTruncated !== true) return { versions: listed };
  const versionId = page.NextVersionIdMarker || undefined;
  return { versions: listed, next: { key: decode(page.NextKeyMarker), ...defined({ versionId }) } };
}

function interleave(
  versions: readonly ListedVersion[],
  markers: readonly ListedVersion[],
  order: VersionOrder,
): ListedVersion[] {
  const sources = { version: versions.values(), marker: markers.values() };
  const listed = order.flatMap((kind) => [...sources[kind].take(1)]);
  if (listed.length === versions.length + markers.length) return listed;
  throw new StoreError('invalid', 'a listing of versions could not be read in its order');
}

function toVersion(version: ObjectVersion, decode: Decode): ListedVersion {
  return {
    ...common(version, decode),
    deleteMarker: false,
    etag: bareEtag(version.ETag),
    size: version.Size ?? 0,
    storageClass: version.StorageClass ?? 'STANDARD',
  };
}

function toMarker(marker: DeleteMarkerEntry, decode: Decode): ListedVersion {
  return { ...common(marker, decode), deleteMarker: true };
}

function common(version: ObjectVersion | DeleteMarkerEntry, decode: Decode) {
  return {
    key: decode(version.Key),
    versionId: version.VersionId ?? NULL_VERSION,
    lastModified: wholeSeconds(version.LastModified),
    latest: version.IsLatest ?? false,
  };
}

/** A HEAD has whole seconds; some stores list more, and the two must compare equal. */
export function wholeSeconds(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? 0) / 1000) * 1000;
}

/** Whether each line of the listing, from the top, is a version or a delete marker. */
type VersionOrder = ReadonlyArray<'version' | 'marker'>;

/**
 * Lets a command note the order of its answer. The SDK sorts S3's one list into versions and delete markers, and
 * which of two lines of the same second is newer can then no longer be told.
 *
 * @returns a function to call after the command was sent
 */
function watchVersionOrder(command: ListObjectVersionsCommand): () => VersionOrder {
  let order: VersionOrder = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (!hasBody(response)) return result;
      const bytes = await collect(response.body);
      order = orderIn(bytes.toString('utf8'));
      response.body = Readable.from([bytes], { objectMode: false });
      return result;
    },
    // Low in its step: this close to the wire the answer is still text.
    { step: 'deserialize', priority: 'low', name: 'watchVersionOrder' },
  );
  return () => order;
}

/** Texts within the answer are escaped, so a tag is a tag. */
function orderIn(xml: string): VersionOrder {
  return [...xml.matchAll(/<(Version|DeleteMarker)[ >]/g)].map(([, tag]) =>
    tag === 'Version' ? 'version' : 'marker',
  );
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function hasBody(response: unknown): response is { body: AsyncIterable<Uint8Array> } {
  if (typeof response !== 'object' || response === null || !('body' in response)) return false;
  const { body } = response;
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
