import { handleRestoreMessage } from '@holdfast/core/flows/restore/handle-restore-message.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);

/** Accepts restore requests and plans them, step by step. */
export const handler = messageHandler(
  (body, delivery) => handleRestoreMessage(body, delivery, own.world),
  own,
);
