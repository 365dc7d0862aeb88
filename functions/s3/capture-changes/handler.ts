import { rememberSources } from '@holdfast/core/catalog/source-lookup.ts';
import { captureEvents } from '@holdfast/core/kinds/s3/capture/capture-events.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { receivesOf, respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world, retry, flush } = functionWorld(process.env);
const sources = rememberSources(world);

/** Captures what the events of protected buckets speak of. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const timeLeft = () => context.getRemainingTimeInMillis();
  const messages = event.Records.map(({ messageId, body, attributes, messageAttributes }) => ({
    messageId,
    body,
    receiveCount: receivesOf({ attributes, messageAttributes }),
  }));
  try {
    return await respond(event, await captureEvents(messages, timeLeft, { ...world, sources }), retry);
  } finally {
    flush();
  }
}
