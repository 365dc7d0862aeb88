import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import type { ExportPlace } from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { CoreStack } from '../../../../operations/core-stack.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../../operations/ports.ts';
import { roleOf } from '../../../core-stack.ts';
import { readTemplate } from '../../../sources/read-template.ts';

/** The small stack that lets an export be read. @param kmsKey ARN of the key that the zips are encrypted with, if it is a customer's */
export async function exportStack(
  source: string,
  { bucket, prefix }: ExportPlace,
  kmsKey: string | undefined,
  core: CoreStack,
): Promise<StackRequest> {
  return {
    name: sourceStackName(core.name, source, ADDRESSES),
    template: await readTemplate('workdocs-import.yaml'),
    parameters: {
      Bucket: bucket,
      Prefix: literal(prefix),
      ImportExportRole: roleOf('ImportExportRoleName', core),
      KmsKeyArn: kmsKey ?? '',
    },
    tags: { [SOURCE_TAG]: source, [STACK_TAG]: core.name },
  };
}

/** What would be a wildcard or a variable in a policy stands for itself. Source: IAM user guide, "Policy variables". */
function literal(prefix: string): string {
  return prefix.replaceAll(/[*?$]/g, (mark) => `\${${mark}}`);
}
