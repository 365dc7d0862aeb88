import { readFile } from 'node:fs/promises';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { vaultPlace } from '@holdfast/core/kinds/s3/model/vault-key.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import { type CoreStack, roleOf } from '../core-stack.ts';
import { CommandError } from '../errors.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../ports.ts';

const TEMPLATES = new URL('../../templates/', import.meta.url);

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

/** The small stack that has a WorkDocs site polled and crawled. @param every as EventBridge takes it: `rate(5 minutes)` */
export async function siteStack(
  site: string,
  { every, roleArn }: { readonly every: string; readonly roleArn: string | undefined },
  core: CoreStack,
): Promise<StackRequest> {
  const { outputs } = core;
  const source = siteUri(site);
  return {
    name: sourceStackName(core.name, source, ADDRESSES),
    template: await readTemplate('workdocs.yaml'),
    parameters: {
      OrganizationId: site,
      ReaderRoleArn: roleArn ?? '',
      CaptureRuleName: captureRuleName(core.name, source),
      SiteQueueArn: outputs.SiteQueueArn,
      PollSchedule: every,
      ReadSiteRole: roleOf('ReadSiteRoleName', core),
      CaptureDocumentsRole: roleOf('CaptureDocumentsRoleName', core),
      CoreStack: core.name,
      AlarmTopicArn: outputs.AlarmTopicArn,
    },
    tags: { [SOURCE_TAG]: source, [STACK_TAG]: core.name },
  };
}

/** @param name of a template for the stacks of sources */
export async function readTemplate(name: string): Promise<string> {
  const file = new URL(name, TEMPLATES);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `the template of source stacks is missing from this installation: ${file.pathname}`;
    throw new CommandError(message, 'failed', { cause });
  }
}
