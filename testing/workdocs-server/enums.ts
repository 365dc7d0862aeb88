import {
  ActivityType,
  CommentStatusType,
  CommentVisibilityType,
  DocumentStatusType,
  PrincipalType,
  ResourceStateType,
  RolePermissionType,
  RoleType,
  ShareStatusType,
  StorageType,
  SubscriptionProtocolType,
  UserStatusType,
  UserType,
} from '@aws-sdk/client-workdocs';

/** Which field of which structure has which values, by the SDK's own constants. */
const ENUMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Activity.Type': ActivityType,
  'Comment.Status': CommentStatusType,
  'Comment.Visibility': CommentVisibilityType,
  'CommentMetadata.CommentStatus': CommentStatusType,
  'DocumentMetadata.ResourceState': ResourceStateType,
  'DocumentVersionMetadata.Status': DocumentStatusType,
  'FolderMetadata.ResourceState': ResourceStateType,
  'PermissionInfo.Role': RoleType,
  'PermissionInfo.Type': RolePermissionType,
  'Principal.Type': PrincipalType,
  'ShareResult.Role': RoleType,
  'ShareResult.Status': ShareStatusType,
  'StorageRuleType.StorageType': StorageType,
  'Subscription.Protocol': SubscriptionProtocolType,
  'User.Status': UserStatusType,
  'User.Type': UserType,
};

/** The values that a field may have; undefined for one that may have any. */
export function enumOf(structure: string, member: string): ReadonlySet<string> | undefined {
  const values = ENUMS[`${structure}.${member}`];
  return values === undefined ? undefined : new Set(Object.values(values));
}
