import { messageHandler, receivesOf } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../testing/memory/memory-telemetry.ts';

function record(messageId: string, receives = 1, redriven = false): SQSRecord {
  return {
    messageId,
    body: `body of ${messageId}`,
    receiptHandle: `handle of ${messageId}`,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: redriven ? { Redriven: { dataType: 'String', stringValue: 'true' } } : {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:queue',
    awsRegion: 'eu-central-1',
  };
}

function given(options: { postponeFails?: boolean } = {}) {
  const postponed: Array<[string, number]> = [];
  const telemetry = new MemoryTelemetry();
  let flushed = 0;
  const retry = {
    postpone: async ({ messageId }: SQSRecord, seconds: number) => {
      if (options.postponeFails) throw new Error('throttled');
      postponed.push([messageId, seconds]);
    },
    retryBaseSeconds: 5,
    concurrency: 2,
    telemetry,
  };
  const own = { retry, flush: () => void flushed++ };
  return { own, postponed, telemetry, flushes: () => flushed };
}

const context = { getRemainingTimeInMillis: () => 1234 } as Context;
const event = (...Records: SQSRecord[]): SQSEvent => ({ Records });

describe('a queue’s handler', () => {
  it('brings back only the messages that failed, each after a wait of its own', async () => {
    const { own, postponed, telemetry, flushes } = given();
    const handler = messageHandler(async (body) => {
      if (body.includes('bad')) throw new Error('no');
    }, own);
    const answer = await handler(event(record('good'), record('bad-1', 1), record('bad-3', 3)), context);
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['bad-1', 'bad-3']);
    expect(postponed).toEqual([
      ['bad-1', 5],
      ['bad-3', 45],
    ]);
    expect([telemetry.total('Errors'), flushes()]).toEqual([2, 1]);
  });

  it('still tells which messages failed when they cannot be postponed', async () => {
    const { own } = given({ postponeFails: true });
    const handler = messageHandler(() => Promise.reject(new Error('no')), own);
    expect((await handler(event(record('a')), context)).batchItemFailures).toEqual([{ itemIdentifier: 'a' }]);
  });

  it('tells the work how often the message came, and how long there is', async () => {
    const seen: unknown[] = [];
    const handler = messageHandler(async (_, { messageId, receiveCount, timeLeft }) => {
      seen.push([messageId, receiveCount, timeLeft()]);
    }, given().own);
    await handler(event(record('a', 4)), context);
    expect(seen).toEqual([['a', 4, 1234]]);
  });
});

it('a message that was sent back from a dead-letter queue counts as delivered before', () => {
  expect([receivesOf(record('a')), receivesOf(record('a', 1, true))]).toEqual([1, 2]);
});
