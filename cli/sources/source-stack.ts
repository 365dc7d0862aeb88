import { readFile } from 'node:fs/promises';
import { sourceUri } from '@holdfast/core/model/source-uri.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { CoreStack } from '../core-stack.ts';
import { CommandError } from '../errors.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../ports.ts';

const TEMPLATE = new URL('../../templates/source.yaml', import.meta.url);

/** The small stack that wires one bucket to the core stack. */
export async function sourceStack(bucket: string, prefix: string, core: CoreStack): Promise<StackRequest> {
  const { outputs } = core;
  return {
    name: sourceStackName(core.name, bucket),
    template: await readTemplate(),
    parameters: {
      Bucket: bucket,
      Prefix: prefix,
      CaptureRuleName: captureRuleName(core.name, bucket),
      CaptureQueueArn: outputs.CaptureQueueArn,
      ReconcileQueueArn: outputs.ReconcileQueueArn,
      CaptureChangesRole: outputs.CaptureChangesRoleName,
      CaptureBacklogRole: outputs.CaptureBacklogRoleName,
      ReconcileSourceRole: outputs.ReconcileSourceRoleName,
      RestoreObjectsRole: outputs.RestoreObjectsRoleName,
      ExactRestores: outputs.ExactRestoresAllowed,
      CoreStack: core.name,
      AlarmTopicArn: outputs.AlarmTopicArn,
    },
    tags: { [SOURCE_TAG]: sourceUri(bucket), [STACK_TAG]: core.name },
  };
}

async function readTemplate(): Promise<string> {
  try {
    return await readFile(TEMPLATE, 'utf8');
  } catch (cause) {
    throw new CommandError(
      `the template of source stacks is missing from this installation: ${TEMPLATE.pathname}`,
      'failed',
      {
        cause,
      },
    );
  }
}
