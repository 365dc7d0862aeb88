import type { World } from '@holdfast/core/ports/world.ts';
import type { CoreStack } from './core-stack.ts';
import type { BucketAdmin, QueueAdmin, Stacks } from './ports.ts';
import type { ServiceClock } from './service-clock.ts';

/** A core stack that was found, and the ways to it. */
export type Connection = {
  readonly stack: CoreStack;
  readonly world: World;
  readonly stacks: Stacks;
  readonly queues: QueueAdmin;
  readonly buckets: BucketAdmin;
  readonly clock: ServiceClock;
  /** Who asks, as AWS names it; undefined when it does not say. Asks once. */
  readonly caller: () => Promise<string | undefined>;
};
