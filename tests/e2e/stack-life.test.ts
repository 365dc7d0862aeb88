import { glob, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
  UpdateStackCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import { checkoutVenv, ROOT } from '../../scripts/lib/checkout-venv.ts';
import { toolEnv } from '../../scripts/lib/cloud-env.ts';
import { run } from '../../scripts/lib/run.ts';
import { BUNDLE_BYTES, SITE_BUNDLE_BYTES } from '../support/bundle-bounds.ts';
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

type Parameters = Readonly<Record<string, string>>;

/** Creates a second stack of the real template. @returns the state that it ends in, and the first reason if it failed */
async function create(StackName: string, body: string, parameters: Parameters): Promise<string> {
  made.push(StackName);
  await s3.send(new PutObjectCommand({ Bucket: ARTIFACTS, Key: StackName, Body: body }));
  await cloudFormation.send(new CreateStackCommand(requestOf(StackName, parameters)));
  return ended(StackName);
}

/** Deploys the same template again. @returns as `create` does */
async function update(StackName: string, parameters: Parameters): Promise<string> {
  await cloudFormation.send(new UpdateStackCommand(requestOf(StackName, parameters)));
  return ended(StackName);
}

function requestOf(StackName: string, parameters: Parameters) {
  const all = { RequireTls: 'false', ...parameters };
  return {
    StackName,
    TemplateURL: `${process.env['AWS_ENDPOINT_URL']}/${ARTIFACTS}/${StackName}`,
    Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const],
    Parameters: Object.entries(all).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
}

async function ended(StackName: string): Promise<string> {
  await expect
    .poll(() => statusOf(StackName), { timeout: 120_000, interval: 500 })
    .not.toMatch(/IN_PROGRESS/);
  const status = await statusOf(StackName);
  if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return status;
  const failed = (await events(StackName)).filter(({ ResourceStatus }) =>
    /_FAILED$/.test(ResourceStatus ?? ''),
  );
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
  return (await described(StackName))?.StackStatus ?? '';
}

async function outputsOf(StackName: string): Promise<Record<string, string>> {
  const { Outputs = [] } = (await described(StackName)) ?? {};
  return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

async function described(StackName: string) {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0];
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
    expect(await create(name, template, { RequireTls: 'true' })).toBe('CREATE_COMPLETE');
    const queues = await resources(name, 'AWS::SQS::Queue');
    expect(queues).toHaveLength(22);
    for (const QueueUrl of queues)
      await expect(
        sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' })),
        QueueUrl,
      ).rejects.toThrow(/denied/i);
  });
});

describe('sam build and sam deploy in the root, with nothing but samconfig.toml', () => {
  it('deploy everything', async () => {
    const name = 'holdfast-plain';
    const { sam } = await checkoutVenv();
    const env = {
      // sam does not say whose its bucket is, as Holdfast does: it asks past the proxy that looks for that.
      ...toolEnv(process.env, { ...inject('cloudEnv'), AWS_ENDPOINT_URL: inject('directEndpoint') }),
      PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
      SAM_CLI_TELEMETRY: '0',
      SAM_CLI_POLL_DELAY: '0.2',
    };
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-plain-'));
    const places = ['--build-dir', join(folder, 'build'), '--cache-dir', join(folder, 'cache')];
    const config = ['--config-env', 'local', '--config-file', join(ROOT, 'samconfig.toml')];
    const built = await run(sam, ['build', ...config, ...places], { cwd: ROOT, env });
    expect(built.code, built.output).toBe(0);
    const bundles = await Array.fromAsync(glob('*/*/handler.mjs', { cwd: join(folder, 'build') }));
    expect(bundles).toHaveLength(10);
    for (const bundle of bundles) {
      const bound = bundle.startsWith('WorkDocsStack') ? SITE_BUNDLE_BYTES : BUNDLE_BYTES;
      expect((await stat(join(folder, 'build', bundle))).size, bundle).toBeLessThanOrEqual(bound);
    }
    made.push(name);
    const deployed = await run(
      sam,
      [
        ...['deploy', ...config, '--template-file', join(folder, 'build/template.yaml')],
        ...['--stack-name', name, '--parameter-overrides', 'RequireTls=false'],
      ],
      { cwd: ROOT, env },
    );
    await rm(folder, { recursive: true });
    expect(deployed.code, deployed.output).toBe(0);
    expect(await statusOf(name)).toBe('CREATE_COMPLETE');
    expect(await resources(name, 'AWS::CloudFormation::Stack')).toHaveLength(3);
  });
});

describe('a stack that is deployed again', () => {
  const name = 'holdfast-again';
  /** The functions of the nested stacks, by what their physical names hold. */
  const functions = async () => {
    const nested = await resources(name, 'AWS::CloudFormation::Stack');
    return (await Promise.all(nested.map((one) => resources(one, 'AWS::Lambda::Function')))).flat();
  };
  const isOfSites = (one: string) => one.includes('-WorkDocsStack-');

  it('loses the functions of a kind with its parameter, gets them back, and keeps its vault and its catalog', async () => {
    expect(await create(name, template, {})).toBe('CREATE_COMPLETE');
    const kept = async () => [
      ...(await resources(name, 'AWS::S3::Bucket')),
      ...(await resources(name, 'AWS::DynamoDB::Table')),
      ...(await resources(name, 'AWS::SQS::Queue')).sort(),
    ];
    const [before, all] = [await kept(), await functions()];
    expect([before.length, all.length]).toEqual([24, 10]);

    expect(await update(name, { WorkDocs: 'false' })).toBe('UPDATE_COMPLETE');
    expect(await functions()).toEqual(all.filter((one) => !isOfSites(one)));
    expect(Object.keys(await outputsOf(name))).not.toContain('ReadSiteRoleName');
    const { code, output } = await holdfastJson(
      ['protect', 'workdocs://d-1234567890', '--stack', name],
      process.env,
    );
    const error = { message: expect.stringContaining('deploy it with WorkDocs=true') };
    expect({ code, output }).toMatchObject({ code: 1, output: { error } });

    // What a nested stack does not change, it still has: its functions find their roles, and its outputs their names.
    expect(await update(name, { LogRetentionDays: '7' })).toBe('UPDATE_COMPLETE');
    expect((await functions()).filter(isOfSites)).toHaveLength(4);
    expect((await outputsOf(name))['ReadSiteRoleName']).toContain('-WorkDocsStack-');
    expect(await kept()).toEqual(before);
  });
});

describe('a first deployment that fails', () => {
  it('takes its vault and its catalog with it', async () => {
    const name = 'holdfast-failing';
    const alarm =
      '  Fails:\n    Type: AWS::CloudWatch::CompositeAlarm\n    DependsOn: [Vault, Catalog]\n    Properties: {AlarmRule: ""}\n';
    const failing = template.replace(/^Resources:\n/m, `Resources:\n${alarm}`);
    expect(failing).toContain(alarm);
    expect(await create(name, failing, {})).toMatch(/^ROLLBACK_COMPLETE: Fails /);
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
    expect(await create(name, template, {})).toBe('CREATE_COMPLETE');
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
