import type { QueueName } from '@holdfast/core/model/queues.ts';
import type { SourceSettings } from '@holdfast/core/model/source.ts';
import type { Connection } from '../context.ts';
import type { CoreStack } from '../core-stack.ts';
import type { StackRequest } from '../ports.ts';
import type { Steps } from '../steps.ts';

/** What the protection of one source consists of, whatever kind of source it is. */
export type Protection = {
  readonly settings: Omit<SourceSettings, 'protectedAt' | 'watchedSince' | 'canary' | 'acls'>;
  /** Of a bucket: it is checked each hour, with this object as its canary. */
  readonly watched?: { readonly canaryKey?: string };
  /** Of a bucket: its objects' ACLs are remembered. */
  readonly acls?: boolean;
  /** Refuses what cannot be protected. @throws {InvalidInputError} */
  readonly check: (connection: Connection) => Promise<void>;
  readonly stack: (core: CoreStack) => Promise<StackRequest>;
  /** What is to be switched on beside the stack. */
  readonly wire: (steps: Steps, connection: Connection) => Promise<void>;
  /** The first comparison, which copies what is there already. */
  readonly first: (jobId: string) => { readonly queue: QueueName; readonly message: object };
  /** What somebody should know who protects it so. */
  readonly warnings: (core: CoreStack) => readonly string[];
};
