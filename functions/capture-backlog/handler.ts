import { captureBacklog } from '@holdfast/core/flows/capture-backlog.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);

/** Captures what reconciles found, and copies large objects part by part. */
export const handler = messageHandler((body, delivery) => captureBacklog(body, delivery, own.world), own);
