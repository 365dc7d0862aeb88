import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { DeploySettings } from './deploy-settings.ts';
import { CloudError } from './errors.ts';
import {
  FUNCTIONS_AT_ONCE,
  type FunctionConcurrency,
  judgeQuota,
  type QuotaVerdict,
  readLambdaQuota,
} from './lambda-quota.ts';

/** What is known of an account before anything is deployed into it. */
export type Preflight = {
  readonly account: string;
  /** As STS names the caller. */
  readonly caller: string;
  readonly region: string;
  readonly quota: QuotaVerdict;
};

/**
 * Asks AWS who and where we are, and whether the stack's functions find room there. Changes nothing.
 *
 * @throws {CloudError} when no region or no credentials are set
 */
export async function preflight(settings: DeploySettings): Promise<Preflight> {
  const { region, profile, stack } = settings;
  const config = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  };
  const sts = new STSClient(config);
  const where = await sts.config.region().catch(() => undefined);
  if (where === undefined) throw new CloudError('no region: set AWS_REGION, or give --region');
  const who = await sts.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new CloudError(`AWS cannot be asked who you are: ${error.message}`, { cause: error });
  });
  const [quota, deployed] = await Promise.all([
    readLambdaQuota(new LambdaClient(config)),
    deployedConcurrency(new CloudFormationClient(config), stack),
  ]);
  const reserved = deployed === 'RESERVED' ? FUNCTIONS_AT_ONCE.RESERVED : 0;
  return {
    account: who.Account ?? '',
    caller: who.Arn ?? '',
    region: where,
    quota: judgeQuota(quota, settings.concurrency ?? deployed ?? 'SHARED', reserved),
  };
}

/** What the stack that is there has; a deployment that does not name it leaves it so. */
async function deployedConcurrency(
  client: CloudFormationClient,
  StackName: string,
): Promise<FunctionConcurrency | undefined> {
  const { Stacks } = await client
    .send(new DescribeStacksCommand({ StackName }))
    .catch(() => ({ Stacks: [] }));
  const parameter = Stacks?.[0]?.Parameters?.find(
    ({ ParameterKey }) => ParameterKey === 'FunctionConcurrency',
  );
  return parameter?.ParameterValue as FunctionConcurrency | undefined;
}
