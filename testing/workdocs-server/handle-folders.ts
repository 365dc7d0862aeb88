import type * as sdk from '@aws-sdk/client-workdocs';
import { matches } from '../memory/memory-site.ts';
import { nameOf, type ResourceThing } from '../memory/site-things.ts';
import { allowed, type Call, checkOrganization, cut, given, type Handlers } from './call.ts';
import { documentShape, folderShape } from './shapes.ts';

/** Folders, their contents, paths, and what is found among them. */
export const folderHandlers = {
  CreateFolder(input: sdk.CreateFolderRequest, call: Call): sdk.CreateFolderResponse {
    const parentId = allowed(call, input.ParentFolderId, 'ParentFolderId');
    const { model } = call.site;
    return { Metadata: folderShape(model, model.createFolder(parentId, given(input.Name, 'Name'))) };
  },

  DeleteFolder(input: sdk.DeleteFolderRequest, call: Call): object {
    call.site.model.delete(call.site.model.folder(allowed(call, input.FolderId, 'FolderId')).id);
    return {};
  },

  DeleteFolderContents(input: sdk.DeleteFolderContentsRequest, call: Call): object {
    call.site.model.emptyFolder(allowed(call, input.FolderId, 'FolderId'));
    return {};
  },

  DescribeFolderContents(
    input: sdk.DescribeFolderContentsRequest,
    call: Call,
  ): sdk.DescribeFolderContentsResponse {
    const { model } = call.site;
    const folder = model.folder(allowed(call, input.FolderId, 'FolderId'));
    const withUploads = input.Include?.split(',').includes('INITIALIZED') ?? false;
    const all = model
      .childrenOf(folder.id)
      .filter((thing) => isOfType(thing, input.Type) && (withUploads || isUploaded(thing)));
    const { items, ...page } = cut(input.Order === 'DESCENDING' ? all.reverse() : all, input, call);
    return { ...shapes(items, call), ...page };
  },

  GetFolder(input: sdk.GetFolderRequest, call: Call): sdk.GetFolderResponse {
    const folder = call.site.model.folder(allowed(call, input.FolderId, 'FolderId'));
    const metadata = input.IncludeCustomMetadata ? Object.fromEntries(folder.customMetadata) : undefined;
    return { Metadata: folderShape(call.site.model, folder), CustomMetadata: metadata };
  },

  GetFolderPath(input: sdk.GetFolderPathRequest, call: Call): sdk.GetFolderPathResponse {
    return {
      Path: pathShape(call.site.model.folder(allowed(call, input.FolderId, 'FolderId')).id, input, call),
    };
  },

  GetDocumentPath(input: sdk.GetDocumentPathRequest, call: Call): sdk.GetDocumentPathResponse {
    const { id } = call.site.model.document(allowed(call, input.DocumentId, 'DocumentId'));
    return { Path: pathShape(id, input, call) };
  },

  UpdateFolder(input: sdk.UpdateFolderRequest, call: Call): object {
    const { id } = call.site.model.folder(allowed(call, input.FolderId, 'FolderId'));
    return updateResource(id, input, call);
  },

  UpdateDocument(input: sdk.UpdateDocumentRequest, call: Call): object {
    const { id } = call.site.model.document(allowed(call, input.DocumentId, 'DocumentId'));
    return updateResource(id, input, call);
  },

  GetResources(input: sdk.GetResourcesRequest, call: Call): sdk.GetResourcesResponse {
    const userId = given(input.UserId, 'UserId');
    const all = [...call.site.model.resources()].filter(({ grants }) => grants.has(userId));
    const { items, ...page } = cut(all, input, call);
    return { ...shapes(items, call), ...page };
  },

  SearchResources(input: sdk.SearchResourcesRequest, call: Call): sdk.SearchResourcesResponse {
    checkOrganization(call, input.OrganizationId);
    const all = [...call.site.model.resources()].filter((thing) =>
      matches({ username: nameOf(thing) }, input.QueryText),
    );
    const { items, ...page } = cut(all, input, call);
    return { Items: items.map((thing) => itemShape(thing, call)), ...page };
  },
} satisfies Handlers;

function shapes(items: readonly ResourceThing[], { site }: Call) {
  return {
    Folders: items.flatMap((thing) => (thing.kind === 'folder' ? [folderShape(site.model, thing)] : [])),
    Documents: items.flatMap((thing) => (thing.kind === 'document' ? [documentShape(thing)] : [])),
  };
}

function itemShape(thing: ResourceThing, { site }: Call): sdk.ResponseItem {
  return thing.kind === 'folder'
    ? { ResourceType: 'FOLDER', FolderMetadata: folderShape(site.model, thing) }
    : { ResourceType: 'DOCUMENT', DocumentMetadata: documentShape(thing) };
}

function isOfType({ kind }: ResourceThing, type: string | undefined): boolean {
  return type === undefined || type === 'ALL' || type === kind.toUpperCase();
}

function isUploaded(thing: ResourceThing): boolean {
  return thing.kind === 'folder' || thing.versions.some(({ status }) => status === 'ACTIVE');
}

/** Source: WorkDocs API reference, GetDocumentPath: ids alone unless the names are asked for. */
function pathShape(id: string, input: { Fields?: string | undefined }, { site }: Call): sdk.ResourcePath {
  const withNames = input.Fields?.split(',').includes('NAME') ?? false;
  return {
    Components: site.model.pathOf(id).map((thing) => ({
      Id: thing.id,
      ...(withNames ? { Name: nameOf(thing) } : {}),
    })),
  };
}

/** Source: WorkDocs API reference, UpdateDocument: of the states, only ACTIVE and RECYCLED can be asked for. */
function updateResource(
  id: string,
  input: Pick<sdk.UpdateDocumentRequest, 'Name' | 'ParentFolderId' | 'ResourceState'>,
  { site: { model } }: Call,
): object {
  const { Name, ParentFolderId, ResourceState } = input;
  if (ResourceState === 'ACTIVE' && model.resource(id).status === 'RECYCLED')
    model.restore(id, ParentFolderId);
  else if (ParentFolderId !== undefined) model.move(id, ParentFolderId);
  if (Name !== undefined) model.rename(id, Name);
  if (ResourceState === 'RECYCLED') model.recycle(id);
  return {};
}
