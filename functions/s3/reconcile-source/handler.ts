import { eventBridgeClient } from '@holdfast/core/aws/clients.ts';
import { getText } from '@holdfast/core/aws/s3-get.ts';
import { listObjects, listObjectVersions } from '@holdfast/core/aws/s3-listing.ts';
import { bucketOwnership } from '@holdfast/core/aws/s3-ownership.ts';
import { putText } from '@holdfast/core/aws/s3-put.ts';
import { EventBridgeWiring } from '@holdfast/core/kinds/s3/aws/eventbridge-wiring.ts';
import { handleReconcileQueue } from '@holdfast/core/kinds/s3/pulse/handle-reconcile-queue.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import type { PulseWorld } from '@holdfast/core/ports/world.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(process.env, (s3): PulseWorld['store'] => ({
  list: (request) => listObjects(s3, request),
  listVersions: (request) => listObjectVersions(s3, request),
  put: (place, text, contentType) => putText(s3, place, text, contentType),
  get: (ref) => getText(s3, ref),
  ownership: (bucket) => bucketOwnership(s3, bucket),
}));
const ruleName = (bucket: string) => captureRuleName(own.stack, bucket);
const wiring = new EventBridgeWiring({
  s3: own.s3,
  eventBridge: eventBridgeClient(),
  ruleName,
  queueUrl: own.queues.capture,
});
const world = { ...own.world, wiring };

/** Compares a source with the catalog, step by step, and checks each hour that its events arrive. */
export const handler = messageHandler((body, delivery) => handleReconcileQueue(body, delivery, world), own);
