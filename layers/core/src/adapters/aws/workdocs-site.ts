import {
  AbortDocumentVersionUploadCommand,
  CreateCustomMetadataCommand,
  CreateFolderCommand,
  DescribeActivitiesCommand,
  DescribeCommentsCommand,
  DescribeDocumentVersionsCommand,
  DescribeFolderContentsCommand,
  DescribeResourcePermissionsCommand,
  DescribeUsersCommand,
  GetDocumentCommand,
  GetDocumentPathCommand,
  GetDocumentVersionCommand,
  GetFolderCommand,
  GetFolderPathCommand,
  InitiateDocumentVersionUploadCommand,
  UpdateDocumentVersionCommand,
  type WorkDocsClient,
} from '@aws-sdk/client-workdocs';
import { defined } from '../../model/defined.ts';
import { isSiteError, SiteError } from '../../model/errors.ts';
import type { Permission, SiteComment } from '../../model/workdocs/records.ts';
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
} from '../../ports/site.ts';
import { download, upload } from './signed-url.ts';
import { attempt } from './workdocs-errors.ts';
import {
  activityOf,
  commentOf,
  documentOf,
  folderOf,
  needed,
  permissionOf,
  userOf,
  versionOf,
} from './workdocs-views.ts';

/** Most items of one page. Source: WorkDocs API reference, "Limit": 1 to 999. */
const LIMIT = 999;
/** Users come with names and storage; more of them at once may be refused as too large an answer. */
const USER_LIMIT = 100;

/** A WorkDocs site through the AWS SDK: as an administrator reads and writes it, by signed requests and no user's token. */
export class WorkDocsSite implements SiteReader, SiteWriter {
  readonly #client: WorkDocsClient;
  readonly #organizationId: string;

  constructor(client: WorkDocsClient, organizationId: string) {
    this.#client = client;
    this.#organizationId = organizationId;
  }

  activities({ since, until, types, marker }: ActivityRequest): Promise<SitePage<SiteActivity>> {
    return attempt(`activities of ${this.#organizationId}`, async () => {
      const { UserActivities = [], Marker } = await this.#client.send(
        new DescribeActivitiesCommand({
          OrganizationId: this.#organizationId,
          // Both ends are left out by WorkDocs: "performed after", "performed before".
          StartTime: new Date(since - 1),
          EndTime: new Date(until),
          ActivityTypes: types.join(','),
          Limit: LIMIT,
          ...defined({ Marker: marker }),
        }),
      );
      return page(UserActivities.map(activityOf), Marker);
    });
  }

  users({ query, marker }: { query?: string; marker?: string }): Promise<SitePage<SiteUser>> {
    return attempt(`users of ${this.#organizationId}`, async () => {
      const { Users = [], Marker } = await this.#client.send(
        new DescribeUsersCommand({
          OrganizationId: this.#organizationId,
          Include: 'ALL',
          Limit: USER_LIMIT,
          ...defined({ Query: query, Marker: marker }),
        }),
      );
      return page(Users.map(userOf), Marker);
    });
  }

  folder(id: string): Promise<SiteFolder> {
    return attempt(`folder ${id}`, async () => {
      const { Metadata, CustomMetadata = {} } = await this.#client.send(
        new GetFolderCommand({ FolderId: id, IncludeCustomMetadata: true }),
      );
      return folderOf(needed(Metadata, `folder ${id}`), CustomMetadata);
    });
  }

  document(id: string): Promise<SiteDocument> {
    return attempt(`document ${id}`, async () => {
      const { Metadata, CustomMetadata = {} } = await this.#client.send(
        new GetDocumentCommand({ DocumentId: id, IncludeCustomMetadata: true }),
      );
      return documentOf(needed(Metadata, `document ${id}`), CustomMetadata);
    });
  }

  folderContents(id: string, marker?: string): Promise<SitePage<SiteContent>> {
    return attempt(`contents of folder ${id}`, async () => {
      const answer = await this.#client.send(
        new DescribeFolderContentsCommand({
          FolderId: id,
          Include: 'INITIALIZED',
          Type: 'ALL',
          Limit: LIMIT,
          ...defined({ Marker: marker }),
        }),
      );
      const folders = (answer.Folders ?? []).map((folder): SiteContent => {
        return { kind: 'folder', folder: folderOf(folder) };
      });
      const documents = (answer.Documents ?? []).map((document): SiteContent => {
        return { kind: 'document', document: documentOf(document) };
      });
      return page([...folders, ...documents], answer.Marker);
    });
  }

  versions(documentId: string, marker?: string): Promise<SitePage<SiteVersion>> {
    return attempt(`versions of document ${documentId}`, async () => {
      const { DocumentVersions = [], Marker } = await this.#client.send(
        new DescribeDocumentVersionsCommand({
          DocumentId: documentId,
          Include: 'INITIALIZED',
          Limit: LIMIT,
          ...defined({ Marker: marker }),
        }),
      );
      return page(
        DocumentVersions.map((version) => versionOf(version)),
        Marker,
      );
    });
  }

  version(documentId: string, versionId: string): Promise<SiteVersion> {
    return attempt(`version ${versionId} of document ${documentId}`, async () => {
      const { Metadata, CustomMetadata = {} } = await this.#client.send(
        new GetDocumentVersionCommand({
          DocumentId: documentId,
          VersionId: versionId,
          Fields: 'SOURCE',
          IncludeCustomMetadata: true,
        }),
      );
      return versionOf(needed(Metadata, `version ${versionId}`), CustomMetadata);
    });
  }

  comments(documentId: string, versionId: string, marker?: string): Promise<SitePage<SiteComment>> {
    return attempt(`comments of version ${versionId} of document ${documentId}`, async () => {
      const { Comments = [], Marker } = await this.#client.send(
        new DescribeCommentsCommand({
          DocumentId: documentId,
          VersionId: versionId,
          Limit: LIMIT,
          ...defined({ Marker: marker }),
        }),
      );
      return page(Comments.map(commentOf), Marker);
    });
  }

  permissions(resourceId: string, marker?: string): Promise<SitePage<Permission>> {
    return attempt(`permissions of ${resourceId}`, async () => {
      const { Principals = [], Marker } = await this.#client.send(
        new DescribeResourcePermissionsCommand({
          ResourceId: resourceId,
          Limit: LIMIT,
          ...defined({ Marker: marker }),
        }),
      );
      return page(Principals.map(permissionOf), Marker);
    });
  }

  path({ kind, id }: { kind: 'document' | 'folder'; id: string }): Promise<readonly SitePathPart[]> {
    return attempt(`path of ${kind} ${id}`, async () => {
      const options = { Fields: 'NAME', Limit: LIMIT };
      const { Path } =
        kind === 'folder'
          ? await this.#client.send(new GetFolderPathCommand({ FolderId: id, ...options }))
          : await this.#client.send(new GetDocumentPathCommand({ DocumentId: id, ...options }));
      return (Path?.Components ?? []).map(({ Id, Name }) => ({
        id: needed(Id, 'an id in a path'),
        ...defined({ name: Name }),
      }));
    });
  }

  download(url: string, options: DownloadOptions = {}): Promise<OpenDownload> {
    return download(url, options);
  }

  createFolder(parentId: string, name: string): Promise<SiteFolder> {
    return attempt(`make a folder in ${parentId}`, async () => {
      const { Metadata } = await this.#write(
        parentId,
        this.#client.send(new CreateFolderCommand({ ParentFolderId: parentId, Name: name })),
      );
      return folderOf(needed(Metadata, 'the folder that was made'));
    });
  }

  beginUpload(request: UploadRequest): Promise<BegunUpload> {
    const { place } = request;
    const where = 'parentId' in place ? `folder ${place.parentId}` : `document ${place.documentId}`;
    return attempt(`begin an upload into ${where}`, async () => {
      const { Metadata, UploadMetadata } = await this.#write(
        where,
        this.#client.send(new InitiateDocumentVersionUploadCommand(uploadInput(request))),
      );
      return {
        documentId: needed(Metadata?.Id, 'the id of the document'),
        versionId: needed(Metadata?.LatestVersionMetadata?.Id, 'the id of the version'),
        url: needed(UploadMetadata?.UploadUrl, 'a URL to upload to'),
        headers: UploadMetadata?.SignedHeaders ?? {},
      };
    });
  }

  upload(begun: BegunUpload, body: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    return upload(begun, body, size);
  }

  async finishUpload({ documentId, versionId }: BegunUpload): Promise<void> {
    try {
      await attempt(`end the upload of version ${versionId} of document ${documentId}`, () =>
        this.#client.send(
          new UpdateDocumentVersionCommand({
            DocumentId: documentId,
            VersionId: versionId,
            VersionStatus: 'ACTIVE',
          }),
        ),
      );
    } catch (error) {
      // Asked for again after a lost answer: the version is no longer in the state that it has to be in.
      if (!isSiteError(error, 'conflict') || !(await this.#isThere(documentId, versionId))) throw error;
    }
  }

  async abortUpload({ documentId, versionId }: Pick<BegunUpload, 'documentId' | 'versionId'>): Promise<void> {
    await attempt(`give up the upload of version ${versionId} of document ${documentId}`, () =>
      this.#client.send(
        new AbortDocumentVersionUploadCommand({ DocumentId: documentId, VersionId: versionId }),
      ),
    );
  }

  async addCustomMetadata(
    documentId: string,
    versionId: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    await attempt(`mark version ${versionId} of document ${documentId}`, () =>
      this.#client.send(
        new CreateCustomMetadataCommand({
          ResourceId: documentId,
          VersionId: versionId,
          CustomMetadata: { ...metadata },
        }),
      ),
    );
  }

  async #isThere(documentId: string, versionId: string): Promise<boolean> {
    return (await this.version(documentId, versionId)).status === 'ACTIVE';
  }

  /**
   * Where things are made, `LimitExceededException` is a full folder (100,000 things) and nothing that would pass.
   * Source: WorkDocs API reference, LimitExceededException.
   */
  async #write<T>(where: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'LimitExceededException') throw error;
      throw new SiteError('invalid', `${where} holds 100,000 things, and WorkDocs takes no more`);
    }
  }
}

function uploadInput({ place, ...facts }: UploadRequest) {
  const { name, size, contentType, contentCreatedAt, contentModifiedAt } = facts;
  return {
    ...('parentId' in place ? { ParentFolderId: place.parentId } : { Id: place.documentId }),
    Name: name,
    DocumentSizeInBytes: size,
    ...defined({
      ContentType: contentType,
      ContentCreatedTimestamp: contentCreatedAt === undefined ? undefined : new Date(contentCreatedAt),
      ContentModifiedTimestamp: contentModifiedAt === undefined ? undefined : new Date(contentModifiedAt),
    }),
  };
}

/** The last page has no marker, or an empty one. */
function page<T>(items: readonly T[], marker: string | undefined): SitePage<T> {
  return marker === undefined || marker === '' ? { items } : { items, next: marker };
}
