import {
  AbortDocumentVersionUploadCommand,
  CreateCustomMetadataCommand,
  CreateFolderCommand,
  InitiateDocumentVersionUploadCommand,
  UpdateDocumentVersionCommand,
  type WorkDocsClient,
} from '@aws-sdk/client-workdocs';
import type { ClientOptions } from '../../../aws/clients.ts';
import { defined } from '../../../model/defined.ts';
import { siteOf } from '../model/site-uri.ts';
import type { BegunUpload, SiteFolder, SiteWriter, UploadRequest } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import { upload } from './signed-upload.ts';
import { type SitePlace, workDocsClient } from './workdocs-client.ts';
import { attempt } from './workdocs-errors.ts';
import { WorkDocsReader } from './workdocs-reader.ts';
import { folderOf, needed } from './workdocs-views.ts';

/** A WorkDocs site that is restored into, too. Apart, so that functions that only read carry none of it. */
export class WorkDocsSite extends WorkDocsReader implements SiteWriter {
  readonly #sdk: WorkDocsClient;

  constructor(client: WorkDocsClient, organizationId: string) {
    super(client, organizationId);
    this.#sdk = client;
  }

  createFolder(parentId: string, name: string): Promise<SiteFolder> {
    return attempt(`make a folder in ${parentId}`, async () => {
      const { Metadata } = await this.#write(
        parentId,
        this.#sdk.send(new CreateFolderCommand({ ParentFolderId: parentId, Name: name })),
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
        this.#sdk.send(new InitiateDocumentVersionUploadCommand(uploadInput(request))),
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
        this.#sdk.send(
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
      this.#sdk.send(new AbortDocumentVersionUploadCommand({ DocumentId: documentId, VersionId: versionId })),
    );
  }

  async addCustomMetadata(
    documentId: string,
    versionId: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    await attempt(`mark version ${versionId} of document ${documentId}`, () =>
      this.#sdk.send(
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

/** The way to a site that is restored into. @throws {InvalidInputError} for an endpoint that is not encrypted */
export function writableSite(place: SitePlace, options: ClientOptions = {}): WorkDocsSite {
  return new WorkDocsSite(workDocsClient(place, options), siteOf(place.source));
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
