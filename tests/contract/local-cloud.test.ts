import { afterAll, beforeAll } from 'vitest';
import { describeCatalog } from './suites/catalog.ts';
import { describeEventWiring } from './suites/event-wiring.ts';
import { describeObjectStore } from './suites/object-store.ts';
import { describeWorkQueue } from './suites/work-queue.ts';
import { cloudCatalog } from './support/cloud-catalog.ts';
import { cloudQueueWorld } from './support/cloud-queue-world.ts';
import { cloudStoreWorld } from './support/cloud-store-world.ts';
import { cloudWiringWorld } from './support/cloud-wiring-world.ts';
import { type LocalCloud, startLocalCloud } from './support/local-cloud.ts';

// The first time, the emulator is installed.
const START_MS = 600_000;

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, START_MS);
afterAll(() => cloud?.stop());

describeObjectStore('S3 of the local cloud', () => cloudStoreWorld(cloud.client), {
  // It keeps the source's checksum whatever is asked for, and leaves it out of the answer.
  checksumOfCopy: false,
  // A redirect is taken over from the source, and only set together with all other metadata.
  redirectOfCopy: false,
  encodedVersionListing: true,
  tagsOfMultipart: true,
  // Objects in GLACIER can be copied, though not read.
  archive: false,
  // Longer keys are taken, too.
  keyLimit: false,
});

describeCatalog('DynamoDB of the local cloud', async () => (await cloudCatalog(cloud.client)).catalog);
describeWorkQueue('SQS of the local cloud', () => cloudQueueWorld(cloud.client));
describeEventWiring('EventBridge of the local cloud', () => cloudWiringWorld(cloud.client));
