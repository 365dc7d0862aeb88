import { checksums } from '@holdfast/core/aws/checksums.ts';
import { s3Address } from '@holdfast/core/kinds/s3/address.ts';
import { bucketPresence } from '@holdfast/core/kinds/s3/history/presence.ts';
import { bucketBeside } from '@holdfast/core/kinds/s3/records/bucket-beside.ts';
import { handleRestoreWork } from '@holdfast/core/restore/handle-restore-work.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';
import { CARRIED } from '@holdfast/core/source/beside.ts';
import type { HistoryOf } from '@holdfast/core/source/source-kind.ts';

const ofBuckets = { presence: bucketPresence, beside: bucketBeside };
/** Copies of every other kind have nothing beside them. */
const historyOf: HistoryOf = (source) =>
  source.startsWith(s3Address.scheme) ? ofBuckets : { beside: CARRIED };

const own = functionWorld(process.env);
const world = { ...own.world, checksums, historyOf };

/** Brings objects back, batch by batch, and asks for those that have to be thawed first. */
export const handler = messageHandler((body, delivery) => handleRestoreWork(body, delivery, world), own);
