/**
 * What no role of the pipeline may hold (I5): whatever ends a version's life, changes how long it lives, opens the
 * vault, empties the catalog or a queue, or gives the pipeline more rights.
 */
export const FORBIDDEN_ACTIONS: readonly string[] = [
  's3:DeleteObjectVersion',
  's3:DeleteObjectVersionTagging',
  's3:BypassGovernanceRetention',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
  's3:PutBucketObjectLockConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutBucketVersioning',
  's3:PutBucketPolicy',
  's3:DeleteBucket*',
  's3:PutBucketAcl',
  's3:PutObjectVersionAcl',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
  's3:PutAccountPublicAccessBlock',
  's3:PutEncryptionConfiguration',
  's3:PutReplicationConfiguration',
  's3:Replicate*',
  's3:PutAccessPoint*',
  's3:CreateBucket',
  's3:CreateJob',
  'dynamodb:DeleteItem',
  'dynamodb:DeleteTable',
  'dynamodb:DeleteBackup',
  'dynamodb:DeleteResourcePolicy',
  'dynamodb:PutResourcePolicy',
  'dynamodb:UpdateTable',
  'dynamodb:UpdateTimeToLive',
  'dynamodb:UpdateContinuousBackups',
  'dynamodb:RestoreTable*',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQL*',
  'sqs:PurgeQueue',
  'sqs:DeleteQueue',
  'sqs:SetQueueAttributes',
  'sqs:AddPermission',
  'sqs:RemovePermission',
  'events:DeleteRule',
  'events:DisableRule',
  'events:PutRule',
  'events:PutTargets',
  'events:RemoveTargets',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'kms:CreateGrant',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'logs:Delete*',
  'logs:PutRetentionPolicy',
  'logs:PutSubscriptionFilter',
  'cloudwatch:*',
  'cloudformation:*',
  'iam:*',
  'workdocs:Delete*',
  'workdocs:Update*',
  'workdocs:Create*',
  'workdocs:Remove*',
  'workdocs:Initiate*',
  'lambda:*',
  // Everything but to publish.
  'sns:Subscribe',
  'sns:Unsubscribe',
  'sns:ConfirmSubscription',
  'sns:SetSubscriptionAttributes',
  'sns:CreateTopic',
  'sns:DeleteTopic',
  'sns:SetTopicAttributes',
  'sns:AddPermission',
  'sns:RemovePermission',
  'sns:PutDataProtectionPolicy',
  'sns:CreatePlatform*',
  'sns:TagResource',
  'sns:UntagResource',
  // To read a site, a role may be assumed that its source names: see role-problems.ts.
  'sts:AssumeRoleWith*',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
  'sts:SetSourceIdentity',
  'organizations:*',
];

/** The services that a role of the pipeline has anything to ask of. */
export const KNOWN_SERVICES: ReadonlySet<string> = new Set([
  'dynamodb',
  'events',
  'kms',
  'logs',
  's3',
  'sns',
  'sqs',
  'sts',
  'workdocs',
]);

/** Whether two patterns of actions (with `*` and `?`, in any case) have an action in common. */
export function overlap(one: string, other: string): boolean {
  if (one === '' || other === '') return /^\**$/.test(one + other);
  if (one.startsWith('*')) return overlap(one.slice(1), other) || overlap(one, other.slice(1));
  if (other.startsWith('*')) return overlap(other, one);
  return sameCharacter(one[0] ?? '', other[0] ?? '') && overlap(one.slice(1), other.slice(1));
}

function sameCharacter(one: string, other: string): boolean {
  return one === '?' || other === '?' || one.toLowerCase() === other.toLowerCase();
}
