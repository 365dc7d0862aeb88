import type {
  Activity,
  Comment,
  CommentMetadata,
  DocumentMetadata,
  DocumentVersionMetadata,
  FolderMetadata,
  Principal,
  ResourceMetadata,
  User,
  UserMetadata,
} from '@aws-sdk/client-workdocs';
import { defined } from '@holdfast/core/model/defined.ts';
import type { LoggedActivity } from '../memory/site-log.ts';
import type { SiteModel } from '../memory/site-model.ts';
import {
  type CommentThing,
  type DocumentThing,
  type FolderThing,
  latestOf,
  nameOf,
  signatureOf,
  type UserThing,
  type VersionThing,
} from '../memory/site-things.ts';
import { permissionViews } from '../memory/site-views.ts';

// A site's things in the shapes of WorkDocs' answers. Which fields come, and how they look, is as in the examples of the AWS
// CLI's reference of WorkDocs.

export function userShape(site: SiteModel, user: UserThing, withStorage = false): User {
  return {
    Id: user.id,
    Username: user.username,
    OrganizationId: site.organizationId,
    RootFolderId: user.rootFolderId,
    RecycleBinFolderId: user.recycleBinFolderId,
    Status: user.status,
    Type: user.type,
    CreatedTimestamp: new Date(user.createdAt),
    ModifiedTimestamp: new Date(user.modifiedAt),
    ...defined({
      EmailAddress: user.email,
      GivenName: user.givenName,
      Surname: user.surname,
      TimeZoneId: user.timeZone,
      Locale: user.locale as User['Locale'],
      Storage: withStorage
        ? {
            StorageUtilizedInBytes: 0,
            StorageRule: { StorageAllocatedInBytes: 0, StorageType: 'QUOTA' as const },
          }
        : undefined,
    }),
  };
}

export function folderShape(site: SiteModel, folder: FolderThing): FolderMetadata {
  const sizes = [...site.below(folder.id)].map((thing) =>
    thing.kind === 'folder' ? 0 : (latestOf(thing)?.size ?? 0),
  );
  const size = sizes.reduce((sum, one) => sum + one, 0);
  return {
    Id: folder.id,
    Name: folder.name,
    CreatorId: folder.creatorId,
    CreatedTimestamp: new Date(folder.createdAt),
    ModifiedTimestamp: new Date(folder.modifiedAt),
    ResourceState: folder.status,
    Signature: signatureOf(Buffer.from(folder.id)),
    Size: size,
    LatestVersionSize: size,
    ...defined({ ParentFolderId: folder.parentId, Labels: labelsOf(folder) }),
  };
}

export function documentShape(document: DocumentThing): DocumentMetadata {
  // While the first upload has not ended, what is being uploaded.
  const latest = latestOf(document) ?? document.versions.at(-1);
  return {
    Id: document.id,
    CreatorId: document.creatorId,
    CreatedTimestamp: new Date(document.createdAt),
    ModifiedTimestamp: new Date(document.modifiedAt),
    ResourceState: document.status,
    ...defined({
      ParentFolderId: document.parentId,
      LatestVersionMetadata: latest && versionShape(latest),
      Labels: labelsOf(document),
    }),
  };
}

export function versionShape(version: VersionThing, url?: string): DocumentVersionMetadata {
  return {
    Id: version.id,
    Name: version.name,
    ContentType: version.contentType,
    Size: version.size,
    Status: version.status,
    CreatedTimestamp: new Date(version.createdAt),
    ModifiedTimestamp: new Date(version.modifiedAt),
    CreatorId: version.creatorId,
    ...defined({
      Signature: version.signature,
      ContentCreatedTimestamp: dateOf(version.contentCreatedAt),
      ContentModifiedTimestamp: dateOf(version.contentModifiedAt),
      Source: url === undefined ? undefined : { ORIGINAL: url },
    }),
  };
}

export function commentShape(site: SiteModel, comment: CommentThing): Comment {
  return {
    CommentId: comment.id,
    Text: comment.text,
    Contributor: contributorShape(site, comment.by),
    CreatedTimestamp: new Date(comment.at),
    Status: 'PUBLISHED',
    Visibility: comment.visibility,
    ThreadId: comment.threadId,
    ...defined({ ParentId: comment.parentId, RecipientId: comment.recipientId }),
  };
}

export function principalShapes(site: SiteModel, id: string): Array<Principal & { readonly order: number }> {
  return permissionViews(site, id).map(({ principal, type, roles, order }) => ({
    Id: principal,
    Type: type as Principal['Type'],
    Roles: roles.map(({ role, type: how }) => ({ Role: role, Type: how })) as Principal['Roles'],
    order,
  }));
}

export function activityShape(site: SiteModel, activity: LoggedActivity): Activity {
  const { by, participantId, originalParentId, commentId } = activity;
  return {
    Type: activity.type as Activity['Type'],
    TimeStamp: new Date(activity.at),
    IsIndirectActivity: activity.indirect,
    OrganizationId: site.organizationId,
    ResourceMetadata: resourceShape(site, activity),
    ...defined({
      Initiator: by === undefined ? undefined : userMetadata(site, by),
      Participants:
        participantId === undefined ? undefined : { Users: [userMetadata(site, participantId)], Groups: [] },
      OriginalParent: originalParentId === undefined ? undefined : parentShape(site, originalParentId),
      CommentMetadata: commentId === undefined ? undefined : commentMetadata(activity),
    }),
  };
}

function resourceShape(site: SiteModel, activity: LoggedActivity): ResourceMetadata {
  const { originalName, versionId, parentId } = activity;
  return {
    // The enumeration has `DOCUMENT`; AWS's examples have lower case.
    Type: activity.kind as unknown as NonNullable<ResourceMetadata['Type']>,
    Name: activity.name,
    Id: activity.id,
    ...defined({
      OriginalName: originalName,
      VersionId: versionId,
      ParentId: parentId,
      Owner: ownerShape(site, activity.id),
    }),
  };
}

/** Of a thing that is gone since, there is none to be found. */
function ownerShape(site: SiteModel, id: string): UserMetadata | undefined {
  try {
    return userMetadata(site, site.ownerOf(id).id);
  } catch {
    return undefined;
  }
}

function parentShape(site: SiteModel, id: string): ResourceMetadata {
  const parent = [...site.resources()].find((one) => one.id === id);
  return {
    Id: id,
    Type: 'folder' as unknown as NonNullable<ResourceMetadata['Type']>,
    ...defined({ Name: parent && nameOf(parent) }),
  };
}

function commentMetadata({ commentId, at, by }: LoggedActivity): CommentMetadata {
  return {
    CreatedTimestamp: new Date(at),
    CommentStatus: 'PUBLISHED',
    ...defined({ CommentId: commentId, ContributorId: by }),
  };
}

function userMetadata(site: SiteModel, id: string): UserMetadata {
  const user = site.users.get(id);
  return {
    Id: id,
    ...defined({
      Username: user?.username,
      GivenName: user?.givenName,
      Surname: user?.surname,
      EmailAddress: user?.email,
    }),
  };
}

/** Who is no user of the site is shown by what they are called. */
function contributorShape(site: SiteModel, id: string): User {
  const user = site.users.get(id);
  return user === undefined ? { Username: id, Type: 'USER' } : userShape(site, user);
}

function labelsOf({ labels }: { readonly labels: ReadonlySet<string> }): string[] | undefined {
  return labels.size === 0 ? undefined : [...labels];
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
