import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { deploySettings } from '../../../scripts/lib/deploy-settings.ts';
import {
  FUNCTIONS_AT_ONCE,
  type FunctionConcurrency,
  judgeQuota,
} from '../../../scripts/lib/lambda-quota.ts';
import { preflight } from '../../../scripts/lib/preflight.ts';

const MODES = Object.keys(FUNCTIONS_AT_ONCE) as FunctionConcurrency[];

describe('what a quota means', () => {
  it.each<[number, FunctionConcurrency, string, RegExp]>([
    [1_000, 'SHARED', 'enough', /may run 1000 functions .* up to 68/],
    [68, 'SHARED', 'enough', /68/],
    [67, 'SHARED', 'small', /FunctionConcurrency=SMALL .*L-B99A9384/],
    [10, 'SHARED', 'small', /dead letter/],
    [22, 'SMALL', 'enough', /up to 22/],
    [10, 'SMALL', 'small', /free function for eight spans.*Ask for more/],
    [168, 'RESERVED', 'enough', /68 of 168/],
    [167, 'RESERVED', 'impossible', /SHARED or SMALL/],
    [10, 'RESERVED', 'impossible', /L-B99A9384/],
  ])('of %i, with %s: %s', (free, mode, kind, text) => {
    const verdict = judgeQuota({ concurrent: 1_000, unreserved: free }, mode);
    expect(verdict).toEqual({ kind, text: expect.stringMatching(text) });
  });

  it('counts what the stack has reserved already as free for it', () => {
    expect(judgeQuota({ concurrent: 168, unreserved: 100 }, 'RESERVED', 68).kind).toBe('enough');
    expect(judgeQuota({ concurrent: 167, unreserved: 99 }, 'RESERVED', 68).kind).toBe('impossible');
  });

  it('never says that it is enough where the functions would not fit', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.constantFrom(...MODES), (free, mode) => {
        const { kind } = judgeQuota({ concurrent: 2_000, unreserved: free }, mode);
        const fits = free >= FUNCTIONS_AT_ONCE[mode] + (mode === 'RESERVED' ? 100 : 0);
        expect(kind === 'enough').toBe(fits);
      }),
      { seed: 28 },
    );
  });

  it('says what it could not see', () => {
    expect(judgeQuota(undefined, 'SHARED')).toEqual({
      kind: 'small',
      text: expect.stringContaining('lambda:GetAccountSettings'),
    });
  });
});

describe('where sam would deploy to', () => {
  const toml = [
    '[default.global.parameters]',
    'stack_name = "ours"',
    '[default.deploy.parameters]',
    'region = "eu-west-1"',
    'parameter_overrides = "LockMode=\\"NONE\\" FunctionConcurrency=\\"SMALL\\""',
    '[local.deploy.parameters]',
    'region = "us-east-1"',
  ].join('\n');

  it('is what samconfig.toml says', () => {
    expect(deploySettings(['deploy'], toml)).toEqual({
      stack: 'ours',
      region: 'eu-west-1',
      profile: undefined,
      concurrency: 'SMALL',
    });
  });

  it.each([
    [['deploy', '--region', 'eu-north-1', '--profile=backup', '--stack-name', 'other']],
    [['deploy', '--region=eu-north-1', '--profile', 'backup', '--stack-name=other']],
  ])('or what the arguments say: %j', (args) => {
    const settings = deploySettings([...args, '--parameter-overrides', 'FunctionConcurrency=RESERVED'], toml);
    expect(settings).toEqual({
      stack: 'other',
      region: 'eu-north-1',
      profile: 'backup',
      concurrency: 'RESERVED',
    });
  });

  it('or nothing, and then the environment', () => {
    expect(deploySettings(['deploy'], '')).toEqual({
      stack: 'holdfast',
      region: undefined,
      profile: undefined,
      concurrency: undefined,
    });
  });
});

describe('the look before a deployment', () => {
  const [sts, lambda, cloudFormation] = [
    mockClient(STSClient),
    mockClient(LambdaClient),
    mockClient(CloudFormationClient),
  ];
  const settings = { stack: 'holdfast', region: 'eu-west-1', profile: undefined, concurrency: undefined };
  beforeEach(() => {
    for (const mock of [sts, lambda, cloudFormation]) mock.reset();
    sts
      .on(GetCallerIdentityCommand)
      .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/anna' });
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id holdfast does not exist'));
  });
  const limit = (ConcurrentExecutions: number, UnreservedConcurrentExecutions: number) =>
    lambda
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit: { ConcurrentExecutions, UnreservedConcurrentExecutions } });

  it('says who, where, and that a new account has few functions', async () => {
    limit(10, 10);
    expect(await preflight(settings)).toEqual({
      account: '111122223333',
      caller: 'arn:aws:iam::111122223333:user/anna',
      region: 'eu-west-1',
      quota: { kind: 'small', text: expect.stringContaining('may run 10 functions') },
    });
  });

  it('goes by what the stack that is there has, unless told otherwise', async () => {
    limit(168, 100);
    const Parameters = [{ ParameterKey: 'FunctionConcurrency', ParameterValue: 'RESERVED' }];
    const Stacks = [
      {
        StackName: 'holdfast',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE' as const,
        Parameters,
      },
    ];
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks });
    expect((await preflight(settings)).quota.text).toContain('68 of 168');
    expect((await preflight({ ...settings, concurrency: 'SMALL' })).quota.text).toContain('up to 22');
  });

  it('goes on when it may not ask for the quota, and not without credentials', async () => {
    lambda.on(GetAccountSettingsCommand).rejects(new Error('not authorized'));
    expect((await preflight(settings)).quota.kind).toBe('small');
    sts.on(GetCallerIdentityCommand).rejects(new Error('Could not load credentials'));
    await expect(preflight(settings)).rejects.toThrow(
      'AWS cannot be asked who you are: Could not load credentials',
    );
  });
});
