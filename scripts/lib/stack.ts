import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudEnv } from './cloud-env.ts';
import { ARTIFACTS_BUCKET, REGION, STACK } from './parameters.ts';

export type Stack = { readonly status: string; readonly outputs: Record<string, string> };

/** The deployed stack, or nothing if there is none. */
export async function describeStack(cloud: CloudEnv): Promise<Stack | undefined> {
  const client = new CloudFormationClient(clientConfig(cloud));
  try {
    return await readStack(STACK, client);
  } finally {
    client.destroy();
  }
}

/** A stack by its name, or nothing if there is none. */
export async function readStack(name: string, client: CloudFormationClient): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const stack = Stacks?.[0];
    if (!stack) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ]);
    return { status: stack.StackStatus ?? 'UNKNOWN', outputs: Object.fromEntries(outputs) };
  } catch (error) {
    // CloudFormation's way of saying that there is no such stack.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** Whether the stack is whole, so that an unchanged template need not be deployed again. */
export function isWhole(stack: Stack | undefined): stack is Stack {
  return stack !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status);
}

/** `sam deploy` uploads the built functions before it creates the stack: the bucket cannot be in the stack. */
export async function ensureArtifactsBucket(cloud: CloudEnv): Promise<void> {
  const client = new S3Client({ ...clientConfig(cloud), forcePathStyle: true });
  try {
    await client.send(new HeadBucketCommand({ Bucket: ARTIFACTS_BUCKET }));
  } catch {
    await client.send(new CreateBucketCommand({ Bucket: ARTIFACTS_BUCKET }));
  } finally {
    client.destroy();
  }
}

/** Everything explicit: nothing of the developer's own AWS settings may send these calls elsewhere. */
function clientConfig(cloud: CloudEnv) {
  const sessionToken = cloud['AWS_SESSION_TOKEN'];
  return {
    endpoint: cloud['AWS_ENDPOINT_URL'] ?? '',
    region: cloud['AWS_REGION'] ?? REGION,
    credentials: {
      accessKeyId: cloud['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: cloud['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(sessionToken && { sessionToken }),
    },
  };
}
