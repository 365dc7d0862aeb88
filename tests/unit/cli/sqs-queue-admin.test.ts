import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { QUEUES, type QueueName } from '@holdfast/core/model/queues.ts';
import type { QueueUrls } from '@holdfast/core/runtime/queue-addresses.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { SqsQueueAdmin } from '../../../cli/adapters/aws/sqs-queue-admin.ts';

const aws = mockClient(SQSClient);
const urls = Object.fromEntries(
  QUEUES.map((queue) => [queue, { url: `http://q/${queue}`, deadLetters: `http://q/${queue}-dead` }]),
) as Record<QueueName, QueueUrls>;
const admin = new SqsQueueAdmin(new SQSClient({ region: 'us-east-1' }), urls);

function message(id: string): Message {
  return {
    MessageId: id,
    ReceiptHandle: `handle-${id}`,
    Body: `body-${id}`,
    Attributes: { SentTimestamp: '1000' },
  };
}

/** What ReceiveMessage gives, one call after the other; nothing after that. */
function givenBatches(...batches: Message[][]): void {
  let receive = aws.on(ReceiveMessageCommand);
  for (const Messages of batches) receive = receive.resolvesOnce({ Messages });
  receive.resolves({});
}

function shownAgain(): unknown[] {
  return aws.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
}

beforeEach(() => {
  aws.reset();
  aws.on(ChangeMessageVisibilityCommand).resolves({});
  aws.on(DeleteMessageCommand).resolves({});
  let sent = 0;
  aws.on(SendMessageCommand).callsFake(() => ({ MessageId: `sent-${++sent}` }));
});

describe('depths', () => {
  it('counts what waits, what is in work and what was given up', async () => {
    aws.on(GetQueueAttributesCommand).callsFake(({ QueueUrl }: { QueueUrl: string }) => ({
      Attributes: QueueUrl.endsWith('-dead')
        ? { ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesNotVisible: '1' }
        : {
            ApproximateNumberOfMessages: '5',
            ApproximateNumberOfMessagesNotVisible: '3',
            ApproximateNumberOfMessagesDelayed: '1',
          },
    }));

    const depths = await admin.depths();

    expect(depths.map(({ queue }) => queue)).toEqual([...QUEUES]);
    expect(depths[0]).toEqual({ queue: 'capture', visible: 5, inFlight: 3, delayed: 1, dead: 3 });
  });
});

describe('peek', () => {
  it('reads until the queue is empty, and makes all of it visible again', async () => {
    givenBatches([message('a'), message('b')], [message('c')]);

    expect(await admin.peek('restore', 50)).toEqual(
      ['a', 'b', 'c'].map((id) => ({ queue: 'restore', messageId: id, body: `body-${id}`, sentAt: 1000 })),
    );
    expect(shownAgain()).toEqual(
      ['a', 'b', 'c'].map((id) => ({
        QueueUrl: 'http://q/restore-dead',
        ReceiptHandle: `handle-${id}`,
        VisibilityTimeout: 0,
      })),
    );
    expect(aws.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 60,
      WaitTimeSeconds: 1,
    });
  });

  it('asks for no more than the limit', async () => {
    givenBatches([message('a'), message('b')]);

    expect(await admin.peek('restore', 2)).toHaveLength(2);
    expect(
      aws.commandCalls(ReceiveMessageCommand).map(({ args }) => args[0].input.MaxNumberOfMessages),
    ).toEqual([2]);
  });

  it('stops when messages come round again', async () => {
    givenBatches([message('a')], [message('a')], [message('b')]);

    expect(await admin.peek('restore', 50)).toHaveLength(1);
  });

  it('makes visible what it has read even when reading fails', async () => {
    aws
      .on(ReceiveMessageCommand)
      .resolvesOnce({ Messages: [message('a')] })
      .rejects(new Error('throttled'));
    aws.on(ChangeMessageVisibilityCommand).rejects(new Error('throttled'));

    await expect(admin.peek('restore', 50)).rejects.toThrow('throttled');
    expect(shownAgain()).toHaveLength(1);
  });
});

describe('redrive', () => {
  it('sends each message to its queue and only then deletes it', async () => {
    givenBatches([message('a'), message('b')]);
    const heard: number[] = [];

    expect(await admin.redrive('capture', (moved) => heard.push(moved))).toBe(2);

    expect(heard).toEqual([1, 2]);
    const order = aws.calls().map(({ args: [command] }) => command.constructor.name);
    expect(order).toEqual([
      'ReceiveMessageCommand',
      'SendMessageCommand',
      'DeleteMessageCommand',
      'SendMessageCommand',
      'DeleteMessageCommand',
      'ReceiveMessageCommand',
    ]);
    expect(aws.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'http://q/capture',
      MessageBody: 'body-a',
      MessageAttributes: { Redriven: { DataType: 'String', StringValue: 'true' } },
    });
    expect(aws.commandCalls(DeleteMessageCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'http://q/capture-dead',
      ReceiptHandle: 'handle-a',
    });
  });

  it('does not go round in circles with what fails again meanwhile', async () => {
    givenBatches([message('a')], [message('sent-1'), message('b')], [message('c')]);

    expect(await admin.redrive('capture')).toBe(2);
    expect(shownAgain()).toEqual([expect.objectContaining({ ReceiptHandle: 'handle-sent-1' })]);
    expect(aws.commandCalls(SendMessageCommand)).toHaveLength(2);
  });

  it('leaves a message where it is when it cannot be sent', async () => {
    givenBatches([message('a')]);
    aws.on(SendMessageCommand).rejects(new Error('access denied'));

    await expect(admin.redrive('capture')).rejects.toThrow('access denied');
    expect(aws.commandCalls(DeleteMessageCommand)).toEqual([]);
    expect(shownAgain()).toHaveLength(1);
  });
});
