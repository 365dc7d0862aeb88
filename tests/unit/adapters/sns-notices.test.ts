import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SnsNotices } from '@holdfast/core/aws/sns-notices.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:restores';
const client = new SNSClient({ region: 'eu-central-1' });
const sns = mockClient(client);
const notices = new SnsNotices(client, TOPIC);
const NOTICE = { subject: 'Done', text: 'Done.\n', labels: { kind: 'restore' }, details: { jobId: 'j' } };

beforeEach(() => sns.reset());

describe('SnsNotices', () => {
  it('publishes the text for people, and the rest as attributes', async () => {
    sns.on(PublishCommand).resolves({});
    await notices.publish(NOTICE);
    expect(sns.commandCalls(PublishCommand).map(({ args }) => args[0].input)).toEqual([
      {
        TopicArn: TOPIC,
        Subject: 'Done',
        Message: 'Done.\n',
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'restore' },
          details: { DataType: 'String', StringValue: '{"jobId":"j"}' },
        },
      },
    ]);
  });

  it('has what the topic refused tried again by the queue', async () => {
    sns.on(PublishCommand).rejects(new Error('no such topic'));
    await expect(notices.publish(NOTICE)).rejects.toMatchObject({
      remedy: 'retry',
      message: `publishing to ${TOPIC}: no such topic`,
    });
  });
});
