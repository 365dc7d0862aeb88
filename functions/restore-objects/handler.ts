import type { Delivery } from '@holdfast/core/flows/dependencies.ts';
import { restoreBatch } from '@holdfast/core/flows/restore/restore-batch.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { eachMessage, respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world, retry, flush } = functionWorld(process.env);

/** Brings objects back, batch by batch. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const work = (body: string, delivery: Delivery) => restoreBatch(body, delivery, world);
  try {
    return await respond(event, await eachMessage(event, context, work, world.telemetry), retry);
  } finally {
    flush();
  }
}
