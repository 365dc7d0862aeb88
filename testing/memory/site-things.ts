import { createHash } from 'node:crypto';

// What a site in memory consists of. All of it may change under its operations; times are ms since 1970.

export type UserThing = {
  readonly id: string;
  username: string;
  email?: string;
  givenName?: string;
  surname?: string;
  status: 'ACTIVE' | 'INACTIVE' | 'PENDING';
  type: 'USER' | 'ADMIN' | 'POWERUSER' | 'MINIMALUSER' | 'WORKSPACESUSER';
  readonly rootFolderId: string;
  readonly recycleBinFolderId: string;
  readonly createdAt: number;
  modifiedAt: number;
  timeZone?: string;
  locale?: string;
};

export type ThingStatus = 'ACTIVE' | 'RESTORING' | 'RECYCLING' | 'RECYCLED';
type Grant = { readonly type: string; readonly role: string };

type Resource = {
  readonly id: string;
  /** When it was made, counted: listings come in this order. */
  readonly order: number;
  /** Absent for a root folder and a recycle bin. */
  parentId?: string;
  creatorId: string;
  readonly createdAt: number;
  modifiedAt: number;
  status: ThingStatus;
  /** While it lies in a recycle bin: where it lay before. */
  recycledFrom?: string;
  readonly labels: Set<string>;
  readonly customMetadata: Map<string, string>;
  /** By the id of who it is shared with. */
  readonly grants: Map<string, Grant>;
};
export type FolderThing = Resource & { readonly kind: 'folder'; name: string };
export type DocumentThing = Resource & {
  readonly kind: 'document';
  /** The oldest first; those whose upload has not ended too. */
  versions: VersionThing[];
  /** Deleted ones, which RestoreDocumentVersions brings back. */
  deletedVersions: VersionThing[];
  checkedOutBy?: string;
};
export type ResourceThing = FolderThing | DocumentThing;

export type VersionThing = {
  readonly id: string;
  name: string;
  readonly contentType: string;
  size: number;
  signature?: string;
  status: 'INITIALIZED' | 'ACTIVE';
  readonly creatorId: string;
  readonly createdAt: number;
  modifiedAt: number;
  readonly contentCreatedAt?: number;
  readonly contentModifiedAt?: number;
  /** Absent until they were uploaded. */
  bytes?: Uint8Array;
  readonly customMetadata: Map<string, string>;
  readonly comments: CommentThing[];
};

export type CommentThing = {
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly at: number;
  readonly parentId?: string;
  readonly threadId: string;
  readonly visibility: 'PUBLIC' | 'PRIVATE';
  readonly recipientId?: string;
};

/** The version that is current: the last whose upload has ended. */
export function latestOf(document: DocumentThing): VersionThing | undefined {
  return document.versions.findLast(({ status }) => status === 'ACTIVE');
}

/** The name that a resource is shown by. */
export function nameOf(thing: ResourceThing): string {
  if (thing.kind === 'folder') return thing.name;
  return (latestOf(thing) ?? thing.versions.at(-1))?.name ?? '';
}

/** What a site in memory takes as a content's signature. Which hash WorkDocs takes, it does not say: an assumption. */
export function signatureOf(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
