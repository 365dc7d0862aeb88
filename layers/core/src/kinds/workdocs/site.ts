import type { Permission, SiteComment } from './model/records.ts';

/** One page of what a site lists; with `next`, there is more. A page may be empty and still not be the last. */
export type SitePage<T> = { readonly items: readonly T[]; readonly next?: string };

export type SiteUser = {
  readonly id: string;
  readonly username: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly surname?: string;
  /** `ACTIVE`, `INACTIVE`, `PENDING`. */
  readonly status?: string;
  readonly type?: string;
  readonly rootFolderId?: string;
  readonly recycleBinFolderId?: string;
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  readonly timeZone?: string;
  readonly locale?: string;
};

type Resource = {
  readonly id: string;
  readonly parentId?: string;
  readonly creatorId?: string;
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  /** `ACTIVE`, `RESTORING`, `RECYCLING`, `RECYCLED`. */
  readonly status: string;
  readonly labels: readonly string[];
  /** Only where one resource was asked for, not from a listing. */
  readonly customMetadata?: Readonly<Record<string, string>>;
};
export type SiteFolder = Resource & { readonly name?: string };
/** `latest` is absent for a document whose first upload has not ended. */
export type SiteDocument = Resource & { readonly latest?: SiteVersion };

export type SiteVersion = {
  readonly id: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly size?: number;
  /** What WorkDocs says identifies the content; which hash it is, it does not say. */
  readonly signature?: string;
  /** `INITIALIZED` until its upload ends, then `ACTIVE`. */
  readonly status?: string;
  readonly creatorId?: string;
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  readonly contentCreatedAt?: number;
  readonly contentModifiedAt?: number;
  readonly customMetadata?: Readonly<Record<string, string>>;
  /** A signed URL, good for some minutes; only from `version`. A secret: never to be logged or kept. */
  readonly downloadUrl?: string;
};

export type SiteActivity = {
  /** As WorkDocs names it: `DOCUMENT_RENAMED` … */
  readonly type: string;
  readonly at: number;
  /** What it happened to; absent where WorkDocs does not say. */
  readonly item?: { readonly kind: 'document' | 'folder'; readonly id: string; readonly name?: string };
};

export type ActivityRequest = {
  /** ms since 1970; `until` is not included. */
  readonly since: number;
  readonly until: number;
  readonly types: readonly string[];
  readonly marker?: string;
};

/** The bytes of a version that is being read. */
export type OpenDownload = {
  /** Bytes that are to come, as the answer's header says; absent when it does not. */
  readonly length?: number;
  readonly body: AsyncIterable<Uint8Array>;
};
export type DownloadOptions = {
  /** Bytes `first` to `last`, both included; without `last`, to the end. */
  readonly range?: { readonly first: number; readonly last?: number };
  readonly signal?: AbortSignal;
};

/**
 * A WorkDocs site, as far as it is read. Listings come in pages, each in one request. All methods are safe to repeat and throw
 * {@link SiteError} and nothing else, after the adapter's own few retries of what is throttled or unavailable.
 *
 * Since WorkDocs ended (2025-04-25) its API is reported to answer with empty lists and not with errors: an empty page
 * proves nothing.
 */
export interface SiteReader {
  /** What happened; in no order that can be relied upon. */
  activities(request: ActivityRequest): Promise<SitePage<SiteActivity>>;
  /** Users, the inactive ones too. @param query as DescribeUsers takes it; absent for all */
  users(options: { readonly query?: string; readonly marker?: string }): Promise<SitePage<SiteUser>>;
  folder(id: string): Promise<SiteFolder>;
  document(id: string): Promise<SiteDocument>;
  /** Folders and documents, those being uploaded and recycled ones too. */
  folderContents(id: string, marker?: string): Promise<SitePage<SiteContent>>;
  /** All versions, those being uploaded too; without URLs. In no order. */
  versions(documentId: string, marker?: string): Promise<SitePage<SiteVersion>>;
  /** One version with a URL to download it by, and its custom metadata. */
  version(documentId: string, versionId: string): Promise<SiteVersion>;
  comments(documentId: string, versionId: string, marker?: string): Promise<SitePage<SiteComment>>;
  permissions(resourceId: string, marker?: string): Promise<SitePage<Permission>>;
  /** Ids and names from the user's root folder down to the resource itself. */
  path(ref: { readonly kind: 'document' | 'folder'; readonly id: string }): Promise<readonly SitePathPart[]>;
  /**
   * Reads by a signed URL. Length and content are unchecked: whoever reads compares them. Any status but 200, or 206 for
   * a range, is an error.
   * @throws SiteError `expired-url`, `not-found`, `unavailable`; also while the body is read
   */
  download(url: string, options?: DownloadOptions): Promise<OpenDownload>;
}

export type SiteContent =
  | { readonly kind: 'folder'; readonly folder: SiteFolder }
  | { readonly kind: 'document'; readonly document: SiteDocument };
export type SitePathPart = { readonly id: string; readonly name?: string };

/** An upload that was begun: the bytes go to the URL with exactly these headers. */
export type BegunUpload = {
  readonly documentId: string;
  readonly versionId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type UploadRequest = {
  /** A new document in a folder, or a new version of a document. */
  readonly place: { readonly parentId: string } | { readonly documentId: string };
  readonly name: string;
  readonly size: number;
  readonly contentType?: string;
  readonly contentCreatedAt?: number;
  readonly contentModifiedAt?: number;
};

/** A WorkDocs site that is restored into. @throws SiteError as {@link SiteReader} */
export interface SiteWriter {
  createFolder(parentId: string, name: string): Promise<SiteFolder>;
  /** InitiateDocumentVersionUpload. */
  beginUpload(request: UploadRequest): Promise<BegunUpload>;
  /** PUTs the bytes to the upload's URL. */
  upload(upload: BegunUpload, body: AsyncIterable<Uint8Array>, size: number): Promise<void>;
  /** UpdateDocumentVersion to ACTIVE: only then is the version there. */
  finishUpload(upload: BegunUpload): Promise<void>;
  /** AbortDocumentVersionUpload. */
  abortUpload(upload: Pick<BegunUpload, 'documentId' | 'versionId'>): Promise<void>;
  /** Adds to the custom metadata of a document's version. WorkDocs takes eight of them. */
  addCustomMetadata(
    documentId: string,
    versionId: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void>;
}
