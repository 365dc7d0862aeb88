import type { Catalog } from './catalog.ts';
import type { Clock } from './clock.ts';
import type { EventWiring } from './event-wiring.ts';
import type { ObjectStore } from './object-store.ts';
import type { Telemetry } from './telemetry.ts';
import type { WorkQueue } from './work-queue.ts';

/** What an operator sets; the same for every function of a stack. */
export type Settings = {
  /** Name of the vault bucket. */
  readonly vault: string;
  /** Objects above this are copied in parts. S3's own limit for a single copy is 5 GiB. */
  readonly multipartThresholdBytes: number;
  /**
   * Objects up to this, and not in parts, are copied again when their tags change; of larger ones a record beside the copy
   * says them. May be lowered and never raised: restores look for records only above it.
   */
  readonly tagCopyMaxBytes: number;
  /** Smallest part of a multipart copy; larger where 10,000 parts would not do. */
  readonly partBytes: number;
  /** Objects handled at the same time by one function. */
  readonly concurrency: number;
  /** Keys a listing step looks at before it hands over to the next. */
  readonly keysPerStep: number;
  /** Documents of a site above which a function does not restore it into a bucket: it reads all of them in one step. */
  readonly treeDocuments: number;
  /** Ranges of one source that are listed side by side. */
  readonly maxRanges: number;
  /** A change a reconcile finds that is older than this was missed by the events. */
  readonly graceMs: number;
  /** How often a message is received before it goes to the dead-letter queue. */
  readonly maxReceives: number;
  /** Bucket-name globs that a restore may write to, besides protected buckets. */
  readonly restoreTargets: readonly string[];
  /** Restores may delete, when they are told to, what their target has beyond the source. */
  readonly exactRestores: boolean;
  /** Restores may give ACLs back, when they are told to. */
  readonly aclRestores: boolean;
};

/** Everything flows need from the world. A flow names the part that it uses. */
export type World = {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly queue: WorkQueue;
  readonly wiring: EventWiring;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly settings: Settings;
};

/** The world of the flows that do not touch a source's wiring. */
export type Unwired = Omit<World, 'wiring'>;

/** The world of whoever only reads the vault. */
export type VaultReader = {
  readonly store: Pick<ObjectStore, 'listVersions' | 'get'>;
  readonly settings: Pick<Settings, 'vault'>;
};
/** The world of a reconcile: it lists the source and the vault, and reads what long keys are called, and records beside copies. */
export type ListingWorld = Omit<World, 'store'> & {
  readonly store: Pick<ObjectStore, 'list' | 'listVersions' | 'get'>;
};

/** The world of an hourly check: of buckets it also asks for their ownership, writes one object, and reads its copy. */
export type PulseWorld = Omit<World, 'store'> & {
  readonly store: Pick<ObjectStore, 'list' | 'listVersions' | 'put' | 'get' | 'ownership'>;
};

/** How a message reached its handler. */
export type Delivery = {
  readonly messageId: string;
  /** When it was sent, as SQS says, ms since 1970: the same for every delivery. */
  readonly sentAt?: number;
  /** 1 for the first time. */
  readonly receiveCount: number;
  /** Id of who sent the message, as SQS attests it. */
  readonly sender?: string;
  /** Milliseconds until the function is stopped. */
  readonly timeLeft: () => number;
};
