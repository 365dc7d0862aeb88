import { getText } from '@holdfast/core/adapters/aws/s3-get.ts';
import { listObjectVersions } from '@holdfast/core/adapters/aws/s3-listing.ts';
import type { VaultReader } from '@holdfast/core/flows/dependencies.ts';
import { handleRestoreMessage } from '@holdfast/core/flows/restore/handle-restore-message.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { KINDS } from '@holdfast/core/kinds/all.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(process.env, (s3): VaultReader['store'] => ({
  listVersions: (request) => listObjectVersions(s3, request),
  get: (ref) => getText(s3, ref),
}));
const world = { ...own.world, addresses: ADDRESSES, kinds: KINDS };

/** Accepts restore requests and plans them, step by step. */
export const handler = messageHandler((body, delivery) => handleRestoreMessage(body, delivery, world), own);
