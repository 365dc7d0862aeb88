import { eventBridgeClient } from '@holdfast/core/adapters/aws/clients.ts';
import { EventBridgeWiring } from '@holdfast/core/adapters/aws/eventbridge-wiring.ts';
import { listObjects } from '@holdfast/core/adapters/aws/s3-listing.ts';
import { reconcile } from '@holdfast/core/flows/reconcile/reconcile.ts';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(
  process.env,
  (s3): Pick<ObjectStore, 'list'> => ({ list: (request) => listObjects(s3, request) }),
);
const ruleName = (bucket: string) => captureRuleName(own.stack, bucket);
const wiring = new EventBridgeWiring({ s3: own.s3, eventBridge: eventBridgeClient(), ruleName });
const world = { ...own.world, wiring };

/** Compares a source with the catalog, step by step. */
export const handler = messageHandler((body, delivery) => reconcile(body, delivery, world), own);
