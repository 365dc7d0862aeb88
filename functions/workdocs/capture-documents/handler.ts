import { checksums } from '@holdfast/core/aws/checksums.ts';
import { siteLookup } from '@holdfast/core/kinds/workdocs/aws/site-lookup.ts';
import { captureDocuments } from '@holdfast/core/kinds/workdocs/capture-documents.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);
const world = { ...own.world, sites: siteLookup(), checksums };

/** Captures documents and folders of WorkDocs sites: their records, and the bytes of their versions. */
export const handler = messageHandler((body, delivery) => captureDocuments(body, delivery, world), own);
