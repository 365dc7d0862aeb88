import {
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
  type WorkDocsClient,
} from '@aws-sdk/client-workdocs';
import { defined } from '../../../model/defined.ts';
import type { Permission, SiteComment } from '../model/records.ts';
import type {
  ActivityRequest,
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
} from '../site.ts';
import { download } from './signed-download.ts';
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

/** A WorkDocs site through the AWS SDK, as an administrator reads it: by signed requests, and no user's token. */
export class WorkDocsReader implements SiteReader {
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
}

/** The last page has no marker, or an empty one. */
function page<T>(items: readonly T[], marker: string | undefined): SitePage<T> {
  return marker === undefined || marker === '' ? { items } : { items, next: marker };
}
