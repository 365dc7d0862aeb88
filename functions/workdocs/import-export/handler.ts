import { checksums } from '@holdfast/core/aws/checksums.ts';
import { importExport } from '@holdfast/core/kinds/workdocs/import/import-export.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);
const world = { ...own.world, checksums };

/** Reads exports of WorkDocs into the vault, step by step. */
export const handler = messageHandler((body, delivery) => importExport(body, delivery, world), own);
