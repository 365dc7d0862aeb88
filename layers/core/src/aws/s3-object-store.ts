import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Acl, Ownership } from '../model/acl.ts';
import { namedValues } from '../model/named-values.ts';
import type { Tags } from '../model/object.ts';
import type { ThawRequest } from '../model/thaw.ts';
import type {
  BucketState,
  CopyRequest,
  HeadResult,
  ListRequest,
  ListVersionsRequest,
  MultipartStart,
  ObjectPage,
  ObjectRef,
  ObjectStore,
  OpenObject,
  OpenOptions,
  Part,
  PartCopy,
  ThawAnswer,
  UploadRef,
  VersionPage,
  WriteCondition,
  WriteOptions,
  Written,
} from '../ports/object-store.ts';
import { namingOwner } from './expect-owner.ts';
import { getAcl } from './s3-acl.ts';
import { attempt, uri } from './s3-attempt.ts';
import { bucketState } from './s3-bucket.ts';
import { toWritten, versionOf } from './s3-facts.ts';
import { getText } from './s3-get.ts';
import { headObject } from './s3-head.ts';
import { listObjects, listObjectVersions } from './s3-listing.ts';
import { abortMultipart, beginMultipart, completeMultipart, copyPart, listParts } from './s3-multipart.ts';
import { openObject } from './s3-open.ts';
import { bucketOwnership } from './s3-ownership.ts';
import { putBytes, putPart, putText } from './s3-put.ts';
import { QUICK } from './s3-quick.ts';
import { conditionInput, copyInput, objectInput } from './s3-requests.ts';
import { thawObject } from './s3-thaw.ts';

type Place = { readonly bucket: string; readonly key: string };

/** The object store on S3. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  ofAccount(bucket: string, account: string): S3ObjectStore {
    return new S3ObjectStore(namingOwner(this.#client, bucket, account));
  }

  head(ref: ObjectRef): Promise<HeadResult> {
    return headObject(this.#client, ref);
  }

  bucket(bucket: string): Promise<BucketState> {
    return bucketState(this.#client, bucket);
  }

  list(request: ListRequest): Promise<ObjectPage> {
    return listObjects(this.#client, request);
  }

  listVersions(request: ListVersionsRequest): Promise<VersionPage> {
    return listObjectVersions(this.#client, request);
  }

  copy(request: CopyRequest): Promise<Written> {
    const work = async () => {
      const answer = await this.#client.send(new CopyObjectCommand(copyInput(request)));
      const { VersionId, SSEKMSKeyId } = answer;
      return toWritten({ ...answer.CopyObjectResult, VersionId, SSEKMSKeyId });
    };
    return attempt(`copy ${uri(request.from)} to ${uri(request.to)}`, work, request.condition);
  }

  beginMultipart(start: MultipartStart): Promise<UploadRef> {
    return beginMultipart(this.#client, start);
  }

  copyPart(upload: UploadRef, part: PartCopy): Promise<Part> {
    return copyPart(this.#client, upload, part);
  }

  listParts(upload: UploadRef): Promise<Part[]> {
    return listParts(this.#client, upload);
  }

  completeMultipart(upload: UploadRef, parts: readonly Part[], condition?: WriteCondition): Promise<Written> {
    return completeMultipart(this.#client, upload, parts, condition);
  }

  abortMultipart(upload: UploadRef): Promise<void> {
    return abortMultipart(this.#client, upload);
  }

  thaw(ref: ObjectRef, request: ThawRequest): Promise<ThawAnswer> {
    return thawObject(this.#client, ref, request);
  }

  getTags(ref: ObjectRef): Promise<Tags> {
    return attempt(`read the tags of ${uri(ref)}`, async () => {
      const { TagSet = [] } = await this.#client.send(new GetObjectTaggingCommand(objectInput(ref)), QUICK);
      return namedValues(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
    });
  }

  getAcl(ref: ObjectRef): Promise<Acl> {
    return getAcl(this.#client, ref);
  }

  ownership(bucket: string): Promise<Ownership> {
    return bucketOwnership(this.#client, bucket);
  }

  putTags(ref: ObjectRef, tags: Tags): Promise<void> {
    return attempt(`tag ${uri(ref)}`, async () => {
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await this.#client.send(
        new PutObjectTaggingCommand({ ...objectInput(ref), Tagging: { TagSet } }),
        QUICK,
      );
    });
  }

  hide({ ifMatch, ...place }: Place & { readonly ifMatch?: string }): Promise<{ versionId?: string }> {
    const condition = ifMatch === undefined ? undefined : { ifMatch };
    const work = async () => {
      const input = { ...objectInput(place), ...conditionInput(condition) };
      const { VersionId } = await this.#client.send(new DeleteObjectCommand(input), QUICK);
      return versionOf(VersionId);
    };
    return attempt(`put a delete marker on ${uri(place)}`, work, condition);
  }

  put(place: Place, text: string, contentType: string, condition?: WriteCondition): Promise<Written> {
    return putText(this.#client, place, text, contentType, condition);
  }

  write(place: Place, bytes: Uint8Array, options: WriteOptions = {}): Promise<Written> {
    return putBytes(this.#client, place, bytes, options);
  }

  writePart(upload: UploadRef, number: number, bytes: Uint8Array): Promise<Part> {
    return putPart(this.#client, upload, number, bytes);
  }

  get(ref: ObjectRef): Promise<string> {
    return getText(this.#client, ref);
  }

  open(ref: ObjectRef & { readonly ifMatch?: string }, options: OpenOptions = {}): Promise<OpenObject> {
    return openObject(this.#client, ref, options);
  }
}
