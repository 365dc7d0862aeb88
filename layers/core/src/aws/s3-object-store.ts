import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { Ownership } from '../model/acl.ts';
import { type Acl, AclSchema } from '../model/acl.ts';
import { defined } from '../model/defined.ts';
import { isStoreError, StoreError } from '../model/errors.ts';
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
import { attempt, uri } from './s3-attempt.ts';
import { bucketRegion, statusOf, toStoreError } from './s3-errors.ts';
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

/** GetObjectAcl. Names and addresses are left out: S3 shows names to some and not to others, and addresses to nobody. */
function getAcl(client: S3Client, ref: ObjectRef): Promise<Acl> {
  return attempt(`read the ACL of ${uri(ref)}`, async () => {
    const { Owner, Grants = [] } = await client.send(new GetObjectAclCommand(objectInput(ref)), QUICK);
    const parsed = v.safeParse(AclSchema, {
      owner: Owner?.ID,
      // It can be written, and allows nothing.
      grants: Grants.filter(({ Permission }) => Permission !== 'WRITE').map(({ Grantee, Permission }) => ({
        to: Grantee?.URI ?? Grantee?.ID,
        may: Permission,
      })),
    });
    if (parsed.success) return parsed.output;
    throw new StoreError('invalid', `the ACL of ${uri(ref)} is none that is known`);
  });
}

/** HeadBucket; of a bucket of another region S3 says where it is, before it looks at whose. */
async function bucketState(client: S3Client, bucket: string): Promise<BucketState> {
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }), QUICK);
    return { state: 'exists', ...defined({ region: BucketRegion }) };
  } catch (error) {
    const region = bucketRegion(error);
    const status = statusOf(error);
    if (region !== undefined && (status === 301 || status === 400)) return { state: 'elsewhere', region };
    const known = toStoreError(error, `look for the bucket ${bucket}`);
    if (isStoreError(known, 'not-found', 'no-such-bucket')) return { state: 'absent' };
    if (isStoreError(known, 'access-denied')) return { state: 'access-denied' };
    throw known;
  }
}
