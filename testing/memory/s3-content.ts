import type { Grants } from '@holdfast/core/model/acl.ts';
import type { Archive, Checksum, ContentHeaders, Lock, Tags } from '@holdfast/core/model/object.ts';

/** A thaw that was asked for: when its bytes can be read, and until when where the copy is a temporary one. */
export type Thawing = { readonly readyAt: number; readonly until?: number };

/** Bytes, their ETag, and what is kept beside them. */
export type Content = {
  body: Buffer;
  readonly etag: string;
  /** What S3 has recorded, when the body is no longer what it was. */
  recorded?: Checksum;
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly websiteRedirect?: string;
  readonly customerKey: boolean;
  tags: Tags;
  storageClass: string;
  readonly archiveStatus?: Archive;
  readonly kmsKey?: string;
  readonly lock?: Lock;
  readonly legalHold?: true;
  /** Absent for the default ACL. */
  grants?: Grants;
  /** Set when an archived object was asked for. */
  thaw?: Thawing;
};
