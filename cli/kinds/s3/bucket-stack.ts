import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { CoreStack } from '../../../operations/core-stack.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../operations/ports.ts';
import { roleOf } from '../../core-stack.ts';
import { readTemplate } from '../../sources/read-template.ts';

/** The small stack that wires one bucket to the core stack. */
export async function bucketStack(
  bucket: string,
  {
    prefix = '',
    tagChanges = true,
    canaryKey,
    acls = false,
  }: Pick<SourceSettings, 'prefix' | 'tagChanges'> & { readonly canaryKey?: string; readonly acls?: boolean },
  core: CoreStack,
): Promise<StackRequest> {
  const { outputs, parameters } = core;
  return {
    name: sourceStackName(core.name, sourceUri(bucket), ADDRESSES),
    template: await readTemplate('source.yaml'),
    parameters: {
      Bucket: bucket,
      Prefix: prefix,
      CaptureRuleName: captureRuleName(core.name, bucket),
      CaptureQueueArn: outputs.CaptureQueueArn,
      ReconcileQueueArn: outputs.ReconcileQueueArn,
      CaptureChangesRole: roleOf('CaptureChangesRoleName', core),
      CaptureBacklogRole: roleOf('CaptureBacklogRoleName', core),
      ReconcileSourceRole: roleOf('ReconcileSourceRoleName', core),
      RestoreObjectsRole: outputs.RestoreObjectsRoleName,
      ExactRestores: outputs.ExactRestoresAllowed,
      CanaryKey: canaryKey ?? '',
      CanaryVaultKey: canaryKey === undefined ? '' : vaultPlace(bucket, canaryKey).key,
      VaultBucket: outputs.VaultBucket,
      VaultKmsKeyArn: parameters['VaultKmsKeyArn'] ?? '',
      TagChanges: String(tagChanges),
      Acls: String(acls),
      AclRestores: outputs.AclRestoresAllowed,
      CoreStack: core.name,
      AlarmTopicArn: outputs.AlarmTopicArn,
    },
    tags: { [SOURCE_TAG]: sourceUri(bucket), [STACK_TAG]: core.name },
  };
}
