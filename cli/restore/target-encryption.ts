import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { RestoreRequest } from '@holdfast/core/model/restore-request.ts';
import type { RestorePlan } from '@holdfast/core/restore/restore-plan.ts';
import type { Connection, Context } from '../context.ts';

/**
 * Says how a target encrypts, and what that needs: with a KMS key of the customer's, the functions write nothing that the key's own
 * policy does not let them, and no plan sees that policy.
 * Source: S3 user guide, "Using server-side encryption with AWS KMS keys": kms:GenerateDataKey, and kms:Decrypt for parts.
 *
 * @param isNew the target is still to be made, as the source is
 */
export function noteEncryption(
  { encryption }: RestorePlan,
  { target }: RestoreRequest,
  isNew: boolean,
  { stack }: Connection,
  { output }: Pick<Context, 'output'>,
): void {
  const role = stack.outputs.RestoreObjectsRoleName;
  const needs = `its policy has to let the role ${role} use it (kms:GenerateDataKey, kms:Decrypt), or nothing can be written`;
  const uri = sourceUri(target.bucket);
  if (isCustomers(encryption)) output.note(`${uri} encrypts with the KMS key ${encryption.key}: ${needs}`);
  if (encryption !== undefined || isNew) return;
  output.note(
    `how ${uri} encrypts cannot be seen (s3:GetBucketVersioning, s3:GetEncryptionConfiguration); if with a KMS key of yours, ${needs}`,
  );
}

/** Whoever may use S3 in the account may use AWS's own key for it. */
function isCustomers(
  encryption: RestorePlan['encryption'],
): encryption is { algorithm: string; key: string } {
  const { algorithm = '', key = '' } = encryption ?? {};
  return algorithm.startsWith('aws:kms') && key !== '' && !key.endsWith('alias/aws/s3');
}
