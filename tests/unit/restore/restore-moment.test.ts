import { sourceUri } from '@holdfast/core/model/bucket-uri.ts';
import { acceptRestore } from '@holdfast/core/restore/accept-restore.ts';
import { requestOf } from '@holdfast/core/restore/request-of.ts';
import { deliveryOf } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pipeline, SOURCE, TARGET } from '../../../testing/pipeline.ts';

const SECOND = 1000;
const MESSAGE = { source: sourceUri(SOURCE), target: sourceUri(TARGET), jobId: 'j' };

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = new Pipeline();
  await pipeline.protect();
  await pipeline.capture({ a: 'one' });
});

/** What SQS says of a message when it is delivered. */
function record(messageId: string, sentAt: number, receives = 1): SQSRecord {
  const attributes = {
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(sentAt),
    SenderId: 'AIDA',
  };
  return { messageId, attributes, messageAttributes: {}, body: JSON.stringify(MESSAGE) } as SQSRecord;
}

function accept(delivered: SQSRecord): Promise<string> {
  const delivery = deliveryOf(delivered, { getRemainingTimeInMillis: () => 900_000 } as Context);
  return acceptRestore(delivered.body, delivery, pipeline.world);
}

describe('a restore by a message without a moment', () => {
  it('is as of when it was sent: what was captured while it waited is no part of it', async () => {
    const sentAt = pipeline.now;
    pipeline.pass(30);
    await pipeline.capture({ a: 'later', b: 'later' });

    await accept(record('m1', sentAt));
    await pipeline.drain();

    expect(requestOf(await pipeline.job('j')).at).toBe(sentAt);
    expect(pipeline.s3.text(TARGET, 'a')).toBe('one');
    expect(pipeline.s3.keys(TARGET)).toEqual(['a']);
  });

  it('is the same when it is delivered again, or sent again under the same name', async () => {
    const sentAt = pipeline.now;
    await accept(record('m1', sentAt));
    pipeline.pass(10);
    await accept(record('m1', sentAt, 2));
    await accept(record('m2', sentAt + 5 * SECOND));
    await pipeline.drain();

    const jobs = (await pipeline.catalog.listJobs()).filter(({ kind }) => kind === 'restore');
    expect(jobs.map(({ id, state }) => [id, state])).toEqual([['j', 'done']]);
    expect(requestOf(jobs[0] ?? {}).at).toBe(sentAt);
  });
});
