import type { Grants, Ownership } from '@holdfast/core/model/acl.ts';
import type { ContentHeaders, Tags } from '@holdfast/core/model/object.ts';
import type { ObjectRef, ObjectStore } from '@holdfast/core/ports/object-store.ts';

/** What an owner may say of an object; metadata beyond ASCII as S3 gives it back, in RFC 2047 words. */
export type OwnerAttributes = {
  readonly headers?: ContentHeaders;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Tags;
  readonly storageClass?: 'GLACIER' | 'DEEP_ARCHIVE' | 'GLACIER_IR';
  readonly customerKey?: boolean;
  readonly grants?: Grants;
};

/** A store, and its buckets' owners, who act beside the pipeline. */
export type StoreWorld = {
  readonly store: ObjectStore;
  createBucket(options: { readonly versioned: boolean; readonly ownership?: Ownership }): Promise<string>;
  put(bucket: string, key: string, body: string | Uint8Array, attributes?: OwnerAttributes): Promise<string>;
  /** PutObjectAcl of the current or the named version. */
  grant(ref: ObjectRef, grants: Grants): Promise<void>;
  delete(bucket: string, key: string): Promise<void>;
  /** Lets as much time pass as it takes to thaw an object that was asked for. */
  untilThawed(ref: ObjectRef): Promise<void>;
};

/** What an emulator is known to do otherwise than S3: each flag that is off leaves some cases out. */
export type StoreAbilities = {
  /** CopyObject answers with the checksum that was asked for. */
  readonly checksumOfCopy: boolean;
  /** Listings of versions encode keys, so that characters XML cannot hold come through. */
  readonly encodedVersionListing: boolean;
  /** A copy or a GET of an archived object is refused. */
  readonly archive: boolean;
  /** CopyObject sets a website redirect. */
  readonly redirectOfCopy: boolean;
  /** CreateMultipartUpload takes tags. */
  readonly tagsOfMultipart: boolean;
  /** Keys beyond 1,024 bytes are refused. */
  readonly keyLimit: boolean;
};

export const ALL_ABILITIES: StoreAbilities = {
  checksumOfCopy: true,
  encodedVersionListing: true,
  archive: true,
  redirectOfCopy: true,
  tagsOfMultipart: true,
  keyLimit: true,
};

export type StoreSuite = { readonly world: () => StoreWorld; readonly can: StoreAbilities };
