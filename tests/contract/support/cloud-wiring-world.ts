import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type ClientOptions, eventBridgeClient, s3Client } from '@holdfast/core/aws/clients.ts';
import { EventBridgeWiring } from '@holdfast/core/kinds/s3/aws/eventbridge-wiring.ts';
import type { RuleState } from '../../../testing/memory/memory-bucket.ts';
import type { WiringWorld } from '../suites/event-wiring.ts';
import { createBucket } from './cloud-store-world.ts';

const OTHERS: NotificationConfiguration = {
  QueueConfigurations: [
    {
      Id: 'thumbnails',
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:thumbnails',
      Events: ['s3:ObjectCreated:*'],
      Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.jpg' }] } },
    },
  ],
  TopicConfigurations: [
    { Id: 'audit', TopicArn: 'arn:aws:sns:us-east-1:000000000000:audit', Events: ['s3:ObjectRemoved:*'] },
  ],
};

const QUEUE_URL = 'http://127.0.0.1/000000000000/capture';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:capture';
const ruleName = (bucket: string) => `capture-${bucket}`;

/** Buckets and rules of an AWS-compatible endpoint. */
export function cloudWiringWorld(options: ClientOptions): WiringWorld {
  const s3 = s3Client({ ...options, account: '000000000000' });
  const eventBridge = eventBridgeClient(options);
  return {
    wiring: new EventBridgeWiring({ s3, eventBridge, ruleName, queueUrl: QUEUE_URL }),
    createBucket: () => createBucket(s3, false),
    setRule: (bucket, state) => setRule(eventBridge, ruleName(bucket), state),
    isRuleEnabled: async (bucket) => {
      const rule = await eventBridge.send(new DescribeRuleCommand({ Name: ruleName(bucket) }));
      return rule.State === 'ENABLED';
    },
    isEventBridgeOn: async (bucket) =>
      (await notifications(s3, bucket)).EventBridgeConfiguration !== undefined,
    owner: {
      setOthers: async (Bucket) => {
        const input = { Bucket, NotificationConfiguration: OTHERS, SkipDestinationValidation: true };
        await s3.send(new PutBucketNotificationConfigurationCommand(input));
      },
      others: async (bucket) => {
        const { EventBridgeConfiguration: _, ...others } = await notifications(s3, bucket);
        return others;
      },
    },
  };
}

async function notifications(s3: S3Client, Bucket: string): Promise<NotificationConfiguration> {
  const { $metadata: _, ...present } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  );
  return present;
}

async function setRule(client: EventBridgeClient, Name: string, state: RuleState): Promise<void> {
  if (state === 'missing') {
    await client.send(new DeleteRuleCommand({ Name }));
    return;
  }
  const EventPattern = JSON.stringify({
    source: ['aws.s3'],
    ...(state === 'narrowed' ? { 'detail-type': ['Object Created'] } : {}),
  });
  await client.send(
    new PutRuleCommand({ Name, EventPattern, State: state === 'disabled' ? 'DISABLED' : 'ENABLED' }),
  );
  const Arn = state === 'elsewhere' ? `${QUEUE_ARN}-2` : QUEUE_ARN;
  await client.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'capture', Arn }] }));
}
