import { checksums } from '@holdfast/core/aws/checksums.ts';
import { siteLookup } from '@holdfast/core/kinds/workdocs/aws/site-lookup.ts';
import { readSite } from '@holdfast/core/kinds/workdocs/read-site.ts';
import { functionWorld } from '@holdfast/core/runtime/function-world.ts';
import { messageHandler } from '@holdfast/core/runtime/sqs-batch.ts';

const own = functionWorld(process.env);
const world = { ...own.world, sites: siteLookup(), checksums };

/** Polls WorkDocs sites for what happened, and crawls them, step by step. */
export const handler = messageHandler((body, delivery) => readSite(body, delivery, world), own);
