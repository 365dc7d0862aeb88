import { captureBacklog } from '@holdfast/core/flows/capture-backlog.ts';
import type { Delivery } from '@holdfast/core/flows/dependencies.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { eachMessage, respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world, retry, flush } = functionWorld(process.env);

/** Captures what reconciles found, and copies large objects part by part. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const work = (body: string, delivery: Delivery) => captureBacklog(body, delivery, world);
  try {
    return await respond(event, await eachMessage(event, context, work, world.telemetry), retry);
  } finally {
    flush();
  }
}
