import { rememberSources } from '@holdfast/core/catalog/source-lookup.ts';
import { captureBacklog } from '@holdfast/core/kinds/s3/capture/capture-backlog.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);
const world = { ...own.world, sources: rememberSources(own.world) };

/** Captures what reconciles found, and copies large objects part by part. */
export const handler = messageHandler((body, delivery) => captureBacklog(body, delivery, world), own);
