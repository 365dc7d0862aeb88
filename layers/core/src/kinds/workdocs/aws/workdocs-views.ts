import type {
  Activity,
  Comment,
  DocumentMetadata,
  DocumentVersionMetadata,
  FolderMetadata,
  Principal,
  User,
} from '@aws-sdk/client-workdocs';
import { defined } from '../../../model/defined.ts';
import type { Permission, SiteComment } from '../model/records.ts';
import type { SiteActivity, SiteDocument, SiteFolder, SiteUser, SiteVersion } from '../site.ts';
import { SiteError } from '../site-error.ts';

// WorkDocs' answers, as the port has them. Every field of them is optional to the SDK; what the port needs has to be there.

export function userOf(user: User): SiteUser {
  return {
    id: needed(user.Id, "a user's id"),
    username: needed(user.Username, `the name of user ${user.Id}`),
    ...defined({
      email: user.EmailAddress,
      givenName: user.GivenName,
      surname: user.Surname,
      status: user.Status,
      type: user.Type,
      rootFolderId: user.RootFolderId,
      recycleBinFolderId: user.RecycleBinFolderId,
      createdAt: user.CreatedTimestamp?.getTime(),
      modifiedAt: user.ModifiedTimestamp?.getTime(),
      timeZone: user.TimeZoneId,
      locale: user.Locale,
    }),
  };
}

export function folderOf(
  folder: FolderMetadata,
  customMetadata?: Readonly<Record<string, string>>,
): SiteFolder {
  return { ...resourceOf(folder, 'folder'), ...defined({ name: folder.Name, customMetadata }) };
}

export function documentOf(
  document: DocumentMetadata,
  customMetadata?: Readonly<Record<string, string>>,
): SiteDocument {
  const { LatestVersionMetadata: latest } = document;
  // A document whose first upload has not ended shows the version that is being uploaded.
  const isThere = latest?.Id !== undefined && latest.Status !== 'INITIALIZED';
  return {
    ...resourceOf(document, 'document'),
    ...(isThere ? { latest: versionOf(latest) } : {}),
    ...defined({ customMetadata }),
  };
}

export function versionOf(
  version: DocumentVersionMetadata,
  customMetadata?: Readonly<Record<string, string>>,
): SiteVersion {
  return {
    id: needed(version.Id, "a version's id"),
    ...defined({
      name: version.Name,
      contentType: version.ContentType,
      size: version.Size,
      signature: version.Signature,
      status: version.Status,
      creatorId: version.CreatorId,
      createdAt: version.CreatedTimestamp?.getTime(),
      modifiedAt: version.ModifiedTimestamp?.getTime(),
      contentCreatedAt: version.ContentCreatedTimestamp?.getTime(),
      contentModifiedAt: version.ContentModifiedTimestamp?.getTime(),
      downloadUrl: version.Source?.ORIGINAL,
      customMetadata,
    }),
  };
}

export function commentOf(comment: Comment): SiteComment {
  return {
    id: needed(comment.CommentId, "a comment's id"),
    ...defined({
      text: comment.Text,
      by: comment.Contributor?.Id ?? comment.Contributor?.Username,
      at: comment.CreatedTimestamp?.getTime(),
      status: comment.Status,
      visibility: comment.Visibility,
      parentId: comment.ParentId,
      threadId: comment.ThreadId,
      recipientId: comment.RecipientId,
    }),
  };
}

export function permissionOf({ Id, Type, Roles }: Principal): Permission {
  return {
    principal: needed(Id, "a principal's id"),
    ...defined({ type: Type }),
    roles: (Roles ?? []).flatMap((role) =>
      role.Role === undefined ? [] : [{ role: role.Role, ...defined({ type: role.Type }) }],
    ),
  };
}

export function activityOf({ Type, TimeStamp, ResourceMetadata }: Activity): SiteActivity {
  const type = needed(Type, "an activity's type");
  const id = ResourceMetadata?.Id;
  // The enumeration has `DOCUMENT`; AWS's own examples have `document`.
  const kind = (ResourceMetadata?.Type ?? type).toLowerCase().startsWith('folder') ? 'folder' : 'document';
  const name = ResourceMetadata?.Name;
  return {
    type,
    at: needed(TimeStamp, 'the time of an activity').getTime(),
    ...(id === undefined ? {} : { item: { kind, id, ...defined({ name }) } }),
  };
}

function resourceOf(resource: DocumentMetadata | FolderMetadata, kind: string) {
  return {
    id: needed(resource.Id, `a ${kind}'s id`),
    status: resource.ResourceState ?? 'ACTIVE',
    labels: resource.Labels ?? [],
    ...defined({
      parentId: resource.ParentFolderId,
      creatorId: resource.CreatorId,
      createdAt: resource.CreatedTimestamp?.getTime(),
      modifiedAt: resource.ModifiedTimestamp?.getTime(),
    }),
  };
}

/** @throws {SiteError} `unavailable`: half an answer is none */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new SiteError('unavailable', `WorkDocs answered without ${what}`);
  return value;
}
