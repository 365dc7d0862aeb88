import {
  CloudFormationClient,
  CloudFormationServiceException,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudFormationStacks } from '../../../cli/adapters/aws/cloudformation-stacks.ts';

const aws = mockClient(CloudFormationClient);
const REQUEST = {
  name: 'wiring',
  template: 'Resources: {}',
  parameters: { Bucket: 'docs' },
  tags: { 'holdfast:source': 's3://docs' },
};
const pauses: number[] = [];
const stacks = new CloudFormationStacks(new CloudFormationClient({ region: 'us-east-1' }), async (ms) => {
  pauses.push(ms);
});

function invalid(message: string): CloudFormationServiceException {
  return new CloudFormationServiceException({
    name: 'ValidationError',
    message,
    $fault: 'client',
    $metadata: {},
  });
}

const absent = invalid('Stack with id wiring does not exist');

function stack(StackStatus: StackStatus, more: Partial<Stack> = {}): { Stacks: Stack[] } {
  return {
    Stacks: [{ StackName: 'wiring', StackId: 'arn:wiring', CreationTime: new Date(0), StackStatus, ...more }],
  };
}

/** What DescribeStacks answers, one call after the other. */
function givenStates(...states: Array<ReturnType<typeof stack> | Error>): void {
  let describe = aws.on(DescribeStacksCommand);
  for (const state of states) {
    describe = state instanceof Error ? describe.rejectsOnce(state) : describe.resolvesOnce(state);
  }
}

beforeEach(() => {
  aws.reset();
  pauses.length = 0;
});

describe('describe', () => {
  it('gives outputs, parameters and tags', async () => {
    givenStates(
      stack('CREATE_COMPLETE', {
        Outputs: [{ OutputKey: 'VaultBucket', OutputValue: 'v' }],
        Parameters: [{ ParameterKey: 'RetentionDays', ParameterValue: '90' }],
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );

    expect(await stacks.describe('wiring')).toEqual({
      name: 'wiring',
      status: 'CREATE_COMPLETE',
      outputs: { VaultBucket: 'v' },
      parameters: { RetentionDays: '90' },
      tags: { a: 'b' },
    });
  });

  it('knows no stack that does not exist, or that was deleted', async () => {
    givenStates(absent, stack('DELETE_COMPLETE'));

    expect(await stacks.describe('wiring')).toBeUndefined();
    expect(await stacks.describe('wiring')).toBeUndefined();
  });

  it('passes other errors on', async () => {
    givenStates(new Error('no way'));

    await expect(stacks.describe('wiring')).rejects.toThrow('no way');
  });
});

describe('deploy', () => {
  it('creates a stack and waits for it', async () => {
    givenStates(absent, stack('CREATE_IN_PROGRESS'), stack('CREATE_IN_PROGRESS'), stack('CREATE_COMPLETE'));
    aws.on(CreateStackCommand).resolves({ StackId: 'arn:wiring' });
    const heard: string[] = [];

    expect(await stacks.deploy(REQUEST, (status) => heard.push(status))).toBe('created');

    expect(heard).toEqual(['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS']);
    expect(pauses).toEqual([250, 375]);
    expect(aws.commandCalls(CreateStackCommand)[0]?.args[0].input).toEqual({
      StackName: 'wiring',
      TemplateBody: 'Resources: {}',
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: [{ ParameterKey: 'Bucket', ParameterValue: 'docs' }],
      Tags: [{ Key: 'holdfast:source', Value: 's3://docs' }],
      OnFailure: 'DELETE',
      TimeoutInMinutes: 30,
    });
  });

  it('updates one that is there', async () => {
    givenStates(stack('CREATE_COMPLETE'), stack('UPDATE_COMPLETE'));
    aws.on(UpdateStackCommand).resolves({});

    expect(await stacks.deploy(REQUEST)).toBe('updated');
  });

  it('is content with one that is as asked', async () => {
    givenStates(stack('CREATE_COMPLETE'));
    aws.on(UpdateStackCommand).rejects(invalid('No updates are to be performed.'));

    expect(await stacks.deploy(REQUEST)).toBe('unchanged');
  });

  it('waits for what somebody else is doing, and replaces the remains of a failure', async () => {
    givenStates(
      stack('ROLLBACK_IN_PROGRESS'),
      stack('ROLLBACK_COMPLETE'),
      stack('ROLLBACK_COMPLETE'),
      stack('DELETE_COMPLETE'),
      stack('CREATE_COMPLETE'),
    );
    aws.on(CreateStackCommand).resolves({ StackId: 'arn:wiring-2' });

    expect(await stacks.deploy(REQUEST)).toBe('created');
    expect(aws.commandCalls(DeleteStackCommand)).toHaveLength(1);
  });

  it('gives the first reason of a failure, not its echoes', async () => {
    givenStates(absent, stack('DELETE_COMPLETE'));
    aws.on(CreateStackCommand).resolves({ StackId: 'arn:wiring' });
    const event = (LogicalResourceId: string, ResourceStatusReason: string) => ({
      StackId: 'arn:wiring',
      EventId: LogicalResourceId,
      StackName: 'wiring',
      Timestamp: new Date(0),
      LogicalResourceId,
      ResourceType: 'AWS::Events::Rule',
      ResourceStatus: 'CREATE_FAILED' as const,
      ResourceStatusReason,
    });
    aws.on(DescribeStackEventsCommand).resolves({
      StackEvents: [
        event('wiring', 'The following resource(s) failed to create: [CaptureRule].'),
        event('ReconcileRule', 'Resource creation cancelled'),
        event('CaptureRule', 'the limit of rules is reached'),
      ],
    });

    await expect(stacks.deploy(REQUEST)).rejects.toThrow(
      'stack "wiring" could not be created (gone): CaptureRule (AWS::Events::Rule): the limit of rules is reached',
    );
  });

  it('says so when the reasons cannot be read, or there are none', async () => {
    aws.on(CreateStackCommand).resolves({ StackId: 'arn:wiring' });
    givenStates(absent, absent);
    aws.on(DescribeStackEventsCommand).rejects(new Error('access denied'));
    await expect(stacks.deploy(REQUEST)).rejects.toThrow('its events could not be read: access denied');

    aws.reset();
    givenStates(stack('CREATE_COMPLETE'), stack('UPDATE_ROLLBACK_COMPLETE'));
    aws.on(UpdateStackCommand).resolves({});
    aws.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
    await expect(stacks.deploy(REQUEST)).rejects.toThrow(
      'UPDATE_ROLLBACK_COMPLETE): CloudFormation gives no reason',
    );
  });
});

describe('remove', () => {
  it('deletes the stack, by its id, and waits until it is gone', async () => {
    givenStates(stack('CREATE_COMPLETE'), stack('DELETE_IN_PROGRESS'), stack('DELETE_COMPLETE'));

    expect(await stacks.remove('wiring')).toBe(true);
    expect(aws.commandCalls(DeleteStackCommand)[0]?.args[0].input).toEqual({ StackName: 'arn:wiring' });
  });

  it('does nothing when there is none', async () => {
    givenStates(absent);

    expect(await stacks.remove('wiring')).toBe(false);
    expect(aws.commandCalls(DeleteStackCommand)).toEqual([]);
  });

  it('says why it cannot be deleted', async () => {
    givenStates(stack('CREATE_COMPLETE'), stack('DELETE_FAILED'));
    aws.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });

    await expect(stacks.remove('wiring')).rejects.toThrow('could not be deleted (DELETE_FAILED)');
  });
});

describe('listSources', () => {
  it('finds the stacks of one core stack on all pages', async () => {
    const tagged = (name: string, core: string): Stack => ({
      StackName: name,
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: new Date(0),
      Tags: [
        { Key: 'holdfast:source', Value: `s3://${name}` },
        { Key: 'holdfast:stack', Value: core },
      ],
    });
    aws
      .on(DescribeStacksCommand)
      .resolvesOnce({ Stacks: [tagged('one', 'holdfast'), tagged('foreign', 'other')], NextToken: 'more' })
      .resolvesOnce({ Stacks: [tagged('two', 'holdfast'), ...(stack('CREATE_COMPLETE').Stacks ?? [])] });

    expect((await stacks.listSources('holdfast')).map(({ name }) => name)).toEqual(['one', 'two']);
  });
});
