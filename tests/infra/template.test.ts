import { readFileSync } from 'node:fs';
import { PULSE_MS, parseReconcileQueue } from '@holdfast/core/kinds/s3/model/pulse.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Resource = { Type: string; Properties: Record<string, unknown>; [more: string]: unknown };
type Template = {
  Resources: Record<string, Resource>;
  Outputs: Record<string, unknown>;
  Parameters: Record<string, unknown>;
};

// CloudFormation's own tags (!Ref, !Sub …) are left as the text or list they stand before.
const read = (name: string): Template =>
  parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'), { logLevel: 'silent', merge: true });

const core = read('template.yaml');
const rooms = ['jobs', 's3', 'workdocs'].map((name) => read(`stacks/${name}/template.yaml`));
const [{ Globals } = expect.fail()] = rooms as unknown as Array<{
  Globals: { Function: { Timeout: number } };
}>;
const source = read('templates/source.yaml');

function resources(template: Template, type: string): Array<[string, Resource]> {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

const queues = resources(core, 'AWS::SQS::Queue');
const functions = rooms.flatMap((room) => resources(room, 'AWS::Serverless::Function'));

describe('the stack of a source', () => {
  it('lets captures see how an object is locked: a HEAD leaves out what may not be read', () => {
    const policy = JSON.stringify(source.Resources['ReadForCapture']);
    for (const action of ['s3:GetObjectRetention', 's3:GetObjectLegalHold']) expect(policy).toContain(action);
  });
});

describe('the hourly check of a source', () => {
  it('is sent each hour, by a rule that the queue lets in', () => {
    expect(source.Resources['PulseRule']?.Properties).toMatchObject({
      Name: '${CaptureRuleName}-hourly',
      State: 'ENABLED',
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Arn: 'ReconcileQueueArn', Input: '{"kind":"pulse","source":"s3://${Bucket}"}' }],
    });
    const queued = JSON.parse('{"kind":"pulse","source":"s3://photos"}');
    expect(parseReconcileQueue(JSON.stringify(queued))).toEqual(queued);
  });

  it('has an alarm after two intervals without success, silent when the stack is new', () => {
    const { AlarmActions, InsufficientDataActions, ...alarm } =
      source.Resources['PulseAlarm']?.Properties ?? {};
    expect(alarm).toMatchObject({
      MetricName: 'Pulse',
      Statistic: 'Maximum',
      Period: PULSE_MS / 1000,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      // Breaching would raise it as soon as it is there: no check has come then.
      TreatMissingData: 'missing',
    });
    // Silence is told of all the same; that it is over is not: a new alarm would tell that first of all.
    expect([AlarmActions, InsufficientDataActions]).toEqual([['AlarmTopicArn'], ['AlarmTopicArn']]);
    expect(alarm).not.toHaveProperty('OKActions');
  });
});

describe('the vault and the catalog', () => {
  const vault = core.Resources['Vault'];
  const catalog = core.Resources['Catalog'];

  it('outlive their stack, but not a first deployment that fails', () => {
    for (const one of [vault, catalog])
      expect(one).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  it('keep versions, are encrypted, and are closed to the public', () => {
    expect(vault?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(JSON.stringify(vault?.Properties['BucketEncryption'])).toContain('AES256');
    expect(JSON.stringify(core.Resources['VaultPolicy']?.Properties)).toContain('aws:SecureTransport');
  });

  it('expire only what was overwritten or deleted, never a current copy', () => {
    const lifecycle = vault?.Properties['LifecycleConfiguration'] as
      | { Rules: Array<Record<string, unknown>> }
      | undefined;
    expect(lifecycle?.Rules.length).toBeGreaterThan(0);
    for (const rule of lifecycle?.Rules ?? []) {
      expect(rule).not.toHaveProperty('ExpirationInDays');
      expect(rule).not.toHaveProperty('ExpirationDate');
    }
  });

  it('can be recovered to a moment themselves', () => {
    expect(catalog?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
  });
});

describe('thaws', () => {
  it('are told of by S3 itself, to the queue that restores, and by nothing else of the vault', () => {
    const vault = core.Resources['Vault'];
    expect(vault?.Properties['NotificationConfiguration']).toEqual({
      QueueConfigurations: ['s3/', 'workdocs/'].map((Value) => ({
        Event: 's3:ObjectRestore:Completed',
        Queue: 'RestoreWorkQueue.Arn',
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value }] } },
      })),
    });
    // S3 refuses a queue that it may not send to.
    expect(vault).toMatchObject({ DependsOn: 'RestoreWorkQueuePolicy' });
  });

  it('whose event never came are looked for every three hours', () => {
    expect(core.Resources['ThawSweepRule']?.Properties).toMatchObject({
      ScheduleExpression: 'rate(3 hours)',
      Targets: [{ Arn: 'RestoreWorkQueue.Arn', Input: '{"kind":"sweep"}' }],
    });
  });

  it('do not make the stack wait for itself: the roles that the queue’s policy names do not name the vault', () => {
    for (const name of ['PlanRestoreRole', 'PlanSiteRestoreRole', 'RestoreObjectsRole'])
      expect(JSON.stringify(core.Resources[name])).not.toContain('Vault');
    for (const name of ['PlanRestore', 'PlanSiteRestore', 'RestoreObjects'])
      expect(Object.fromEntries(functions)[`${name}Function`]).toMatchObject({ DependsOn: `${name}Policy` });
  });
});

describe('the queues', () => {
  it('are encrypted and keep their messages for two weeks', () => {
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });

  it('hide a message for six times its function’s time, as Lambda asks', () => {
    const { Timeout } = Globals.Function;
    for (const [name, { Properties }] of functions) {
      const queue = `${name.replace(/Function$/, '')}`;
      const timeout = Number(Properties['Timeout'] ?? Timeout);
      const consumed = JSON.stringify(Properties['Events']).match(/(\w+Queue)Arn/)?.[1] ?? '';
      expect({
        queue,
        visible: Number(core.Resources[consumed]?.Properties['VisibilityTimeout']) >= 6 * timeout,
      }).toEqual({ queue, visible: true });
    }
  });
});

describe('the stack of a source', () => {
  it('names no bucket but its own, and of the vault only the copy of its canary', () => {
    const policies = resources(source, 'AWS::IAM::Policy').map(([, { Properties }]) =>
      JSON.stringify(Properties),
    );
    const arns = policies.flatMap((text) => text.match(/arn:[^"]+/g) ?? []);
    expect(arns.length).toBeGreaterThan(0);
    for (const arn of arns)
      expect(arn).toMatch(
        /^arn:\$\{AWS::Partition\}:(s3:::\$\{Bucket\}(\/\*|\/\$\{CanaryKey\})?|s3:::\$\{VaultBucket\}\/\$\{CanaryVaultKey\}|events:.*:rule\/(default\/)?\$\{CaptureRuleName\})$/,
      );
  });
});
