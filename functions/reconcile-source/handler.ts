import { eventBridgeClient } from '@holdfast/core/adapters/aws/clients.ts';
import { EventBridgeWiring } from '@holdfast/core/adapters/aws/eventbridge-wiring.ts';
import type { Delivery, World } from '@holdfast/core/flows/dependencies.ts';
import { reconcile } from '@holdfast/core/flows/reconcile/reconcile.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { eachMessage, respond } from '@holdfast/core/runtime/sqs-batch.ts';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const { world: unwired, retry, flush, s3, stack } = functionWorld(process.env);
const wiring = new EventBridgeWiring({
  s3,
  eventBridge: eventBridgeClient(),
  ruleName: (bucket) => captureRuleName(stack, bucket),
});
const world: World = { ...unwired, wiring };

/** Compares a source with the catalog, step by step. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const work = (body: string, delivery: Delivery) => reconcile(body, delivery, world);
  try {
    return await respond(event, await eachMessage(event, context, work, world.telemetry), retry);
  } finally {
    flush();
  }
}
