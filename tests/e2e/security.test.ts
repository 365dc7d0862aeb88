import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { QUEUES } from '@holdfast/core/model/queues.ts';
import { describe, expect, it } from 'vitest';
import { depthOf, queues } from './support/cloud.ts';

// The local cloud takes twelve digits for the account of who asks.
const stranger = new SQSClient({ credentials: { accessKeyId: '999988887777', secretAccessKey: 'test' } });

describe('somebody of another account', () => {
  it.each(QUEUES)('may not send to %s', async (queue) => {
    const before = await depthOf(queue);
    const QueueUrl = queues[queue].url;
    await expect(stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))).rejects.toThrow(
      /denied|not exist/i,
    );
    expect(await depthOf(queue)).toBe(before);
  });
});
