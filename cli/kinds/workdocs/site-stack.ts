import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import { captureRuleName, sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { CoreStack } from '../../../operations/core-stack.ts';
import { SOURCE_TAG, STACK_TAG, type StackRequest } from '../../../operations/ports.ts';
import { roleOf } from '../../core-stack.ts';
import { readTemplate } from '../../sources/read-template.ts';

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
