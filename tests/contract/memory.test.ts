import { MemoryCatalog } from '../../testing/memory/memory-catalog.ts';
import { describeCatalog } from './suites/catalog.ts';
import { describeEventWiring } from './suites/event-wiring.ts';
import { describeObjectStore } from './suites/object-store.ts';
import { describeSite } from './suites/site.ts';
import { describeWorkQueue } from './suites/work-queue.ts';
import { memorySiteWorld } from './support/memory-site-world.ts';
import { memoryStoreWorld } from './support/memory-store-world.ts';
import { memoryQueueWorld, memoryWiringWorld } from './support/memory-worlds.ts';

describeObjectStore('memory', memoryStoreWorld);
describeCatalog('memory', () => new MemoryCatalog());
describeWorkQueue('memory', memoryQueueWorld);
describeEventWiring('memory', memoryWiringWorld);
describeSite('memory', memorySiteWorld);
