import type { Acl, Grants, Ownership } from '../model/acl.ts';
import type {
  Checksum,
  ContentHeaders,
  ListedObject,
  ListedVersion,
  ObjectFacts,
  Tags,
} from '../model/object.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { ThawRequest } from '../model/thaw.ts';

/** What a request for an archived object came to: asked now, on its way already, or readable already. */
export type ThawAnswer = 'asked' | 'thawing' | 'thawed';

/** One object, or one version of it. */
export type ObjectRef = { readonly bucket: string; readonly key: string; readonly versionId?: string };

/**
 * A write that is only done on what was seen before: on this ETag, or on no object at all. Otherwise it is refused
 * with `precondition-failed`; so is, with `ifMatch`, a copy whose source is no more, unless it is a named version.
 */
export type WriteCondition = { readonly ifMatch: string } | { readonly ifAbsent: true };

/** What a HEAD found. `absent` alone is no proof of a deletion: a missing bucket answers the same. */
export type HeadResult =
  | { readonly found: true; readonly object: ObjectFacts }
  | { readonly found: false; readonly why: 'absent' | 'access-denied' | 'customer-key' };

export type BucketState =
  | { readonly state: 'exists'; readonly region?: string }
  /** There is one of that name in another region; whose it is, S3 does not say. */
  | { readonly state: 'elsewhere'; readonly region: string }
  | { readonly state: 'absent' }
  | { readonly state: 'access-denied' };

export type CopyRequest = {
  /** With `ifMatch`, exactly the state that a HEAD saw is copied. */
  readonly from: ObjectRef & { readonly ifMatch?: string };
  readonly to: { readonly bucket: string; readonly key: string };
  readonly condition?: WriteCondition;
  /** Replaces the tags; absent means: as they are at the source. */
  readonly tags?: Tags;
  /** S3 does not copy a website redirect by itself. */
  readonly websiteRedirect?: string;
  /** STANDARD unless said. */
  readonly storageClass?: StorageClass;
  /** Grants exactly this; absent means: everything to its owner, and nothing to others. */
  readonly grants?: Grants;
};

export type Written = {
  readonly versionId?: string;
  readonly etag: string;
  readonly checksum?: Checksum;
  /** The KMS key that it was encrypted with, where the bucket says one. */
  readonly kmsKey?: string;
};

/** Everything a multipart copy has to carry over by itself. */
export type MultipartStart = {
  readonly to: { readonly bucket: string; readonly key: string };
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Tags;
  readonly websiteRedirect?: string;
  /** STANDARD unless said. */
  readonly storageClass?: StorageClass;
  /** Grants exactly this; absent means: everything to its owner, and nothing to others. */
  readonly grants?: Grants;
  /** Of the whole object; CRC64NVME unless said. An upload whose parts are written, not copied, takes CRC32. */
  readonly checksum?: 'CRC32';
};

/** What is kept beside bytes that are written. */
export type WriteOptions = {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition?: WriteCondition;
};

export type UploadRef = { readonly bucket: string; readonly key: string; readonly uploadId: string };
export type Part = { readonly number: number; readonly etag: string };
/** Bytes `first` to `last`, both included. */
export type PartCopy = {
  readonly number: number;
  readonly from: ObjectRef & { readonly ifMatch: string };
  readonly first: number;
  readonly last: number;
};

export type ListRequest = {
  readonly bucket: string;
  readonly prefix?: string;
  /** Only keys after this one, in UTF-8 order. */
  readonly after?: string;
  readonly limit?: number;
};
export type ObjectPage = { readonly objects: readonly ListedObject[]; readonly more: boolean };
export type VersionPage = {
  readonly versions: readonly ListedVersion[];
  readonly next?: { readonly key: string; readonly versionId?: string };
};
export type ListVersionsRequest = Omit<ListRequest, 'after'> & {
  /** Where the last page ended; a key alone skips all versions of that key. */
  readonly marker?: { readonly key: string; readonly versionId?: string };
};

export type OpenOptions = {
  /** Bytes `first` to `last`, both included; without `last`, to the end. */
  readonly range?: { readonly first: number; readonly last?: number };
  /** Ends the request, and the stream, with the signal's reason. */
  readonly signal?: AbortSignal;
};
/** An object that is being read. The body has to be read to its end, or left by `break`. */
export type OpenObject = {
  /** As a HEAD of the whole object tells; no checksum when only a range is read. */
  readonly object: ObjectFacts;
  readonly body: AsyncIterable<Uint8Array>;
};

/**
 * Buckets as Holdfast needs them: source, vault and target alike. There is no way in it to destroy a version (I5).
 *
 * Every method throws {@link StoreError} and nothing else. The adapter retries what is throttled or unavailable a
 * few times itself; a StoreError with such a code means it gave up, and the message should return to its queue.
 * All methods are safe to repeat; `copy`, `completeMultipart`, `put` and `hide` then leave one more version.
 */
export interface ObjectStore {
  /**
   * The same store, for which this bucket has to belong to another account than one's own. To everybody else's bucket each
   * request is refused with `access-denied`, whatever it holds and whoever may read it.
   *
   * @param account 12 digits
   */
  ofAccount(bucket: string, account: string): ObjectStore;
  /** The current or the named version's facts. @throws StoreError never with `not-found`: that is a result */
  head(ref: ObjectRef): Promise<HeadResult>;
  /** Whether the bucket is there and may be used. */
  bucket(bucket: string): Promise<BucketState>;
  /** One page, up to 1,000, ordered by UTF-8 bytes. @throws StoreError `no-such-bucket`, `access-denied` */
  list(request: ListRequest): Promise<ObjectPage>;
  /** One page, ordered by key, each key's newest version first. */
  listVersions(request: ListVersionsRequest): Promise<VersionPage>;
  /**
   * Server-side copy of up to 5 GiB, with headers, metadata and, unless given, tags. Lock and encryption are as the bucket
   * it goes to has them by default.
   * @throws StoreError `not-found`, `archived`, `precondition-failed` (either side's), `access-denied`, `no-such-bucket`; with
   *   grants also `invalid`, where the bucket takes no ACLs or knows a grantee not
   */
  copy(request: CopyRequest): Promise<Written>;
  beginMultipart(start: MultipartStart): Promise<UploadRef>;
  /** @throws StoreError `precondition-failed` when the source is no longer what it was */
  copyPart(upload: UploadRef, part: PartCopy): Promise<Part>;
  /** All parts that are there, by number. @throws StoreError `not-found` when the upload is over or aborted */
  listParts(upload: UploadRef): Promise<Part[]>;
  /**
   * Ends the upload. The version is dated, and takes its place among the others, by when its upload began: what was
   * written meanwhile is the newer one, as S3 has it.
   * @throws StoreError `not-found` when the upload is over, `precondition-failed`, `invalid` for parts not there
   */
  completeMultipart(upload: UploadRef, parts: readonly Part[], condition?: WriteCondition): Promise<Written>;
  /** Does nothing when the upload is gone. */
  abortMultipart(upload: UploadRef): Promise<void>;
  /**
   * Asks for an archived object's bytes; S3 tells by an event when they can be read. Safe to repeat: a request that is
   * on its way stays as it is.
   * @throws StoreError `not-archived` for bytes that need no thawing, `not-found`, `access-denied`
   */
  thaw(ref: ObjectRef, request: ThawRequest): Promise<ThawAnswer>;
  getTags(ref: ObjectRef): Promise<Tags>;
  /**
   * The ACL of the current or the named version.
   * @throws StoreError `not-found`, `access-denied`, `invalid` for one that is none as S3 documents them
   */
  getAcl(ref: ObjectRef): Promise<Acl>;
  /** What the bucket does with ACLs. @throws StoreError `no-such-bucket`, `access-denied` */
  ownership(bucket: string): Promise<Ownership>;
  /** Replaces all tags of the version. */
  putTags(ref: ObjectRef, tags: Tags): Promise<void>;
  /**
   * Puts a delete marker on the key of a versioned bucket; every version stays.
   * @throws StoreError `precondition-failed` when the current version is another
   */
  hide(ref: {
    readonly bucket: string;
    readonly key: string;
    readonly ifMatch?: string;
  }): Promise<{ versionId?: string }>;
  /**
   * Writes a small text object (reports, settings, records, long keys' names).
   * @throws StoreError `precondition-failed` when the condition does not hold
   */
  put(
    ref: { readonly bucket: string; readonly key: string },
    text: string,
    contentType: string,
    condition?: WriteCondition,
  ): Promise<Written>;
  /**
   * Writes bytes that are in memory, in one request, with a CRC32 that S3 compares and keeps.
   * @throws StoreError `precondition-failed` when the condition does not hold
   */
  write(
    ref: { readonly bucket: string; readonly key: string },
    bytes: Uint8Array,
    options?: WriteOptions,
  ): Promise<Written>;
  /** Writes bytes as one part of an upload that was begun with the checksum CRC32; all but the last take 5 MiB or more. */
  writePart(upload: UploadRef, number: number, bytes: Uint8Array): Promise<Part>;
  /** Reads a small text object. @throws StoreError `not-found` */
  get(ref: ObjectRef): Promise<string>;
  /**
   * Reads an object's bytes as they come, unchecked: whoever reads compares length and checksum.
   * @throws StoreError `not-found`, `archived`, `customer-key`, `precondition-failed`, `invalid` for a range beyond the
   *   end; also while the body is read
   */
  open(ref: ObjectRef & { readonly ifMatch?: string }, options?: OpenOptions): Promise<OpenObject>;
}
