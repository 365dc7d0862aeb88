import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { depthOf, outputs } from './support/cloud.ts';

// The local cloud takes twelve digits for the account of who asks.
const stranger = new SQSClient({ credentials: { accessKeyId: '999988887777', secretAccessKey: 'test' } });

describe('somebody of another account', () => {
  it.each([
    'RestoreQueueUrl',
    'RestoreWorkQueueUrl',
    'CaptureQueueUrl',
    'BacklogQueueUrl',
    'ReconcileQueueUrl',
    'ReportQueueUrl',
    'SiteQueueUrl',
    'DocumentQueueUrl',
    'LargeDocumentQueueUrl',
    'ImportQueueUrl',
  ])('may not send to %s', async (queue) => {
    const before = await depthOf(queue);
    const QueueUrl = outputs[queue] ?? '';
    await expect(stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))).rejects.toThrow(
      /denied|not exist/i,
    );
    expect(await depthOf(queue)).toBe(before);
  });
});
