import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../cli/connect.ts';
import { readOutputs } from '../../../cli/core-stack.ts';
import { OUTPUTS } from './support/given-cli.ts';

const cloudFormation = mockClient(CloudFormationClient);
const OPTIONS = { stack: 'backup', region: 'eu-central-1' };

function givenStack(
  StackStatus: 'CREATE_COMPLETE' | 'CREATE_IN_PROGRESS',
  outputs: Record<string, string>,
): void {
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [{ StackName: 'backup', CreationTime: new Date(0), StackStatus, Outputs }],
  });
}

const IDENTITY =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  '<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
let sts: Server | undefined;

/** An AWS that knows no more than who is asking. */
async function givenSts(): Promise<string> {
  sts = createServer((_, response) => response.end(IDENTITY)).listen(0, '127.0.0.1');
  await once(sts, 'listening');
  return `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
}

beforeEach(() => {
  cloudFormation.reset();
  vi.stubEnv('AWS_PROFILE', undefined);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    vi.stubEnv(name, 'from-the-environment');
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
  sts?.closeAllConnections();
  sts?.close();
  sts = undefined;
});

describe('connect', () => {
  it('finds what the stack says of itself', async () => {
    givenStack('CREATE_COMPLETE', { ...OUTPUTS, RestoreTargetPatterns: 'team-*, other' });

    const { stack, world } = await connect(OPTIONS);

    expect(stack).toMatchObject({ name: 'backup', region: 'eu-central-1' });
    expect(world.settings).toMatchObject({
      vault: 'vault',
      restoreTargets: ['backup-restore-*', 'team-*', 'other'],
      multipartThresholdBytes: 5 * 1024 ** 3,
    });
  });

  it('lets a profile of the command line win over keys in the environment', async () => {
    givenStack('CREATE_COMPLETE', OUTPUTS);

    await connect({ ...OPTIONS, profile: 'work' });

    expect(process.env['AWS_PROFILE']).toBe('work');
    expect(process.env['AWS_ACCESS_KEY_ID']).toBeUndefined();
  });

  it('says where it looked when there is no such stack', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id backup does not exist'));
    await expect(connect({ ...OPTIONS, endpointUrl: await givenSts() })).rejects.toThrow(
      'there is no stack "backup" in eu-central-1 of account 123456789012: deploy it',
    );

    await expect(connect({ ...OPTIONS, endpointUrl: 'http://127.0.0.1:1' })).rejects.toThrow(
      'there is no stack "backup" in eu-central-1: deploy it',
    );
  });

  it('refuses a stack that is still being made', async () => {
    givenStack('CREATE_IN_PROGRESS', {});

    await expect(connect(OPTIONS)).rejects.toThrow(
      'stack "backup" is in state CREATE_IN_PROGRESS and cannot be used',
    );
  });
});

describe('readOutputs', () => {
  it('refuses a stack of something else, and one that lacks an output', () => {
    const view = { name: 'web', status: 'CREATE_COMPLETE', tags: {} };

    expect(() => readOutputs({ ...view, outputs: {} })).toThrow(
      /^stack "web" is not a Holdfast core stack of this version \(no output VaultBucket and \d+ more\)/,
    );
    const { VaultBucket: _, ...outputs } = OUTPUTS;
    expect(() => readOutputs({ ...view, outputs })).toThrow('(no output VaultBucket)');
  });

  it('takes no restore targets for what CloudFormation leaves out when it is empty', () => {
    const { RestoreTargetPatterns: _, ...outputs } = OUTPUTS;

    expect(
      readOutputs({ name: 'x', status: 'CREATE_COMPLETE', tags: {}, outputs }).RestoreTargetPatterns,
    ).toBe('');
  });
});
