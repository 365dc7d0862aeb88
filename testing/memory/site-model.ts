import { noSuch, SiteRefusal } from './site-refusal.ts';
import {
  type CommentThing,
  type DocumentThing,
  latestOf,
  type ResourceThing,
  signatureOf,
  type VersionThing,
} from './site-things.ts';
import { SiteTree } from './site-tree.ts';

/** Where an upload goes: a new document in a folder, or a new version of a document. */
type UploadPlace = { readonly parentId: string } | { readonly documentId: string };
type UploadFacts = {
  /** Needed for a new document; a new version has the name of the one before unless it is given. */
  readonly name?: string;
  readonly size?: number;
  readonly contentType?: string;
  readonly contentCreatedAt?: number;
  readonly contentModifiedAt?: number;
  readonly by?: string;
};
type UploadOptions = Omit<UploadFacts, 'size'> & {
  /** In place of the MD5 of the bytes. */
  readonly signature?: string;
};
export type VersionRef = { readonly documentId: string; readonly versionId: string };

/** Source: WorkDocs API reference: CustomMetadataMap, CustomMetadataKeyType, CustomMetadataValueType, SharedLabels. */
const MAX_METADATA = 8;
const METADATA_KEY = /^[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]{0,55}$/;
const METADATA_VALUE = /^[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]{0,255}$/;
const MAX_LABELS = 20;

/**
 * A WorkDocs site in memory, by what people do on it: see {@link SiteTree} for users, folders and places; here are
 * documents, their versions, comments, labels, custom metadata and shares.
 *
 * Assumptions, where AWS says nothing: reverting makes a new version with the bytes of the older one; the last version of a
 * document cannot be deleted; an upload cannot end before its bytes came; a signature is the MD5 of the bytes.
 */
export class SiteModel extends SiteTree {
  /** A whole upload at once: begun, brought, ended. */
  upload(place: UploadPlace, content: string | Uint8Array, options: UploadOptions = {}): VersionRef {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const ref = this.beginUpload(place, { ...options, size: bytes.length });
    this.putBytes(ref, bytes);
    this.finishUpload(ref);
    if (options.signature !== undefined)
      this.version(ref.documentId, ref.versionId).signature = options.signature;
    return ref;
  }

  /** InitiateDocumentVersionUpload: leaves no activity. */
  beginUpload(place: UploadPlace, facts: UploadFacts): VersionRef {
    const document = 'documentId' in place ? this.#openForUpload(place.documentId) : undefined;
    const name = facts.name ?? latestName(document);
    this.checkName(name);
    const owner = this.ownerOf('parentId' in place ? place.parentId : place.documentId).id;
    const version = this.#newVersion(name, facts, facts.by ?? owner);
    const into = document ?? this.#newDocument('parentId' in place ? place.parentId : '', facts.by ?? owner);
    into.versions.push(version);
    return { documentId: into.id, versionId: version.id };
  }

  /** What the PUT to the signed URL does. */
  putBytes({ documentId, versionId }: VersionRef, bytes: Uint8Array): void {
    const version = this.version(documentId, versionId);
    if (version.status !== 'INITIALIZED')
      throw new SiteRefusal('ProhibitedStateException', `version ${versionId} is ${version.status}`);
    version.bytes = bytes;
  }

  /** UpdateDocumentVersion to ACTIVE. */
  finishUpload({ documentId, versionId }: VersionRef): void {
    const document = this.document(documentId);
    const version = this.version(documentId, versionId);
    if (version.status !== 'INITIALIZED')
      throw new SiteRefusal(
        'ProhibitedStateException',
        `version ${versionId} is not in the INITIALIZED state`,
      );
    if (version.bytes === undefined)
      throw new SiteRefusal('InvalidOperationException', `nothing was uploaded to version ${versionId}`);
    version.status = 'ACTIVE';
    version.size = version.bytes.length;
    version.signature = signatureOf(version.bytes);
    version.modifiedAt = this.clock();
    document.modifiedAt = this.clock();
    // The last upload that ended is the current version.
    document.versions = [...document.versions.filter((one) => one !== version), version];
    this.note('DOCUMENT_VERSION_UPLOADED', document, { by: version.creatorId, versionId });
  }

  /** AbortDocumentVersionUpload: a document that has no other version goes with it. */
  abortUpload({ documentId, versionId }: VersionRef): void {
    const document = this.document(documentId);
    if (this.version(documentId, versionId).status !== 'INITIALIZED')
      throw new SiteRefusal(
        'ProhibitedStateException',
        `version ${versionId} is not in the INITIALIZED state`,
      );
    document.versions = document.versions.filter(({ id }) => id !== versionId);
    if (document.versions.length === 0) this.remove(document);
  }

  /** Makes an older version the current one again. */
  revert(documentId: string, versionId: string, by?: string): VersionRef {
    const document = this.#openForUpload(documentId);
    const older = this.version(documentId, versionId);
    const at = this.clock();
    const version: VersionThing = {
      ...older,
      id: this.ids.timed(at),
      createdAt: at,
      modifiedAt: at,
      customMetadata: new Map(older.customMetadata),
      comments: [],
    };
    document.versions.push(version);
    this.#touched(document, 'DOCUMENT_REVERTED', by, { versionId: version.id });
    return { documentId, versionId: version.id };
  }

  /** DeleteDocumentVersion. @param prior also all versions before it */
  deleteVersion({ documentId, versionId }: VersionRef, prior = false, by?: string): void {
    const document = this.document(documentId);
    const at = document.versions.indexOf(this.version(documentId, versionId));
    const doomed = prior ? document.versions.slice(0, at + 1) : document.versions.slice(at, at + 1);
    if (doomed.length === document.versions.length)
      throw new SiteRefusal('InvalidOperationException', `document ${documentId} has no other version`);
    document.versions = document.versions.filter((version) => !doomed.includes(version));
    document.deletedVersions.push(...doomed);
    for (const { id } of doomed) this.#touched(document, 'DOCUMENT_VERSION_DELETED', by, { versionId: id });
  }

  /** RestoreDocumentVersions: brings deleted versions back. */
  restoreVersions(documentId: string): void {
    const document = this.document(documentId);
    document.versions = [...document.versions, ...document.deletedVersions].sort(
      (a, b) => a.createdAt - b.createdAt,
    );
    document.deletedVersions = [];
    document.modifiedAt = this.clock();
  }

  checkOut(documentId: string, by = this.ownerOf(documentId).id): void {
    const document = this.#openForUpload(documentId);
    document.checkedOutBy = by;
    this.note('DOCUMENT_CHECKED_OUT', document, { by });
  }

  checkIn(documentId: string, by = this.ownerOf(documentId).id): void {
    const document = this.document(documentId);
    delete document.checkedOutBy;
    this.note('DOCUMENT_CHECKED_IN', document, { by });
  }

  comment(
    { documentId, versionId }: VersionRef,
    text: string,
    options: Partial<Pick<CommentThing, 'by' | 'parentId' | 'threadId' | 'visibility' | 'recipientId'>> = {},
  ): CommentThing {
    const document = this.document(documentId);
    this.checkActive(document);
    const at = this.clock();
    const id = this.ids.timed(at);
    const by = options.by ?? this.ownerOf(documentId).id;
    const comment = { threadId: id, visibility: 'PUBLIC' as const, ...options, id, text, by, at };
    this.version(documentId, versionId).comments.push(comment);
    this.note('DOCUMENT_COMMENT_ADDED', document, { by, versionId, commentId: id });
    return comment;
  }

  deleteComment({ documentId, versionId }: VersionRef, commentId: string, by?: string): void {
    const { comments } = this.version(documentId, versionId);
    const at = comments.findIndex(({ id }) => id === commentId);
    if (at < 0) throw noSuch('comment', commentId);
    comments.splice(at, 1);
    this.#touched(this.document(documentId), 'DOCUMENT_COMMENT_DELETED', by, { versionId, commentId }, false);
  }

  /** AddResourcePermissions for one principal; a folder's go on to all that is in it. */
  share(id: string, principalId: string, role = 'VIEWER', type = 'USER', by?: string): void {
    const thing = this.resource(id);
    this.checkActive(thing);
    const what = thing.grants.has(principalId) ? 'SHARE_PERMISSION_CHANGED' : 'SHARED';
    thing.grants.set(principalId, { type, role });
    this.#noteShare(thing, what, principalId, by);
  }

  /** RemoveResourcePermission. */
  unshare(id: string, principalId: string, by?: string): void {
    const thing = this.resource(id);
    if (thing.grants.delete(principalId)) this.#noteShare(thing, 'UNSHARED', principalId, by);
  }

  /** CreateLabels. */
  label(id: string, ...labels: readonly string[]): void {
    const thing = this.resource(id);
    const all = new Set([...thing.labels, ...labels]);
    if (all.size > MAX_LABELS)
      throw new SiteRefusal('TooManyLabelsException', `${id} would have ${all.size} labels`);
    for (const label of labels) thing.labels.add(label);
  }

  /** DeleteLabels. @param labels all, when none is named */
  unlabel(id: string, ...labels: readonly string[]): void {
    const thing = this.resource(id);
    for (const label of labels.length === 0 ? [...thing.labels] : labels) thing.labels.delete(label);
  }

  /** CreateCustomMetadata: adds to what is there; of a version when one is named. */
  setCustomMetadata(id: string, metadata: Readonly<Record<string, string>>, versionId?: string): void {
    const held = this.#metadataOf(id, versionId);
    for (const [key, value] of Object.entries(metadata)) {
      if (!METADATA_KEY.test(key) || !METADATA_VALUE.test(value))
        throw new SiteRefusal('InvalidArgumentException', `custom metadata cannot be ${key}: ${value}`);
    }
    const keys = new Set([...held.keys(), ...Object.keys(metadata)]);
    if (keys.size > MAX_METADATA)
      throw new SiteRefusal(
        'CustomMetadataLimitExceededException',
        `${id} would have ${keys.size} properties`,
      );
    for (const [key, value] of Object.entries(metadata)) held.set(key, value);
  }

  /** DeleteCustomMetadata. @param keys all, when none is named */
  deleteCustomMetadata(id: string, keys: readonly string[] = [], versionId?: string): void {
    const held = this.#metadataOf(id, versionId);
    for (const key of keys.length === 0 ? [...held.keys()] : keys) held.delete(key);
  }

  /** What a signed URL is given out for, it is counted as. */
  noteDownload({ documentId, versionId }: VersionRef, by: string): void {
    this.note('DOCUMENT_VERSION_DOWNLOADED', this.document(documentId), { by, versionId });
  }

  #metadataOf(id: string, versionId?: string): Map<string, string> {
    return versionId === undefined
      ? this.resource(id).customMetadata
      : this.version(id, versionId).customMetadata;
  }

  #openForUpload(documentId: string): DocumentThing {
    const document = this.document(documentId);
    this.checkActive(document);
    if (document.checkedOutBy !== undefined)
      throw new SiteRefusal('ResourceAlreadyCheckedOutException', `document ${documentId} is checked out`);
    return document;
  }

  #newVersion(name: string, facts: UploadFacts, creatorId: string): VersionThing {
    const at = this.clock();
    const { contentType = 'application/octet-stream', contentCreatedAt, contentModifiedAt } = facts;
    return {
      id: this.ids.timed(at),
      name,
      contentType,
      size: facts.size ?? 0,
      status: 'INITIALIZED',
      creatorId,
      createdAt: at,
      modifiedAt: at,
      ...(contentCreatedAt === undefined ? {} : { contentCreatedAt }),
      ...(contentModifiedAt === undefined ? {} : { contentModifiedAt }),
      customMetadata: new Map(),
      comments: [],
    };
  }

  #newDocument(parentId: string, creatorId: string): DocumentThing {
    this.checkActive(this.folder(parentId));
    const at = this.clock();
    return this.put({
      kind: 'document',
      id: this.ids.resource(),
      order: this.nextOrder(),
      parentId,
      creatorId,
      createdAt: at,
      modifiedAt: at,
      status: 'ACTIVE',
      labels: new Set(),
      customMetadata: new Map(),
      grants: new Map(),
      versions: [],
      deletedVersions: [],
    });
  }

  #noteShare(thing: ResourceThing, what: string, participantId: string, by?: string): void {
    const who = { by: by ?? this.ownerOf(thing.id).id, participantId };
    this.note(`${thing.kind.toUpperCase()}_${what}`, thing, who);
    for (const inner of thing.kind === 'folder' ? this.below(thing.id) : [])
      this.note(`${inner.kind.toUpperCase()}_${what}`, inner, { ...who, indirect: true });
  }

  #touched(
    document: DocumentThing,
    type: string,
    by: string | undefined,
    more: { readonly versionId: string; readonly commentId?: string },
    modified = true,
  ): void {
    if (modified) document.modifiedAt = this.clock();
    this.note(type, document, { by: by ?? this.ownerOf(document.id).id, ...more });
  }
}

function latestName(document: DocumentThing | undefined): string {
  return document === undefined ? '' : (latestOf(document)?.name ?? document.versions.at(-1)?.name ?? '');
}
