import { checksums } from '@holdfast/core/aws/checksums.ts';
import { bucketPresence } from '@holdfast/core/kinds/s3/history/presence.ts';
import { handleRestoreWork } from '@holdfast/core/restore/handle-restore-work.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);
const world = { ...own.world, checksums, history: { presence: bucketPresence } };

/** Brings objects back, batch by batch, and asks for those that have to be thawed first. */
export const handler = messageHandler((body, delivery) => handleRestoreWork(body, delivery, world), own);
