import {
  DescribeRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { EventBridgeWiring } from '@holdfast/core/adapters/aws/eventbridge-wiring.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const s3Client = new S3Client({ region: 'eu-central-1' });
const eventBridge = new EventBridgeClient({ region: 'eu-central-1' });
const s3 = mockClient(s3Client);
const bus = mockClient(eventBridge);
const wiring = new EventBridgeWiring({ s3: s3Client, eventBridge, ruleName: (bucket) => `stack-${bucket}` });

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
  bus.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
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
    bus.on(DescribeRuleCommand).resolves({ State: 'DISABLED' });
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
