import {
  DescribeRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { EventBridgeWiring } from '@holdfast/core/kinds/s3/aws/eventbridge-wiring.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const s3Client = new S3Client({ region: 'eu-central-1' });
const eventBridge = new EventBridgeClient({ region: 'eu-central-1' });
const s3 = mockClient(s3Client);
const bus = mockClient(eventBridge);
const wiring = new EventBridgeWiring({
  s3: s3Client,
  eventBridge,
  ruleName: (bucket) => `stack-${bucket}`,
  queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/capture',
});
const QUEUE = 'arn:aws:sqs:eu-central-1:111122223333:capture';
const PATTERN = {
  source: ['aws.s3'],
  'detail-type': ['Object Created', 'Object Deleted', 'Object Restore Completed'],
  detail: { bucket: { name: ['b'] } },
};
const rule = (State: 'ENABLED' | 'DISABLED', pattern: object = PATTERN) =>
  bus.on(DescribeRuleCommand).resolves({ State, EventPattern: JSON.stringify(pattern) });

const OTHERS: NotificationConfiguration = {
  QueueConfigurations: [{ Id: 'q', QueueArn: 'arn:q', Events: ['s3:ObjectCreated:*'] }],
  TopicConfigurations: [{ Id: 't', TopicArn: 'arn:t', Events: ['s3:ObjectRemoved:*'] }],
  LambdaFunctionConfigurations: [
    {
      Id: 'l',
      LambdaFunctionArn: 'arn:l',
      Events: ['s3:ObjectRestore:*'],
      Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'a/' }] } },
    },
  ],
};

beforeEach(() => {
  s3.reset();
  bus.reset();
  s3.on(GetBucketNotificationConfigurationCommand).resolves({ ...OTHERS });
  s3.on(PutBucketNotificationConfigurationCommand).resolves({});
  rule('ENABLED');
  bus.on(ListTargetsByRuleCommand).resolves({ Targets: [{ Id: 'capture', Arn: QUEUE }] });
  bus.on(EnableRuleCommand).resolves({});
});

describe('EventBridgeWiring', () => {
  it('puts back all that it read, and EventBridge', async () => {
    await wiring.connect('b');
    const puts = s3.commandCalls(PutBucketNotificationConfigurationCommand);
    expect(puts.map(({ args }) => args[0].input)).toEqual([
      {
        Bucket: 'b',
        NotificationConfiguration: { ...OTHERS, EventBridgeConfiguration: {} },
        SkipDestinationValidation: true,
      },
    ]);
  });

  it('writes nothing when EventBridge is on', async () => {
    s3.on(GetBucketNotificationConfigurationCommand).resolves({ ...OTHERS, EventBridgeConfiguration: {} });
    await wiring.connect('b');
    expect(await wiring.ensure('b')).toEqual({ state: 'ok' });
    expect(s3.commandCalls(PutBucketNotificationConfigurationCommand)).toEqual([]);
    expect(bus.commandCalls(DescribeRuleCommand)[0]?.args[0].input).toEqual({ Name: 'stack-b' });
    expect(bus.commandCalls(EnableRuleCommand)).toEqual([]);
  });

  it('mends both ends and says so', async () => {
    rule('DISABLED');
    expect(await wiring.ensure('b')).toEqual({
      state: 'repaired',
      detail: 'EventBridge was switched off at the bucket; the rule stack-b was disabled',
    });
    expect(bus.commandCalls(EnableRuleCommand)[0]?.args[0].input).toEqual({ Name: 'stack-b' });
  });

  it('cannot mend a rule that is gone', async () => {
    bus
      .on(DescribeRuleCommand)
      .rejects(new ResourceNotFoundException({ message: 'gone', $metadata: { httpStatusCode: 400 } }));
    expect(await wiring.ensure('b')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('stack-b'),
    });
  });

  describe('cannot mend a rule that was changed', () => {
    beforeEach(() => {
      s3.on(GetBucketNotificationConfigurationCommand).resolves({ EventBridgeConfiguration: {} });
    });
    const is = (detail: string) => ({ state: 'broken', detail: expect.stringContaining(detail) });

    it.each<[string, object, string]>([
      ['other services', { ...PATTERN, source: ['aws.ec2'] }, 'events of S3'],
      ['no deletions', { ...PATTERN, 'detail-type': ['Object Created'] }, '"Object Deleted"'],
      ['another bucket', { ...PATTERN, detail: { bucket: { name: ['c'] } } }, 'bucket b'],
      ['fewer keys', { ...PATTERN, detail: { object: { key: [{ prefix: 'a/x' }] } } }, 'protected keys'],
      ['only some endings', { ...PATTERN, detail: { object: { key: [{ suffix: '.jpg' }] } } }, 'of its own'],
      [
        'only large ones',
        { ...PATTERN, detail: { object: { size: [{ numeric: ['>', 9] }] } } },
        'of its own',
      ],
      ['one account', { ...PATTERN, account: ['1'] }, 'of its own: account'],
    ])('to take %s', async (_, pattern, detail) => {
      rule('ENABLED', pattern);
      expect(await wiring.ensure('b', 'a/')).toEqual(is(detail));
    });

    it('to be no pattern at all', async () => {
      bus.on(DescribeRuleCommand).resolves({ State: 'ENABLED', EventPattern: '{' });
      expect(await wiring.ensure('b')).toEqual(is('of its own'));
    });

    it.each([[[]], [[{ Id: 'x', Arn: 'arn:aws:sqs:eu-central-1:111122223333:other' }]]])(
      'to send elsewhere: %o',
      async (Targets) => {
        bus.on(ListTargetsByRuleCommand).resolves({ Targets });
        expect(await wiring.ensure('b')).toEqual(is('does not send to the capture queue'));
        expect(bus.commandCalls(ListTargetsByRuleCommand)[0]?.args[0].input).toEqual({ Rule: 'stack-b' });
      },
    );
  });

  it.each<[string, object, string | undefined]>([
    [
      'more events than needed',
      { ...PATTERN, 'detail-type': [...PATTERN['detail-type'], 'Object Tags Added'] },
      '',
    ],
    ['all events', {}, ''],
    [
      'a shorter prefix',
      { ...PATTERN, detail: { object: { key: [{ prefix: 'x' }, { prefix: 'a' }] } } },
      'a/',
    ],
  ])('is content with a rule that takes %s', async (_, pattern, prefix) => {
    s3.on(GetBucketNotificationConfigurationCommand).resolves({ EventBridgeConfiguration: {} });
    rule('ENABLED', pattern);
    expect(await wiring.ensure('b', prefix)).toEqual({ state: 'ok' });
  });

  it('does not look at the target where an earlier stack gives no right to', async () => {
    s3.on(GetBucketNotificationConfigurationCommand).resolves({ EventBridgeConfiguration: {} });
    const error = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    bus.on(ListTargetsByRuleCommand).rejects(error);
    expect(await wiring.ensure('b')).toEqual({ state: 'ok' });
    bus.on(ListTargetsByRuleCommand).rejects(Object.assign(error, { name: 'ThrottlingException' }));
    await expect(wiring.ensure('b')).rejects.toMatchObject({ code: 'throttled' });
  });

  it.each([
    ['NoSuchBucket', 404, 'no-such-bucket'],
    ['AccessDenied', 403, 'access-denied'],
    ['SlowDown', 503, 'throttled'],
  ])('throws for a bucket it cannot read: %s', async (name, httpStatusCode, code) => {
    const error = Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
    s3.on(GetBucketNotificationConfigurationCommand).rejects(error);
    await expect(wiring.ensure('b')).rejects.toMatchObject({ code });
  });

  it.each([
    ['AccessDeniedException', 400, 'access-denied'],
    ['ThrottlingException', 400, 'throttled'],
    ['InternalException', 500, 'unavailable'],
  ])('does not call a rule broken that it cannot read: %s', async (name, httpStatusCode, code) => {
    const error = Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
    bus.on(DescribeRuleCommand).rejects(error);
    await expect(wiring.ensure('b')).rejects.toMatchObject({ code });
  });
});
