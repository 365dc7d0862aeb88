import { vaultReader } from '@holdfast/core/aws/s3-vault-reader.ts';
import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { RESUMED_JOBS } from '@holdfast/core/kinds/resumed-jobs.ts';
import { s3Address } from '@holdfast/core/kinds/s3/address.ts';
import { s3Selection } from '@holdfast/core/kinds/s3/selection.ts';
import { handleRestoreMessage } from '@holdfast/core/restore/handle-restore-message.ts';
import { functionWorldWith } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorldWith(process.env, vaultReader);
const { planQueue } = s3Address;
const world = { ...own.world, addresses: ADDRESSES, jobKinds: RESUMED_JOBS, history: s3Selection, planQueue };

/** Accepts restore requests, and plans those from buckets, step by step. */
export const handler = messageHandler((body, delivery) => handleRestoreMessage(body, delivery, world), own);
