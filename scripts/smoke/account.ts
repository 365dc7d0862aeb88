import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { judgeQuota, readLambdaQuota } from '../lib/lambda-quota.ts';
import { UsageError } from './options.ts';

/** Where the smoke test runs, and as whom. */
export type Account = {
  readonly id: string;
  /** As STS names it: a user, the root, or a session of a role. */
  readonly callerArn: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** True for an endpoint that is not AWS: what it cannot show is skipped. */
  readonly emulator: boolean;
};

/** Asks AWS who and where we are. @throws {UsageError} when no region or no credentials are set */
export async function findAccount(env: NodeJS.ProcessEnv): Promise<Account> {
  const sts = new STSClient({});
  try {
    const region = await sts.config.region().catch(() => '');
    if (region === '') throw new UsageError('no region: set AWS_REGION, or one in your profile');
    const { Account: id = '', Arn: callerArn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const partition = callerArn.split(':')[1] ?? 'aws';
    return { id, callerArn, partition, region, emulator: isSet(env['AWS_ENDPOINT_URL']) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`AWS cannot be asked who you are: ${why}`);
  } finally {
    sts.destroy();
  }
}

/** Whether the functions of the smoke's stack find room in this account, in words. */
export async function quotaWords(): Promise<string> {
  const lambda = new LambdaClient({ maxAttempts: 2 });
  try {
    const { kind, text } = judgeQuota(await readLambdaQuota(lambda), 'SMALL');
    return `${kind === 'enough' ? 'Quota' : 'Warning'}: ${text}`;
  } finally {
    lambda.destroy();
  }
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

/**
 * What `aws:PrincipalArn` is for a caller, as patterns. A session's ARN names its role without the role's path. Source: IAM user
 * guide, "AWS global condition context keys", aws:PrincipalArn.
 */
export function principalPatterns({ callerArn, partition, id }: Account): string[] {
  const role = /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
  if (role === undefined) return [callerArn];
  const arn = `arn:${partition}:iam::${id}:role`;
  return [`${arn}/${role}`, `${arn}/*/${role}`];
}
