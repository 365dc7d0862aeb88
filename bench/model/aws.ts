import { MemoryCatalog } from '../../testing/memory/memory-catalog.ts';
import { MemoryObjectStore } from '../../testing/memory/memory-object-store.ts';
import { MemoryS3 } from '../../testing/memory/memory-s3.ts';
import type { S3Notification } from '../../testing/memory/s3-notifications.ts';
import { Ledger } from './ledger.ts';
import type { Operation } from './operations.ts';
import { SeededRandom } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import type { Modelled } from './settings.ts';
import { VirtualTime } from './virtual-time.ts';

const START = Date.parse('2026-03-01T12:00:00Z');

export type AwsOptions = {
  readonly settings: Modelled;
  readonly seed: number;
  readonly onEvent?: (event: S3Notification) => void;
  /** Where in key order a key lies, from 0 to 1: which of several partitions of the table has it. */
  readonly place?: (key: string) => number;
};

/** What all functions share: time, the stores in memory, the limits of AWS, and the count of what was asked. */
export class ModelledAws {
  readonly settings: Modelled;
  readonly time = new VirtualTime(START);
  readonly random: SeededRandom;
  readonly ledger = new Ledger();
  readonly s3: MemoryS3;
  readonly store: MemoryObjectStore;
  readonly catalog = new MemoryCatalog();
  /** Jobs whose row a transaction holds at this moment. */
  readonly heldJobs = new Set<string>();
  readonly #limits: Readonly<Record<Operation['limit'], RateLimit>>;
  readonly #place: (key: string) => number;

  constructor({ settings, seed, onEvent, place = () => 0 }: AwsOptions) {
    this.settings = settings;
    this.random = new SeededRandom(seed);
    this.#place = place;
    this.s3 = new MemoryS3({ now: () => this.time.now, ...(onEvent === undefined ? {} : { onEvent }) });
    this.store = new MemoryObjectStore(this.s3);
    const { limits } = settings;
    this.#limits = {
      s3Writes: new RateLimit(limits.s3WritesPerSecond),
      s3Reads: new RateLimit(limits.s3ReadsPerSecond),
      tableWrites: new RateLimit(limits.tableWriteUnits),
      tableReads: new RateLimit(limits.tableReadUnits),
    };
  }

  /** @returns false when the partition refuses: 503 SlowDown, or a throttled table */
  admit(operation: Operation, partition: string): boolean {
    const units = operation.usage.tableWrites ?? operation.usage.tableReads ?? 1;
    return this.#limits[operation.limit].take(partition, units, this.time.now);
  }

  /** The partition of the table that holds an entry: keys that follow each other lie together. */
  entryPartition(source: string, key: string): string {
    return `${source} ${Math.floor(this.#place(key) * this.settings.limits.tablePartitions)}`;
  }
}
