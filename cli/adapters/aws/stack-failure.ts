import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

/** What one failed resource does to all others: not the reason, only its echo. */
const ECHO = /cancelled|following resource/i;

/** The first thing that went wrong with a stack, in CloudFormation's words. It lists events newest first. */
export async function firstFailure(client: CloudFormationClient, stack: string): Promise<string> {
  let first: StackEvent | undefined;
  try {
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stack })) {
      first = StackEvents.findLast(isCause) ?? first;
    }
  } catch (error) {
    return `its events could not be read: ${error instanceof Error ? error.message : error}`;
  }
  if (first === undefined) return 'CloudFormation gives no reason';
  return `${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason}`;
}

function isCause({ ResourceStatus, ResourceStatusReason }: StackEvent): boolean {
  return (
    (ResourceStatus?.endsWith('_FAILED') ?? false) &&
    ResourceStatusReason !== undefined &&
    !ECHO.test(ResourceStatusReason)
  );
}
