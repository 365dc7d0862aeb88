import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import { dynamo, givenBucket, s3, stack } from './support/cloud.ts';

const cloudFormation = new CloudFormationClient();
const sqs = new SQSClient({ maxAttempts: 1 });
const ARTIFACTS = 'holdfast-artifacts';
const WAIT = { client: cloudFormation, maxWaitTime: 120, minDelay: 1, maxDelay: 2 };

let template = '';
beforeAll(async () => {
  // As sam made it of template.yaml, with the functions' code in its bucket.
  const { TemplateBody = '' } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' }),
  );
  template = TemplateBody;
});

/** Creates a second stack of the real template. @returns the state that it ends in, and the first reason if it failed */
async function create(StackName: string, body: string, RequireTls: string): Promise<string> {
  made.push(StackName);
  await s3.send(new PutObjectCommand({ Bucket: ARTIFACTS, Key: StackName, Body: body }));
  await cloudFormation.send(
    new CreateStackCommand({
      StackName,
      TemplateURL: `${process.env['AWS_ENDPOINT_URL']}/${ARTIFACTS}/${StackName}`,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: [{ ParameterKey: 'RequireTls', ParameterValue: RequireTls }],
    }),
  );
  await expect
    .poll(() => statusOf(StackName), { timeout: 120_000, interval: 500 })
    .not.toMatch(/IN_PROGRESS/);
  const status = await statusOf(StackName);
  if (status === 'CREATE_COMPLETE') return status;
  const failed = (await events(StackName)).filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  const first = failed.at(-1);
  return `${status}: ${first?.LogicalResourceId} ${first?.ResourceStatusReason}`;
}

/** The newest first. */
async function events(StackName: string): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client: cloudFormation },
    { StackName },
  ))
    found.push(...StackEvents);
  return found;
}

async function statusOf(StackName: string): Promise<string> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatus ?? '';
}

const made: string[] = [];
afterEach(async () => {
  for (const name of made.splice(0)) await remove(name);
});

async function remove(StackName: string): Promise<void> {
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(WAIT, { StackName });
}

async function resources(StackName: string, type: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: cloudFormation },
    { StackName },
  ))
    found.push(
      ...StackResourceSummaries.filter(({ ResourceType }) => ResourceType === type).map(
        ({ PhysicalResourceId = '' }) => PhysicalResourceId,
      ),
    );
  return found;
}

const isThere = (Bucket: string) =>
  s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    () => false,
  );

describe('a stack that requires TLS, as on AWS by default', () => {
  it('is created, and none of its queues takes anything over plain http', async () => {
    const name = 'holdfast-tls';
    expect(await create(name, template, 'true')).toBe('CREATE_COMPLETE');
    const queues = await resources(name, 'AWS::SQS::Queue');
    expect(queues).toHaveLength(22);
    for (const QueueUrl of queues)
      await expect(
        sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' })),
        QueueUrl,
      ).rejects.toThrow(/denied/i);
  });
});

describe('a first deployment that fails', () => {
  it('takes its vault and its catalog with it', async () => {
    const name = 'holdfast-failing';
    const alarm =
      '  Fails:\n    Type: AWS::CloudWatch::CompositeAlarm\n    DependsOn: [Vault, Catalog]\n    Properties: {AlarmRule: ""}\n';
    const failing = template.replace(/^Resources:\n/m, `Resources:\n${alarm}`);
    expect(failing).toContain(alarm);
    expect(await create(name, failing, 'false')).toMatch(/^ROLLBACK_COMPLETE: Fails /);
    const madeOf = (id: string) => (event: StackEvent) =>
      event.LogicalResourceId === id && event.ResourceStatus === 'CREATE_COMPLETE';
    const all = await events(name);
    const vault = all.find(madeOf('Vault'))?.PhysicalResourceId ?? '';
    const TableName = all.find(madeOf('Catalog'))?.PhysicalResourceId ?? '';
    expect([vault, TableName]).not.toContain('');
    await expect(dynamo.send(new DescribeTableCommand({ TableName }))).rejects.toThrow(/not found/i);
    expect(await isThere(vault)).toBe(false);
  });
});

describe('a core stack that is deleted before its sources are unprotected', () => {
  it('keeps its vault, and says how the stacks of its sources go', async () => {
    const name = 'holdfast-gone';
    expect(await create(name, template, 'false')).toBe('CREATE_COMPLETE');
    const [vault = ''] = await resources(name, 'AWS::S3::Bucket');
    const bucket = await givenBucket('orphan');
    const run = (...args: string[]) => holdfastJson([...args, '--stack', name], process.env);
    expect((await run('protect', `s3://${bucket}`, '--no-initial')).code).toBe(0);
    await remove(name);
    expect(await isThere(vault)).toBe(true);
    const { code, output } = await run('unprotect', `s3://${bucket}`, '--yes');
    expect({ code, output }).toMatchObject({
      code: 1,
      output: {
        error: {
          message: expect.stringContaining(`aws cloudformation delete-stack --stack-name ${name}-source-`),
        },
      },
    });
  });
});
