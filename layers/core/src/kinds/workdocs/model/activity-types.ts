/**
 * The activities that tell of something that the vault keeps of documents and folders. The others (viewed, downloaded,
 * checked out) change nothing that is kept. There are none about users, labels, custom metadata and a new owner: those are
 * found by crawls.
 *
 * Source: WorkDocs API reference, "Activity", Type.
 */
export const ACTIVITY_TYPES = [
  // Content. What is checked in is readable again; a version may have come with it.
  'DOCUMENT_CHECKED_IN',
  'DOCUMENT_VERSION_UPLOADED',
  'DOCUMENT_VERSION_DELETED',
  'DOCUMENT_REVERTED',
  // Name and place, there or not.
  'DOCUMENT_RENAMED',
  'DOCUMENT_MOVED',
  'DOCUMENT_RECYCLED',
  'DOCUMENT_RESTORED',
  'FOLDER_CREATED',
  'FOLDER_RENAMED',
  'FOLDER_MOVED',
  'FOLDER_RECYCLED',
  'FOLDER_RESTORED',
  'FOLDER_DELETED',
  // What is said about it.
  'DOCUMENT_COMMENT_ADDED',
  'DOCUMENT_COMMENT_DELETED',
  'DOCUMENT_ANNOTATION_ADDED',
  'DOCUMENT_ANNOTATION_DELETED',
  // Who may see it.
  'DOCUMENT_SHARED',
  'DOCUMENT_UNSHARED',
  'DOCUMENT_SHARE_PERMISSION_CHANGED',
  'DOCUMENT_SHAREABLE_LINK_CREATED',
  'DOCUMENT_SHAREABLE_LINK_REMOVED',
  'DOCUMENT_SHAREABLE_LINK_PERMISSION_CHANGED',
  'FOLDER_SHARED',
  'FOLDER_UNSHARED',
  'FOLDER_SHARE_PERMISSION_CHANGED',
  'FOLDER_SHAREABLE_LINK_CREATED',
  'FOLDER_SHAREABLE_LINK_REMOVED',
  'FOLDER_SHAREABLE_LINK_PERMISSION_CHANGED',
] as const;
