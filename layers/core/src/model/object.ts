/** The content headers S3 keeps with an object and gives back with it. */
export type ContentHeaders = {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** As S3 sent it: any text is accepted there, not only an HTTP date. */
  readonly expires?: string;
};

/** Object tags by key. S3 allows ten. */
export type Tags = Readonly<Record<string, string>>;

/** A checksum over the whole object, base64 as S3 gives it. */
export type Checksum = { readonly algorithm: string; readonly value: string };

/** What a listing tells of an object's current version. */
export type ListedObject = {
  readonly key: string;
  /** Without the quotes. */
  readonly etag: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970, whole seconds: S3 keeps no more. */
  readonly lastModified: number;
  readonly storageClass: string;
};

/** What a HEAD tells of one version. */
export type ObjectFacts = Omit<ListedObject, 'key'> & {
  /** Absent in a bucket that was never versioned. */
  readonly versionId?: string;
  /** True when the bytes cannot be read until they are thawed. */
  readonly archived: boolean;
  /** Where the bytes lie if that is an archive, thawed or not. */
  readonly archive?: Archive;
  /** What became of a request to thaw them; absent when there was none, or its copy has expired. */
  readonly thaw?: ThawState;
  readonly headers: ContentHeaders;
  /** User metadata as S3 sent it; values beyond ASCII come RFC 2047 encoded. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tagCount: number;
  readonly websiteRedirect?: string;
  readonly checksum?: Checksum;
  /** How S3 encrypts it, in its words: `AES256`, `aws:kms`, `aws:kms:dsse`. */
  readonly encryption?: string;
  /** The key's ARN, where it is one of KMS. */
  readonly kmsKey?: string;
  /** Object Lock, as far as whoever asks may see it. */
  readonly lock?: Lock;
  readonly legalHold?: true;
};

/** Retention by Object Lock: `GOVERNANCE` or `COMPLIANCE`, until a moment (ms since 1970). */
export type Lock = { readonly mode: string; readonly until: number };

/** One line of a version listing: a version, or a delete marker (no size, no ETag). */
export type ListedVersion = {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: number;
  readonly latest: boolean;
} & (
  | { readonly deleteMarker: true }
  | {
      readonly deleteMarker: false;
      readonly etag: string;
      readonly size: number;
      readonly storageClass: string;
    }
);

/** Where bytes have to be thawed: two storage classes, and two tiers of Intelligent-Tiering that only a HEAD shows. */
export const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'] as const;
export type Archive = (typeof ARCHIVES)[number];

/** Asked for and on its way, or readable: until a moment (ms since 1970) where the copy is a temporary one. */
export type ThawState = { readonly state: 'thawing' } | { readonly state: 'thawed'; readonly until?: number };

/**
 * The archive that a storage class is, if it is one. `GLACIER_IR` reads at once; Intelligent-Tiering says by
 * `ArchiveStatus` on a HEAD whether it archived an object.
 */
export function archiveOf(storageClass: string): Archive | undefined {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE' ? storageClass : undefined;
}

/** True for the classes whose objects must be thawed before they can be read. */
export function isArchivedClass(storageClass: string): boolean {
  return archiveOf(storageClass) !== undefined;
}
