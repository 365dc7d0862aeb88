import { MemoryEventWiring } from '../../../testing/memory/memory-event-wiring.ts';
import { MemoryS3 } from '../../../testing/memory/memory-s3.ts';
import { MemoryWorkQueue } from '../../../testing/memory/memory-work-queue.ts';
import type { WiringWorld } from '../suites/event-wiring.ts';
import type { QueueWorld } from '../suites/work-queue.ts';

export function memoryQueueWorld(): QueueWorld {
  const queue = new MemoryWorkQueue();
  return { queue, take: async (name) => queue.take(name) };
}

export function memoryWiringWorld(): WiringWorld {
  const s3 = new MemoryS3({ now: () => 0 });
  let buckets = 0;
  return {
    wiring: new MemoryEventWiring(s3),
    createBucket: async () => s3.createBucket(`bucket-${++buckets}`).name,
    setRule: async (bucket, state) => {
      s3.bucket(bucket).rule = state;
    },
    isRuleEnabled: async (bucket) => s3.bucket(bucket).rule === 'enabled',
    isEventBridgeOn: async (bucket) => s3.bucket(bucket).eventBridge,
  };
}
