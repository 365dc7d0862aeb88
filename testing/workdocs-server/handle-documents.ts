import type * as sdk from '@aws-sdk/client-workdocs';
import { defined } from '@holdfast/core/model/defined.ts';
import { uploadHeaders } from '../memory/memory-site.ts';
import type { SiteModel, VersionRef } from '../memory/site-model.ts';
import type { VersionThing } from '../memory/site-things.ts';
import { allowed, type Call, cut, given, type Handlers, numbered } from './call.ts';
import { documentShape, versionShape } from './shapes.ts';

type VersionInput = { readonly DocumentId?: string | undefined; readonly VersionId?: string | undefined };

/** Documents and their versions. */
export const documentHandlers = {
  GetDocument(input: sdk.GetDocumentRequest, call: Call): sdk.GetDocumentResponse {
    const document = call.site.model.document(allowed(call, input.DocumentId, 'DocumentId'));
    const metadata = input.IncludeCustomMetadata ? Object.fromEntries(document.customMetadata) : undefined;
    return { Metadata: documentShape(document), CustomMetadata: metadata };
  },

  DeleteDocument(input: sdk.DeleteDocumentRequest, call: Call): object {
    const { model } = call.site;
    model.delete(model.document(allowed(call, input.DocumentId, 'DocumentId')).id);
    return {};
  },

  DescribeDocumentVersions(
    input: sdk.DescribeDocumentVersionsRequest,
    call: Call,
  ): sdk.DescribeDocumentVersionsResponse {
    const { model } = call.site;
    const document = model.document(allowed(call, input.DocumentId, 'DocumentId'));
    const withUrls = input.Fields === 'SOURCE';
    const withUploads = withUrls || input.Include?.includes('INITIALIZED');
    const all = document.versions.filter(({ status }) => withUploads || status === 'ACTIVE').reverse();
    const { items, ...page } = cut(numbered(all), input, call);
    const url = (version: VersionThing) =>
      withUrls ? sourceUrl(call, { documentId: document.id, versionId: version.id }) : undefined;
    return { DocumentVersions: items.map(({ item }) => versionShape(item, url(item))), ...page };
  },

  GetDocumentVersion(input: sdk.GetDocumentVersionRequest, call: Call): sdk.GetDocumentVersionResponse {
    const ref = refOf(input, call);
    const version = call.site.model.version(ref.documentId, ref.versionId);
    const isAsked = input.Fields?.split(',').includes('SOURCE') ?? false;
    return {
      Metadata: versionShape(version, isAsked ? sourceUrl(call, ref) : undefined),
      CustomMetadata: input.IncludeCustomMetadata ? Object.fromEntries(version.customMetadata) : undefined,
    };
  },

  DeleteDocumentVersion(input: sdk.DeleteDocumentVersionRequest, call: Call): object {
    call.site.model.deleteVersion(refOf(input, call), input.DeletePriorVersions ?? false);
    return {};
  },

  RestoreDocumentVersions(input: sdk.RestoreDocumentVersionsRequest, call: Call): object {
    call.site.model.restoreVersions(allowed(call, input.DocumentId, 'DocumentId'));
    return {};
  },

  InitiateDocumentVersionUpload(
    input: sdk.InitiateDocumentVersionUploadRequest,
    call: Call,
  ): sdk.InitiateDocumentVersionUploadResponse {
    const { model } = call.site;
    const place =
      input.Id === undefined
        ? { parentId: allowed(call, input.ParentFolderId, 'ParentFolderId') }
        : { documentId: allowed(call, input.Id, 'Id') };
    const ref = model.beginUpload(place, { ...uploadFacts(input), by: call.caller });
    const version = model.version(ref.documentId, ref.versionId);
    return {
      // Of an existing document, too, the version that is being uploaded.
      Metadata: {
        ...documentShape(model.document(ref.documentId)),
        LatestVersionMetadata: versionShape(version),
      },
      UploadMetadata: {
        UploadUrl: model.urls.sign({ purpose: 'upload', ...ref }, model.clock()),
        SignedHeaders: { ...uploadHeaders(version.contentType) },
      },
    };
  },

  UpdateDocumentVersion(input: sdk.UpdateDocumentVersionRequest, call: Call): object {
    if (input.VersionStatus === 'ACTIVE') call.site.model.finishUpload(refOf(input, call));
    return {};
  },

  AbortDocumentVersionUpload(input: sdk.AbortDocumentVersionUploadRequest, call: Call): object {
    call.site.model.abortUpload(refOf(input, call));
    return {};
  },
} satisfies Handlers;

/** Which version is asked for. */
export function refOf(input: VersionInput, call: Call): VersionRef {
  return {
    documentId: allowed(call, input.DocumentId, 'DocumentId'),
    versionId: given(input.VersionId, 'VersionId'),
  };
}

function uploadFacts(
  input: sdk.InitiateDocumentVersionUploadRequest,
): Parameters<SiteModel['beginUpload']>[1] {
  return defined({
    name: input.Name,
    size: input.DocumentSizeInBytes,
    contentType: input.ContentType,
    contentCreatedAt: input.ContentCreatedTimestamp?.getTime(),
    contentModifiedAt: input.ContentModifiedTimestamp?.getTime(),
  });
}

/** While a version is being uploaded, there is nothing to lead to. */
function sourceUrl({ site: { model }, caller }: Call, ref: VersionRef): string | undefined {
  if (model.version(ref.documentId, ref.versionId).status !== 'ACTIVE') return undefined;
  model.noteDownload(ref, caller);
  return model.urls.sign({ purpose: 'source', ...ref }, model.clock());
}
