import type { Acl, Ownership } from '@holdfast/core/model/acl.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { isStoreError, StoreError } from '@holdfast/core/model/errors.ts';
import type { Tags } from '@holdfast/core/model/object.ts';
import type { ThawRequest } from '@holdfast/core/model/thaw.ts';
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
} from '@holdfast/core/ports/object-store.ts';
import { type OwnerOf, ownAccount } from './bucket-owners.ts';
import { MultipartUploads } from './memory-multipart.ts';
import type { MemoryS3 } from './memory-s3.ts';
import { type Access, checkCondition, openBucket, openBytes, openObject, openSource } from './s3-access.ts';
import { aclOf } from './s3-acls.ts';
import { objectPage, versionPage } from './s3-pages.ts';
import {
  checksumOf,
  checkTags,
  makeContent,
  md5,
  NULL_VERSION,
  type StoredObject,
  toFacts,
} from './s3-version.ts';

/** The object store over a {@link MemoryS3}. */
export class MemoryObjectStore implements ObjectStore {
  readonly #world: MemoryS3;
  readonly #access: Access;
  readonly #uploads: MultipartUploads;

  constructor(world: MemoryS3, ownerOf: OwnerOf = ownAccount, uploads = new MultipartUploads(world)) {
    this.#world = world;
    this.#access = { world, ownerOf };
    this.#uploads = uploads;
  }

  ofAccount(bucket: string, account: string): MemoryObjectStore {
    const { world, ownerOf } = this.#access;
    return new MemoryObjectStore(world, (name) => (name === bucket ? account : ownerOf(name)), this.#uploads);
  }

  /** What a lifecycle rule does to uploads into a bucket that began before a time and never ended. */
  expireUploads(bucket: string, before: number): void {
    this.#uploads.expire(bucket, before);
  }

  head(ref: ObjectRef): Promise<HeadResult> {
    return this.#world.requests.run('head', [ref], () => this.#head(ref));
  }

  bucket(bucket: string): Promise<BucketState> {
    return this.#world.requests.run('bucket', [bucket], () => this.#bucketState(bucket));
  }

  list(request: ListRequest): Promise<ObjectPage> {
    return this.#world.requests.run('list', [request], () =>
      objectPage(openBucket(this.#access, request.bucket), request, this.#world.limits.pageSize),
    );
  }

  listVersions(request: ListVersionsRequest): Promise<VersionPage> {
    return this.#world.requests.run('listVersions', [request], () =>
      versionPage(openBucket(this.#access, request.bucket), request, this.#world.limits.pageSize),
    );
  }

  copy(request: CopyRequest): Promise<Written> {
    return this.#world.requests.run('copy', [request], () => this.#copy(request));
  }

  beginMultipart(start: MultipartStart): Promise<UploadRef> {
    return this.#world.requests.run('beginMultipart', [start], () => {
      const bucket = openBucket(this.#access, start.to.bucket, start.to.key);
      checkTags(start.tags);
      this.#world.granted(bucket, start.grants);
      return this.#uploads.begin(start);
    });
  }

  copyPart(upload: UploadRef, part: PartCopy): Promise<Part> {
    return this.#world.requests.run('copyPart', [upload, part], () => this.#copyPart(upload, part));
  }

  listParts(upload: UploadRef): Promise<Part[]> {
    return this.#world.requests.run('listParts', [upload], () => {
      openBucket(this.#access, upload.bucket, upload.key);
      return this.#uploads.parts(upload);
    });
  }

  completeMultipart(upload: UploadRef, parts: readonly Part[], condition?: WriteCondition): Promise<Written> {
    return this.#world.requests.run('completeMultipart', [upload, parts, condition], () => {
      const bucket = openBucket(this.#access, upload.bucket, upload.key);
      const { content, since } = this.#uploads.assemble(upload, parts);
      checkCondition(bucket, upload.key, condition);
      this.#uploads.abort(upload);
      const reason = 'CompleteMultipartUpload';
      const encrypted = { ...content, ...defined({ kmsKey: bucket.kmsKey }) };
      return toWritten(this.#world.write(bucket, upload.key, encrypted, reason, since));
    });
  }

  abortMultipart(upload: UploadRef): Promise<void> {
    return this.#world.requests.run('abortMultipart', [upload], () => this.#uploads.abort(upload));
  }

  thaw(ref: ObjectRef, request: ThawRequest): Promise<ThawAnswer> {
    return this.#world.requests.run('thaw', [ref, request], () =>
      this.#world.askThaw(openObject(this.#access, ref), ref.bucket, request),
    );
  }

  getTags(ref: ObjectRef): Promise<Tags> {
    return this.#world.requests.run('getTags', [ref], () => ({
      ...openObject(this.#access, ref).content.tags,
    }));
  }

  getAcl(ref: ObjectRef): Promise<Acl> {
    return this.#world.requests.run('getAcl', [ref], () => {
      const { content } = openObject(this.#access, ref);
      const bucket = openBucket(this.#access, ref.bucket);
      if (bucket.deniedAcls.has(ref.key))
        throw new StoreError('access-denied', `access denied to the ACL of ${ref.key}`);
      return aclOf(bucket, content);
    });
  }

  ownership(bucket: string): Promise<Ownership> {
    return this.#world.requests.run('ownership', [bucket], () => openBucket(this.#access, bucket).ownership);
  }

  putTags(ref: ObjectRef, tags: Tags): Promise<void> {
    return this.#world.requests.run('putTags', [ref, tags], () => {
      openObject(this.#access, ref).content.tags = checkTags(tags);
    });
  }

  hide(ref: { bucket: string; key: string; ifMatch?: string }): Promise<{ versionId?: string }> {
    return this.#world.requests.run('hide', [ref], () => {
      const bucket = openBucket(this.#access, ref.bucket, ref.key);
      if (ref.ifMatch !== undefined) checkCondition(bucket, ref.key, { ifMatch: ref.ifMatch });
      const marker = this.#world.erase(bucket, ref.key, 'DeleteObject');
      return versionOf(marker?.versionId);
    });
  }

  put(
    ref: { bucket: string; key: string },
    text: string,
    contentType: string,
    condition?: WriteCondition,
  ): Promise<Written> {
    return this.#world.requests.run('put', [ref, text, contentType, condition], () =>
      this.#write(ref, Buffer.from(text), { contentType, ...defined({ condition }) }),
    );
  }

  write(
    ref: { bucket: string; key: string },
    bytes: Uint8Array,
    options: WriteOptions = {},
  ): Promise<Written> {
    return this.#world.requests.run('write', [ref, bytes, options], () =>
      this.#write(ref, Buffer.from(bytes), options),
    );
  }

  writePart(upload: UploadRef, number: number, bytes: Uint8Array): Promise<Part> {
    return this.#world.requests.run('writePart', [upload, number, bytes], () => {
      openBucket(this.#access, upload.bucket, upload.key);
      return this.#uploads.add(upload, number, Buffer.from(bytes));
    });
  }

  get(ref: ObjectRef): Promise<string> {
    return this.#world.requests.run('get', [ref], () =>
      openBytes(this.#access, ref).content.body.toString('utf8'),
    );
  }

  open(ref: ObjectRef & { readonly ifMatch?: string }, options: OpenOptions = {}): Promise<OpenObject> {
    return this.#world.requests.run('open', [ref, options], () => {
      const object = openBytes(this.#access, ref);
      const { first, last } = bounds(options, object.content.body.length);
      const { checksum, ...facts } = toFacts(object, this.#world.now());
      return {
        object: options.range === undefined ? { ...facts, ...defined({ checksum }) } : facts,
        body: chunks(object.content.body.subarray(first, last), options.signal),
      };
    });
  }

  #write(
    ref: { bucket: string; key: string },
    body: Buffer,
    { contentType, metadata, condition }: WriteOptions,
  ): Written {
    const bucket = openBucket(this.#access, ref.bucket, ref.key);
    checkCondition(bucket, ref.key, condition);
    const attributes = { headers: defined({ contentType }), ...defined({ metadata }) };
    const content = makeContent(body, md5(body), attributes);
    return toWritten(this.#world.write(bucket, ref.key, content, 'PutObject'));
  }

  #head(ref: ObjectRef): HeadResult {
    try {
      const object = openObject(this.#access, ref);
      if (object.content.customerKey) return { found: false, why: 'customer-key' };
      return { found: true, object: toFacts(object, this.#world.now()) };
    } catch (error) {
      if (isStoreError(error, 'access-denied')) return { found: false, why: 'access-denied' };
      // As from S3, a HEAD cannot tell a missing bucket from a missing object.
      if (isStoreError(error, 'not-found', 'no-such-bucket')) return { found: false, why: 'absent' };
      throw error;
    }
  }

  #bucketState(name: string): BucketState {
    try {
      const { region } = openBucket(this.#access, name);
      return { state: region === this.#world.region ? 'exists' : 'elsewhere', region };
    } catch (error) {
      if (isStoreError(error, 'access-denied')) return { state: 'access-denied' };
      if (isStoreError(error, 'no-such-bucket')) return { state: 'absent' };
      throw error;
    }
  }

  #copy(request: CopyRequest): Written {
    const { to, condition, tags, websiteRedirect, storageClass = 'STANDARD', grants } = request;
    const target = openBucket(this.#access, to.bucket, to.key);
    const { content } = openSource(this.#access, request);
    this.#checkCopySize(content.body.length);
    checkCondition(target, to.key, condition);
    const { body, headers, metadata, customerKey, recorded } = content;
    // Neither a redirect nor a lock goes along, and what encrypts it is the bucket's choice.
    const copy = {
      body,
      headers,
      metadata,
      customerKey,
      // A copy is one part, also of an object that was uploaded in many: its ETag can be another than the source's.
      etag: md5(content.body),
      tags: checkTags(tags ?? content.tags),
      storageClass,
      ...this.#world.granted(target, grants),
      ...defined({ recorded, kmsKey: target.kmsKey }),
      ...(websiteRedirect === undefined ? {} : { websiteRedirect }),
    };
    return toWritten(this.#world.write(target, to.key, copy, 'CopyObject'));
  }

  #copyPart(upload: UploadRef, part: PartCopy): Part {
    openBucket(this.#access, upload.bucket, upload.key);
    this.#uploads.parts(upload);
    const { body } = openBytes(this.#access, part.from).content;
    this.#checkCopySize(part.last - part.first + 1);
    if (part.first < 0 || part.first > part.last || part.last >= body.length) {
      throw new StoreError('invalid', `there are no bytes ${part.first} to ${part.last} in ${part.from.key}`);
    }
    return this.#uploads.add(upload, part.number, body.subarray(part.first, part.last + 1));
  }

  #checkCopySize(bytes: number): void {
    const { maxCopyBytes } = this.#world.limits;
    if (bytes > maxCopyBytes) {
      throw new StoreError('invalid', `the copy source is larger than the maximum: ${maxCopyBytes}`);
    }
  }
}

/** The bytes that are asked for, the end not included. */
function bounds({ range }: OpenOptions, size: number): { first: number; last: number } {
  if (range === undefined) return { first: 0, last: size };
  if (range.first >= size)
    throw new StoreError('invalid', `byte ${range.first} lies beyond the end of ${size} bytes`);
  return { first: range.first, last: Math.min(size, (range.last ?? size) + 1) };
}

const CHUNK_BYTES = 64 * 1024;

async function* chunks(body: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    signal?.throwIfAborted();
    yield body.subarray(at, at + CHUNK_BYTES);
  }
}

function versionOf(versionId: string | undefined): { versionId?: string } {
  return versionId === undefined || versionId === NULL_VERSION ? {} : { versionId };
}

function toWritten(object: StoredObject): Written {
  const { etag, body, kmsKey } = object.content;
  return { etag, checksum: checksumOf(body), ...versionOf(object.versionId), ...defined({ kmsKey }) };
}
