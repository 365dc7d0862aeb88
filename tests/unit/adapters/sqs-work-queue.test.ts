import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SqsWorkQueue } from '@holdfast/core/aws/sqs-work-queue.ts';
import { QueueError } from '@holdfast/core/model/errors.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';

const client = new SQSClient({ region: 'eu-central-1' });
const sqs = mockClient(client);
const pauses: number[] = [];
const queue = new SqsWorkQueue(client, {
  urls: { capture: 'https://sqs/capture' },
  pause: async (ms) => pauses.push(ms),
});

beforeEach(() => {
  sqs.reset();
  pauses.length = 0;
});

/** The bodies of each request so far. */
function sent(): string[][] {
  const calls = sqs.commandCalls(SendMessageBatchCommand);
  return calls.map(({ args }) => (args[0].input.Entries ?? []).map(({ MessageBody = '' }) => MessageBody));
}

function refuse(...ids: string[]) {
  return {
    Failed: ids.map((Id) => ({ Id, SenderFault: false, Code: 'InternalError', Message: 'try later' })),
  };
}

describe('SqsWorkQueue', () => {
  it('sends ten at a time, each under an id of its own', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    const bodies = Array.from({ length: 21 }, (_, n) => `"${n}"`);
    await queue.send('capture', bodies);
    expect(sent().map((batch) => batch.length)).toEqual([10, 10, 1]);
    expect(sent().flat()).toEqual(bodies);
    const [first] = sqs.commandCalls(SendMessageBatchCommand);
    const ids = first?.args[0].input.Entries?.map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(10);
    expect(first?.args[0].input.QueueUrl).toBe('https://sqs/capture');
    expect(pauses).toEqual([]);
  });

  it('keeps a batch small enough for any endpoint', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await queue.send(
      'capture',
      ['a', 'b', 'c', 'd'].map((c) => c.repeat(100_000)),
    );
    expect(sent().map((batch) => batch.map((body) => body[0]))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('sends again what was refused, and only that', async () => {
    sqs.on(SendMessageBatchCommand).resolvesOnce(refuse('1', '2')).resolvesOnce(refuse('2')).resolves({});
    await queue.send('capture', ['a', 'b', 'c']);
    expect(sent()).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(pauses).toHaveLength(2);
  });

  it('says so when some are never taken', async () => {
    sqs.on(SendMessageBatchCommand).resolves(refuse('1'));
    const send = queue.send('capture', ['a', 'b']);
    await expect(send).rejects.toThrow(QueueError);
    await expect(send).rejects.toMatchObject({
      remedy: 'retry',
      message: 'the capture queue did not take 1 messages: InternalError: try later',
    });
    expect(sent()).toHaveLength(5);
  });

  it('says so when the queue cannot be reached', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('connect ETIMEDOUT'));
    await expect(queue.send('capture', ['a'])).rejects.toMatchObject({ remedy: 'retry' });
  });

  it('asks for a URL it does not have', async () => {
    await expect(queue.send('restore', ['a'])).rejects.toMatchObject({
      remedy: 'fatal',
      message: expect.stringContaining('restore'),
    });
  });

  it('sends nothing when one of the messages can never be sent', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await expect(queue.send('capture', ['a', 'x'.repeat(2 ** 20 + 1)])).rejects.toMatchObject({
      remedy: 'fatal',
    });
    expect(sent()).toEqual([]);
  });

  it('escapes the two characters that JSON allows and SQS does not', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await queue.send('capture', [JSON.stringify('\uFFFE🦊\uFFFF')]);
    expect(sent()).toEqual([['"\\ufffe🦊\\uffff"']]);
  });
});
