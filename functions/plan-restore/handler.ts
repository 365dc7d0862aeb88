import type { Delivery } from '@holdfast/core/flows/dependencies.ts';
import { handleRestoreMessage } from '@holdfast/core/flows/restore/handle-restore-message.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { eachMessage, respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world, retry, flush } = functionWorld(process.env);

/** Accepts restore requests and plans them, step by step. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const work = (body: string, delivery: Delivery) => handleRestoreMessage(body, delivery, world);
  try {
    return await respond(event, await eachMessage(event, context, work, world.telemetry), retry);
  } finally {
    flush();
  }
}
