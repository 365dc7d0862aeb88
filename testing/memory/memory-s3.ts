import { createHash } from 'node:crypto';
import { type Grants, sameAcl } from '@holdfast/core/model/acl.ts';
import { StoreError } from '@holdfast/core/model/errors.ts';
import type { Tags } from '@holdfast/core/model/object.ts';
import type { ThawRequest } from '@holdfast/core/model/thaw.ts';
import type { Clock } from '@holdfast/core/ports/clock.ts';
import type { ObjectStore, ThawAnswer } from '@holdfast/core/ports/object-store.ts';
import { MemoryBucket, type Versioning } from './memory-bucket.ts';
import { Requests } from './requests.ts';
import { aclOf, checkGrants } from './s3-acls.ts';
import { askThaw } from './s3-archive.ts';
import type { Content } from './s3-content.ts';
import { type Happening, notification, type S3Notification, thawNotification } from './s3-notifications.ts';
import {
  type Attributes,
  checkKey,
  checksumOf,
  checkTags,
  makeContent,
  md5,
  multipartEtag,
  NULL_VERSION,
  type StoredObject,
  type StoredVersion,
} from './s3-version.ts';

export type MemoryS3Options = {
  readonly now: Clock;
  /** Hears what reaches the capture queue: the events of buckets that are wired, in the order they happened. */
  readonly onEvent?: (event: S3Notification) => void;
  /** Hears that an object was thawed, as S3 itself puts it on a queue. */
  readonly onThawed?: (event: S3Notification) => void;
  readonly region?: string;
  /** The largest object or part one copy may make; S3's own limit unless given. */
  readonly maxCopyBytes?: number;
  /** The smallest part of a multipart upload that is not the last one. */
  readonly minPartBytes?: number;
  readonly pageSize?: number;
  /** Every event says the same sequencer, as emulators have it. */
  readonly constantSequencer?: boolean;
};

export type BucketOptions = {
  readonly versioning?: Versioning;
  readonly region?: string;
  /** EventBridge on and the rule there from the beginning. */
  readonly wired?: boolean;
  /** Whose it is; one's own unless said. */
  readonly account?: string;
};

/** When something began: S3 dates and orders a multipart object by its start, not by its end. */
export type Stamp = { readonly order: number; readonly at: number };

type Body = string | Uint8Array;
type Thawed = { readonly bucket: string; readonly object: StoredObject };
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const BY_LIFECYCLE = 'Lifecycle Expiration';

/**
 * A world of buckets, as true to S3 as the pipeline can tell. Its public methods are what the buckets' owners do;
 * the pipeline itself sees the world through {@link MemoryObjectStore}, whose requests are counted and can be made
 * to fail here.
 */
export class MemoryS3 {
  readonly requests = new Requests<keyof ObjectStore>();
  /** Canonical ids of accounts that are no more. */
  readonly unknownUsers = new Set<string>();
  readonly limits: {
    readonly maxCopyBytes: number;
    readonly minPartBytes: number;
    readonly pageSize: number;
  };
  readonly #buckets = new Map<string, MemoryBucket>();
  readonly #options: MemoryS3Options;
  #thawing: Thawed[] = [];
  #ticks = 0;

  constructor(options: MemoryS3Options) {
    this.#options = options;
    const { maxCopyBytes = 5 * GIB, minPartBytes = 5 * MIB, pageSize = 1000 } = options;
    this.limits = { maxCopyBytes, minPartBytes, pageSize };
  }

  /** Where buckets are made unless said otherwise. */
  get region(): string {
    return this.#options.region ?? 'us-east-1';
  }

  createBucket(name: string, options: BucketOptions = {}): MemoryBucket {
    const region = options.region ?? this.region;
    const bucket = new MemoryBucket(name, region, options.versioning ?? 'never');
    bucket.account = options.account ?? bucket.account;
    if (options.wired === true) {
      bucket.eventBridge = true;
      bucket.rule = 'enabled';
    }
    this.#buckets.set(name, bucket);
    return bucket;
  }

  deleteBucket(name: string): void {
    this.#buckets.delete(name);
  }

  /** @throws StoreError `no-such-bucket` */
  bucket(name: string): MemoryBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined || bucket.missing)
      throw new StoreError('no-such-bucket', `there is no bucket ${name}`);
    return bucket;
  }

  /** Takes away the pipeline's access to a bucket, or to one key of it. */
  deny(bucket: string, key?: string): void {
    if (key === undefined) this.bucket(bucket).denied = true;
    else this.bucket(bucket).deniedKeys.add(key);
  }

  allow(bucket: string, key?: string): void {
    if (key === undefined) this.bucket(bucket).denied = false;
    else this.bucket(bucket).deniedKeys.delete(key);
  }

  put(bucket: string, key: string, body: Body, attributes: Attributes = {}): StoredObject {
    const bytes = Buffer.from(body);
    const home = this.bucket(bucket);
    this.granted(home, attributes.grants);
    return this.write(home, key, makeContent(bytes, md5(bytes), attributes), 'PutObject');
  }

  /** @param since when the upload began, if that was before now */
  uploadMultipart(
    bucket: string,
    key: string,
    parts: readonly Body[],
    attributes: Attributes = {},
    since = this.stamp(),
  ): StoredObject {
    const bodies = parts.map((part) => Buffer.from(part));
    const content = makeContent(Buffer.concat(bodies), multipartEtag(bodies.map(md5)), attributes);
    const home = this.bucket(bucket);
    this.granted(home, attributes.grants);
    return this.write(home, key, content, 'CompleteMultipartUpload', since);
  }

  /** A plain DELETE: a marker where there are versions, the end of the object where there are none. */
  delete(bucket: string, key: string): StoredVersion | undefined {
    return this.erase(this.bucket(bucket), key, 'DeleteObject');
  }

  /** Destroys one version, be it current or not. @throws StoreError `access-denied` while it is locked */
  deleteVersion(bucket: string, key: string, versionId: string, reason = 'DeleteObject'): void {
    const home = this.bucket(bucket);
    const version = home.versions(key).find((candidate) => candidate.versionId === versionId);
    if ((version?.lockedUntil ?? 0) > this.#options.now())
      throw new StoreError('access-denied', `version ${versionId} of ${key} in ${bucket} is locked`);
    const removed = home.remove(key, versionId);
    if (removed === undefined) return;
    this.#tell(home, removed, { type: 'Object Deleted', reason, deletion: 'Permanently Deleted' });
  }

  /** PutObjectTagging, or without any DeleteObjectTagging, of the current or the named version. */
  tag(bucket: string, key: string, tags: Tags, versionId?: string): void {
    const object = this.object(bucket, key, versionId);
    object.content.tags = checkTags(tags);
    const type = Object.keys(tags).length === 0 ? 'Object Tags Deleted' : 'Object Tags Added';
    this.#tell(this.bucket(bucket), object, { type });
  }

  /** PutObjectAcl of the current or the named version. S3 tells of it where that changes anything. */
  grant(bucket: string, key: string, grants: Grants | undefined, versionId?: string): void {
    const home = this.bucket(bucket);
    const object = this.object(bucket, key, versionId);
    const before = aclOf(home, object.content);
    delete object.content.grants;
    Object.assign(object.content, this.granted(home, grants));
    if (sameAcl(before.grants, aclOf(home, object.content).grants)) return;
    this.#tell(home, object, { type: 'Object ACL Updated' });
  }

  /** What a bucket keeps of the grants that a write names. @throws StoreError when it takes them not */
  granted(bucket: MemoryBucket, grants: Grants | undefined): { grants?: Grants } {
    return checkGrants(bucket, grants, this.unknownUsers);
  }

  /** What a lifecycle rule does to an object that is due. */
  expire(bucket: string, key: string): void {
    this.erase(this.bucket(bucket), key, BY_LIFECYCLE);
  }

  /** What a lifecycle rule does to a version that has been noncurrent for long enough. */
  expireVersion(bucket: string, key: string, versionId: string): void {
    this.deleteVersion(bucket, key, versionId, BY_LIFECYCLE);
  }

  /** What a lifecycle rule does to move an object to another class: neither its ETag nor its time changes. */
  transition(bucket: string, key: string, storageClass: string): void {
    this.moveTo(this.object(bucket, key), storageClass);
  }

  moveTo({ content }: StoredObject, storageClass: string): void {
    content.storageClass = storageClass;
    delete content.thaw;
  }

  /** Makes an archived object readable, at once and for good. */
  thaw(bucket: string, key: string, versionId?: string): void {
    this.object(bucket, key, versionId).content.thaw = { readyAt: this.now() };
  }

  /** Asks for an archived object; it can be read when its time has come. */
  askThaw(object: StoredObject, bucket: string, request: ThawRequest): ThawAnswer {
    const answer = askThaw(object.content, request, this.now());
    if (answer === 'asked') this.#thawing.push({ bucket, object });
    return answer;
  }

  /** When the next object is thawed that nobody was told of; undefined when none is on its way. */
  nextThawAt(): number | undefined {
    const times = this.#thawing.map(({ object }) => object.content.thaw?.readyAt ?? 0);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Tells of what can be read by now: to be called when time has passed. */
  tellThawed(): void {
    const isDue = ({ object }: Thawed) => (object.content.thaw?.readyAt ?? 0) <= this.now();
    const due = this.#thawing.filter(isDue);
    this.#thawing = this.#thawing.filter((one) => !isDue(one));
    for (const { bucket, object } of due)
      this.#options.onThawed?.(thawNotification(bucket, object, this.now()));
  }

  now(): number {
    return this.#options.now();
  }

  /** Lets the bytes of a version rot below the checksum and the ETag that were recorded of them. */
  rot(bucket: string, key: string, body: Body, versionId?: string): void {
    const { content } = this.object(bucket, key, versionId);
    content.recorded = checksumOf(content.body);
    content.body = Buffer.from(body);
  }

  /** @throws StoreError `not-found` */
  object(bucket: string, key: string, versionId?: string): StoredObject {
    const found = this.bucket(bucket).find(key, versionId);
    if (found === undefined) throw new StoreError('not-found', `there is no object ${key} in ${bucket}`);
    return found;
  }

  /** The text of the current or the named version; undefined when there is none. */
  text(bucket: string, key: string, versionId?: string): string | undefined {
    return this.bucket(bucket).find(key, versionId)?.content.body.toString();
  }

  /** Keys a listing would show, in order. */
  keys(bucket: string): string[] {
    const home = this.bucket(bucket);
    return [...home.walk({})].map(([key]) => key).filter((key) => home.current(key) !== undefined);
  }

  stamp(): Stamp {
    this.#ticks += 1;
    return { order: this.#ticks, at: this.#options.now() };
  }

  /** Adds a version with these contents. Both the owners' writes and the pipeline's end here. */
  write(
    bucket: MemoryBucket,
    key: string,
    content: Content,
    reason: string,
    since = this.stamp(),
  ): StoredObject {
    checkKey(key);
    const lock = bucket.lockMs === 0 ? {} : { lockedUntil: this.#options.now() + bucket.lockMs };
    const version = { ...this.#position(bucket, key, since), ...lock, content };
    bucket.add(version);
    this.#tell(bucket, version, { type: 'Object Created', reason });
    return version;
  }

  erase(bucket: MemoryBucket, key: string, reason: string): StoredVersion | undefined {
    checkKey(key);
    const type = 'Object Deleted';
    if (bucket.versioning === 'never') {
      const removed = bucket.remove(key, NULL_VERSION);
      if (removed) this.#tell(bucket, removed, { type, reason, deletion: 'Permanently Deleted' });
      return removed;
    }
    const marker = this.#position(bucket, key, this.stamp());
    bucket.add(marker);
    this.#tell(bucket, marker, { type, reason, deletion: 'Delete Marker Created' });
    return marker;
  }

  #position(bucket: MemoryBucket, key: string, since: Stamp) {
    const versionId = bucket.versioning === 'enabled' ? opaqueId(this.stamp().order) : NULL_VERSION;
    const lastModified = Math.floor(since.at / 1000) * 1000;
    return { key, versionId, order: since.order, lastModified };
  }

  #tell(bucket: MemoryBucket, version: StoredVersion, happening: Happening): void {
    const { order, at } = this.stamp();
    if (!bucket.eventBridge || bucket.rule !== 'enabled') return;
    const place = this.#options.constantSequencer === true ? 0 : order;
    const sequencer = place.toString(16).toUpperCase().padStart(18, '0');
    this.#options.onEvent?.(notification(bucket, version, happening, { at, sequencer }));
  }
}

/** An id that, as S3's, says nothing of its order; the same in every run. */
function opaqueId(n: number): string {
  return createHash('md5').update(`version ${n}`).digest('base64url');
}
