import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { logText } from '../model/errors.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Delivery } from '../ports/world.ts';

/** Lets a failed message come again after a while of its own, and not after the queue's whole visibility timeout. */
export type Postpone = (record: SQSRecord, seconds: number) => Promise<void>;

/** What {@link respond} needs: how to postpone, and by how much at first. */
export type RespondOptions = {
  readonly postpone: Postpone;
  readonly retryBaseSeconds: number;
  /** Messages postponed at the same time: more than there are connections would wait for one and be given up. */
  readonly concurrency: number;
  readonly telemetry: Telemetry;
};

const LONGEST_WAIT_SECONDS = 900;

/** Seconds until a message's next delivery: the base, tripled every time, at most 15 minutes. */
export function retryDelay(receiveCount: number, baseSeconds: number): number {
  return Math.min(LONGEST_WAIT_SECONDS, baseSeconds * 3 ** (receiveCount - 1));
}

/** How a record was delivered, as flows want to know it. */
export function deliveryOf(record: SQSRecord, context: Context): Delivery {
  return {
    messageId: record.messageId,
    sentAt: Number(record.attributes.SentTimestamp),
    receiveCount: receivesOf(record),
    sender: record.attributes.SenderId,
    timeLeft: () => context.getRemainingTimeInMillis(),
  };
}

/**
 * How often a message was delivered, 1 for the first time. SQS counts a message that was sent back from a dead-letter
 * queue anew, but its earlier handlers may have died half-way: so it counts as delivered once more.
 */
export function receivesOf({
  attributes,
  messageAttributes,
}: Pick<SQSRecord, 'attributes' | 'messageAttributes'>): number {
  const redriven = messageAttributes['Redriven'] === undefined ? 0 : 1;
  return (Number(attributes.ApproximateReceiveCount) || 1) + redriven;
}

/** Does each message by itself: one that fails does not bring the others back. @returns ids of those that failed */
async function eachMessage(
  event: SQSEvent,
  context: Context,
  work: (body: string, delivery: Delivery) => Promise<void>,
  telemetry: Telemetry,
): Promise<string[]> {
  const failed: string[] = [];
  for (const record of event.Records) {
    try {
      await work(record.body, deliveryOf(record, context));
    } catch (error) {
      telemetry.error('message failed', { messageId: record.messageId, error: logText(error) });
      telemetry.metric('Errors', 1);
      failed.push(record.messageId);
    }
  }
  return failed;
}

/** Postpones the failed messages and tells SQS which they are; all others are deleted from the queue. */
export async function respond(
  event: SQSEvent,
  failedIds: readonly string[],
  options: RespondOptions,
): Promise<SQSBatchResponse> {
  const failed = new Set(failedIds);
  const records = event.Records.filter(({ messageId }) => failed.has(messageId));
  await pMap(
    records,
    (record) =>
      options
        .postpone(record, retryDelay(receivesOf(record), options.retryBaseSeconds))
        // Not fatal: the message then waits for the queue's visibility timeout.
        .catch((error) => options.telemetry.warn('message not postponed', { error: logText(error) })),
    { concurrency: options.concurrency },
  );
  return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** A handler that does each message of its queue by itself, and sends the invocation's metrics at its end. */
export function messageHandler(
  work: (body: string, delivery: Delivery) => Promise<void>,
  { retry, flush }: { readonly retry: RespondOptions; readonly flush: () => void },
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return async (event, context) => {
    try {
      return await respond(event, await eachMessage(event, context, work, retry.telemetry), retry);
    } finally {
      flush();
    }
  };
}
