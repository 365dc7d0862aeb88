import { captureEvents } from '@holdfast/core/flows/capture-events.ts';
import { rememberSources } from '@holdfast/core/flows/source-lookup.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world, retry, flush } = functionWorld(process.env);
const sources = rememberSources(world);

/** Captures what the events of protected buckets speak of. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const messages = event.Records.map(({ messageId, body, attributes }) => ({
    messageId,
    body,
    receiveCount: Number(attributes.ApproximateReceiveCount) || 1,
  }));
  try {
    return await respond(event, await captureEvents(messages, { ...world, sources }), retry);
  } finally {
    flush();
  }
}
