import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { InvalidInputError, logText, StoreError } from '@holdfast/core/model/errors.ts';
import type { QueueName } from '@holdfast/core/model/queues.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET } from '../../testing/pipeline.ts';

/** What must not get into a log: it stands in contents, metadata, tags, and in messages that are none. */
const SECRET = 'hunter2-BEGIN-PRIVATE-KEY';

let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
});

const logged = () => JSON.stringify(pipeline.telemetry.lines);

function putSecret(key: string, more: Record<string, unknown> = {}): void {
  pipeline.s3.put(SOURCE, key, SECRET, {
    metadata: { password: SECRET },
    tags: { token: SECRET },
    headers: { contentDisposition: SECRET },
    ...more,
  });
}

/** What a function does with a message of its queue, as it is deployed. */
async function receive(queue: QueueName, body: string, receives = 1): Promise<void> {
  const handler = messageHandler(
    async (text, delivery) => {
      const message = { ...pipeline.message(text), id: delivery.messageId, receives: receives - 1 };
      await pipeline.handle(queue, message);
    },
    {
      retry: { postpone: async () => {}, retryBaseSeconds: 5, concurrency: 4, telemetry: pipeline.telemetry },
      flush: () => {},
    },
  );
  const record = {
    messageId: 'm',
    body,
    attributes: { ApproximateReceiveCount: String(receives) },
    messageAttributes: {},
    eventSourceARN: 'arn:aws:sqs:us-east-1:1:q',
  } as unknown as SQSRecord;
  await handler({ Records: [record] }, { getRemainingTimeInMillis: () => 900_000 } as Context);
}

describe('logs hold keys and ids, and nothing of what objects hold', () => {
  it('through capture, trouble, reconcile, deletion and restore', async () => {
    putSecret('plain');
    putSecret('archived', { storageClass: 'GLACIER' });
    putSecret('customer', { customerKey: true });
    putSecret('denied');
    pipeline.s3.deny(SOURCE, 'denied');
    let failures = 20;
    pipeline.s3.requests.before = (op, args) => {
      if (failures-- > 0 && ['copy', 'head', 'putTags'].includes(op))
        throw new StoreError('unavailable', `${op} ${JSON.stringify((args[0] as { key?: string }).key)}: no`);
    };
    await pipeline.drain();
    pipeline.s3.requests.before = undefined;
    pipeline.pass(60);
    putSecret('plain', { tags: { token: `${SECRET}2` } });
    pipeline.s3.put(TARGET, 'plain', 'in the way');
    await pipeline.reconcile('r1');
    await pipeline.restore('j1');
    await pipeline.restore('j2', { overwrite: true });
    pipeline.s3.delete(SOURCE, 'plain');
    await pipeline.drain();
    pipeline.s3.deny(SOURCE);
    await pipeline.reconcile('r2');
    // Otherwise nothing would have been looked at.
    expect(pipeline.telemetry.lines.length).toBeGreaterThan(5);
    expect(logged()).toContain('"key":"denied"');
    expect(logged()).not.toContain(SECRET);
  });
});

describe('logs hold nothing of a message that cannot be read', () => {
  const restore = { source: sourceUri(SOURCE), target: sourceUri(TARGET) };

  it.each<[QueueName, string, unknown]>([
    ['restore', 'no JSON', `${SECRET} {`],
    ['restore', 'a field that is none', { ...restore, [SECRET]: SECRET }],
    ['restore', 'a time that is none', { ...restore, at: SECRET }],
    ['restore', 'a source that is none', { ...restore, source: SECRET }],
    ['restore', 'a target that is not allowed', { ...restore, target: `s3://x-${SECRET.toLowerCase()}` }],
    ['restore', 'a glob that is none', { ...restore, include: [`[${SECRET}`] }],
    ['restore', 'a value of another type', { ...restore, overwrite: SECRET }],
    ['restore', 'a step of a plan', { kind: 'plan', jobId: 'j', step: '0', part: SECRET }],
    ['restoreWork', 'no JSON', SECRET],
    ['restoreWork', 'no batch', { kind: SECRET }],
    ['backlog', 'no JSON', SECRET],
    ['backlog', 'no batch', { kind: SECRET }],
    [
      'backlog',
      'a source that is none',
      { kind: 'capture', source: SECRET, jobId: 'j', batch: '0', items: [] },
    ],
    ['reconcile', 'no JSON', SECRET],
    ['reconcile', 'a source that is none', { kind: 'reconcile', source: SECRET, trigger: 'manual' }],
    [
      'reconcile',
      'a job that is none',
      { kind: 'reconcile', source: restore.source, trigger: 'manual', jobId: SECRET.repeat(9) },
    ],
  ])('%s: %s', async (queue, _, message) => {
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    for (const receives of [1, pipeline.world.settings.maxReceives]) await receive(queue, body, receives);
    expect(pipeline.telemetry.lines).not.toEqual([]);
    expect(logged().toLowerCase()).not.toContain(SECRET.toLowerCase());
  });

  it.each([
    ['no JSON', SECRET],
    ['another event', JSON.stringify({ detail: SECRET })],
    [
      'a key that is not encoded',
      JSON.stringify({
        Records: [
          {
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            eventTime: '2026-03-01T12:00:00Z',
            s3: { bucket: { name: SOURCE }, object: { key: `%E0${SECRET}` } },
          },
        ],
      }),
    ],
  ])('events: %s', async (_, body) => {
    pipeline.events.push(pipeline.message(body));
    await pipeline.deliverEvents();
    expect(logged()).toContain('poison message');
    expect(logged()).not.toContain(SECRET);
  });
});

describe('what a log holds of an error', () => {
  it.each<[unknown, string]>([
    [new StoreError('throttled', 'copy s3://b/k: SlowDown'), 'copy s3://b/k: SlowDown'],
    [new InvalidInputError(SECRET), 'InvalidInputError (its words quote the input, and are left out)'],
    [new SyntaxError(SECRET), 'SyntaxError (its words quote the input, and are left out)'],
    [SECRET, 'string'],
  ])('%s', (error, expected) => {
    expect(logText(error)).toBe(expected);
  });
});
