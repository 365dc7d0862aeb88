import type { Permission, SiteComment } from '@holdfast/core/kinds/workdocs/model/records.ts';
import type {
  ActivityRequest,
  BegunUpload,
  DownloadOptions,
  OpenDownload,
  SiteActivity,
  SiteContent,
  SiteDocument,
  SiteFolder,
  SitePage,
  SitePathPart,
  SiteReader,
  SiteUser,
  SiteVersion,
  SiteWriter,
  UploadRequest,
} from '@holdfast/core/kinds/workdocs/site.ts';
import { SiteError } from '@holdfast/core/kinds/workdocs/site-error.ts';
import { Requests } from './requests.ts';
import { openSource, type Spoilt } from './site-bytes.ts';
import { SiteModel } from './site-model.ts';
import { type PageLimits, pageOf } from './site-pages.ts';
import { SiteRefusal } from './site-refusal.ts';
import type { SiteOptions } from './site-state.ts';
import { nameOf, type UserThing, type VersionThing } from './site-things.ts';
import {
  activityView,
  commentView,
  contentView,
  documentView,
  folderView,
  metadataView,
  permissionViews,
  userView,
  versionView,
} from './site-views.ts';

type Op = keyof SiteReader | keyof SiteWriter;

/** Who reads and writes by the API: not a user of the site. */
const CALLER = 'arn:aws:iam::123456789012:role/holdfast';

/**
 * A WorkDocs site in memory. `model` is the site as people use it; this is the site as Holdfast reads and restores it.
 * Requests are counted, and a test may fail each (`requests.before`); `model.end()` ends the service, `model.denied` names
 * what may not be looked at, `spoilt` which downloads go wrong, `pages` how listings are cut.
 */
export class MemorySite implements SiteReader, SiteWriter {
  readonly model: SiteModel;
  readonly requests = new Requests<Op>();
  readonly pages: PageLimits = { size: 100, blankFirst: false };
  /** By the version's id. */
  readonly spoilt = new Map<string, Spoilt>();

  constructor(options: SiteOptions) {
    this.model = new SiteModel(options);
  }

  /** The next requests are throttled. */
  throttle(requests: number): void {
    this.model.throttle(requests);
  }

  activities({ since, until, types, marker }: ActivityRequest): Promise<SitePage<SiteActivity>> {
    return this.#list('activities', [{ since, until, types, marker }], () => {
      const wanted = this.model.log
        .seen(this.model.clock())
        .filter(({ at, type, indirect }) => at >= since && at < until && types.includes(type) && !indirect);
      return shown(pageOf(wanted, marker, this.pages), activityView);
    });
  }

  users(options: { query?: string; marker?: string }): Promise<SitePage<SiteUser>> {
    return this.#list('users', [options], () => {
      const all = [...this.model.users.values()].map((user, order) => ({ user, order }));
      const wanted = all.filter(({ user }) => matches(user, options.query));
      return shown(pageOf(wanted, options.marker, this.pages), ({ user }) => userView(user));
    });
  }

  folder(id: string): Promise<SiteFolder> {
    return this.#byId('folder', [id], id, () => {
      const folder = this.model.folder(id);
      return { ...folderView(folder), customMetadata: metadataView(folder.customMetadata) };
    });
  }

  document(id: string): Promise<SiteDocument> {
    return this.#byId('document', [id], id, () => {
      const document = this.model.document(id);
      return { ...documentView(document), customMetadata: metadataView(document.customMetadata) };
    });
  }

  folderContents(id: string, marker?: string): Promise<SitePage<SiteContent>> {
    return this.#list('folderContents', [id, marker], () => {
      this.#allow(id);
      const all = this.model.childrenOf(this.model.folder(id).id);
      return shown(pageOf(all, marker, this.pages), contentView);
    });
  }

  versions(documentId: string, marker?: string): Promise<SitePage<SiteVersion>> {
    return this.#list('versions', [documentId, marker], () => {
      this.#allow(documentId);
      const page = pageOf(ordered(this.model.document(documentId).versions), marker, this.pages);
      return shown(page, ({ item }) => versionView(item));
    });
  }

  version(documentId: string, versionId: string): Promise<SiteVersion> {
    return this.#byId('version', [documentId, versionId], documentId, () => {
      const version = this.model.version(documentId, versionId);
      return {
        ...versionView(version),
        customMetadata: metadataView(version.customMetadata),
        ...this.#downloadUrl(documentId, version),
      };
    });
  }

  comments(documentId: string, versionId: string, marker?: string): Promise<SitePage<SiteComment>> {
    return this.#list('comments', [documentId, versionId, marker], () => {
      this.#allow(documentId);
      const { comments } = this.model.version(documentId, versionId);
      return shown(pageOf(ordered(comments), marker, this.pages), ({ item }) => commentView(item));
    });
  }

  permissions(resourceId: string, marker?: string): Promise<SitePage<Permission>> {
    return this.#list('permissions', [resourceId, marker], () => {
      this.#allow(resourceId);
      const page = pageOf(permissionViews(this.model, resourceId), marker, this.pages);
      return shown(page, ({ principal, type, roles }) => ({ principal, type, roles }));
    });
  }

  path({ kind, id }: { kind: 'document' | 'folder'; id: string }): Promise<readonly SitePathPart[]> {
    return this.#byId('path', [{ kind, id }], id, () => {
      const path = this.model.pathOf(
        kind === 'folder' ? this.model.folder(id).id : this.model.document(id).id,
      );
      return path.map((thing) => ({ id: thing.id, name: nameOf(thing) }));
    });
  }

  download(url: string, options: DownloadOptions = {}): Promise<OpenDownload> {
    return this.#run('download', [url, options], () => openSource(this.model, url, options, this.spoilt));
  }

  createFolder(parentId: string, name: string): Promise<SiteFolder> {
    return this.#byId('createFolder', [parentId, name], parentId, () =>
      folderView(this.model.createFolder(parentId, name)),
    );
  }

  beginUpload(request: UploadRequest): Promise<BegunUpload> {
    const id = 'parentId' in request.place ? request.place.parentId : request.place.documentId;
    return this.#byId('beginUpload', [request], id, () => {
      const { place, contentType = 'application/octet-stream', ...facts } = request;
      const ref = this.model.beginUpload(place, { ...facts, contentType });
      const url = this.model.urls.sign({ purpose: 'upload', ...ref }, this.model.clock());
      return { ...ref, url, headers: uploadHeaders(contentType) };
    });
  }

  async upload(upload: BegunUpload, body: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    const bytes = Buffer.concat(await Array.fromAsync(body));
    await this.#run('upload', [upload, size], () => {
      const verdict = this.model.urls.check(upload.url, this.model.clock());
      if (verdict.state === 'expired') throw new SiteError('expired-url', 'the URL has expired');
      if (verdict.state === 'forged') throw new SiteError('access-denied', 'the URL is not signed');
      if (bytes.length !== size)
        throw new SiteError('corrupt', `${bytes.length} bytes came, and ${size} were announced`);
      this.model.putBytes(verdict.place, bytes);
    });
  }

  finishUpload(upload: BegunUpload): Promise<void> {
    return this.#byId('finishUpload', [upload], upload.documentId, () => {
      // Asked for again after a lost answer.
      if (this.model.version(upload.documentId, upload.versionId).status !== 'ACTIVE')
        this.model.finishUpload(upload);
    });
  }

  abortUpload(upload: Pick<BegunUpload, 'documentId' | 'versionId'>): Promise<void> {
    return this.#byId('abortUpload', [upload], upload.documentId, () => this.model.abortUpload(upload));
  }

  addCustomMetadata(
    documentId: string,
    versionId: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    return this.#byId('addCustomMetadata', [documentId, versionId, metadata], documentId, () =>
      this.model.setCustomMetadata(documentId, metadata, versionId),
    );
  }

  #downloadUrl(documentId: string, version: VersionThing): { readonly downloadUrl?: string } {
    if (version.status !== 'ACTIVE') return {};
    const ref = { documentId, versionId: version.id };
    this.model.noteDownload(ref, CALLER);
    return { downloadUrl: this.model.urls.sign({ purpose: 'source', ...ref }, this.model.clock()) };
  }

  /** After the end of the service, what is listed is empty. */
  #list<T>(op: Op, args: readonly unknown[], work: () => SitePage<T>): Promise<SitePage<T>> {
    return this.#run(op, args, () => (this.model.ended === undefined ? work() : { items: [] }));
  }

  #byId<T>(op: Op, args: readonly unknown[], id: string, work: () => T): Promise<T> {
    return this.#run(op, args, () => {
      const end = this.model.ended?.byId;
      if (end === 'not-found') throw new SiteRefusal('EntityNotExistsException', `there is no ${id}`);
      if (end === 'access-denied') throw this.#denial(id);
      this.#allow(id);
      return work();
    });
  }

  #run<T>(op: Op, args: readonly unknown[], work: () => T): Promise<T> {
    return this.requests.run(op, args, () => {
      this.model.pass();
      return work();
    });
  }

  #allow(id: string): void {
    if (this.model.denied.has(id)) throw this.#denial(id);
  }

  #denial(id: string): SiteRefusal {
    return new SiteRefusal('UnauthorizedResourceAccessException', `the caller has no access to ${id}`);
  }
}

/** What the upload's URL is signed with. Source: AWS CLI reference, initiate-document-version-upload. */
export function uploadHeaders(contentType: string): Readonly<Record<string, string>> {
  return { 'Content-Type': contentType, 'x-amz-server-side-encryption': 'AES256' };
}

/**
 * Source: WorkDocs API reference, DescribeUsers: a search by the beginnings of given name, surname or user name, of which
 * each word has to fit.
 */
export function matches(
  { username, givenName, surname }: Pick<UserThing, 'username' | 'givenName' | 'surname'>,
  query: string | undefined,
): boolean {
  const names = [username, givenName, surname].map((name) => name?.toLowerCase() ?? '');
  const words = query?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  return words.every((word) => names.some((name) => name.startsWith(word)));
}

function shown<T, V>(page: SitePage<T>, view: (item: T) => V): SitePage<V> {
  return { ...page, items: page.items.map(view) };
}

function ordered<T>(items: readonly T[]): Array<{ readonly item: T; readonly order: number }> {
  return items.map((item, order) => ({ item, order }));
}
