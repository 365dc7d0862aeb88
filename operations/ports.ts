import type { QueueName } from '@holdfast/core/model/queues.ts';

/** A CloudFormation stack, as far as the CLI looks at one. */
export type StackView = {
  readonly name: string;
  /** CloudFormation's own word: `CREATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** As they were given, or the template's defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

export type StackRequest = {
  readonly name: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

/** Hears what is being waited for: `CREATE_IN_PROGRESS`. */
export type OnStatus = (status: string) => void;

/** Tags that say what a source's stack is for. */
export const SOURCE_TAG = 'holdfast:source';
export const STACK_TAG = 'holdfast:stack';

/** CloudFormation. Methods throw the SDK's errors, and a CommandError for a stack that ended other than wished. */
export interface Stacks {
  /** The stack as it is; undefined when there is none, or none any more. */
  describe(name: string): Promise<StackView | undefined>;
  /**
   * Brings the stack to what is asked and waits for it: creates it, updates it, waits for somebody else's change
   * first, replaces the remains of one that failed. Safe to repeat. A creation that fails leaves no stack behind.
   *
   * @throws {CommandError} with the first reason CloudFormation gives
   */
  deploy(request: StackRequest, onStatus?: OnStatus): Promise<'created' | 'updated' | 'unchanged'>;
  /** Deletes the stack and waits. @returns false when there was none */
  remove(name: string, onStatus?: OnStatus): Promise<boolean>;
  /** The stacks of sources that belong to a core stack. */
  listSources(coreStack: string): Promise<StackView[]>;
}

/** How a bucket is set up, as far as a new one is made like it. */
export type BucketSetup = {
  readonly versioned: boolean;
  /** What its objects are encrypted with unless told otherwise. */
  readonly encryption?: {
    /** S3's own word: `AES256`, `aws:kms`, `aws:kms:dsse`. */
    readonly algorithm: string;
    /** Id or ARN of a KMS key; absent for the account's own. */
    readonly key?: string;
    readonly bucketKey: boolean;
  };
};

/** Buckets as a whole. Methods throw the SDK's errors. */
export interface BucketAdmin {
  /** @returns undefined for a bucket that is gone or may not be read */
  describe(bucket: string): Promise<BucketSetup | undefined>;
  /** Makes a bucket that is not public. One that could not be set up is taken away again. */
  create(bucket: string, setup: BucketSetup & { readonly region: string }): Promise<void>;
  /** Has the bucket keep every version from now on. */
  keepVersions(bucket: string): Promise<void>;
}

/** Messages in a queue, by what becomes of them. SQS's counts are approximate and settle within a minute. */
export type QueueDepth = {
  readonly queue: QueueName;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** In the queue's dead-letter queue. */
  readonly dead: number;
};

/** A message that was given up after its retries. */
export type DeadLetter = {
  readonly queue: QueueName;
  readonly messageId: string;
  readonly body: string;
  /** When it was first sent, ms since 1970. */
  readonly sentAt: number;
};

/** The queues as an operator sees them. */
export interface QueueAdmin {
  depths(): Promise<QueueDepth[]>;
  /** Reads up to `limit` dead letters of a queue and leaves them where they are. */
  peek(queue: QueueName, limit: number): Promise<DeadLetter[]>;
  /**
   * Sends each dead letter of a queue back, once: what fails again meanwhile is not sent a second time. Each is sent
   * first and deleted then, so a crash between repeats one and loses none.
   *
   * @returns how many were sent
   */
  redrive(queue: QueueName, onMoved?: (moved: number) => void): Promise<number>;
}

/** Everything that is neither done nor given up. */
export function waiting(depths: readonly QueueDepth[]): number {
  return depths.reduce((sum, { visible, inFlight }) => sum + visible + inFlight, 0);
}

export function deadLetters(depths: readonly QueueDepth[]): number {
  return depths.reduce((sum, { dead }) => sum + dead, 0);
}
