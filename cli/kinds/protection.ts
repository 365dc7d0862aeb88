import type { SourceSettings } from '@holdfast/core/model/source.ts';
import type { Begun } from '@holdfast/core/source/work.ts';
import type { Option } from 'commander';
import type { CoreStack } from '../../operations/core-stack.ts';
import type { StackRequest } from '../../operations/ports.ts';
import type { Connection } from '../context.ts';
import type { CoveredOptions } from '../sources/covered-argument.ts';
import type { Steps } from '../steps.ts';

/** What the protection of one source consists of, whatever kind of source it is. */
export type Protection = {
  /** Without the account: that is the stack's own, where `ownAccount` says so. */
  readonly settings: Omit<SourceSettings, 'protectedAt' | 'watchedSince' | 'canary' | 'acls'>;
  /** It was checked to be of the stack's own account. */
  readonly ownAccount: boolean;
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
  readonly first: (jobId: string) => Begun;
  /** What somebody should know who protects it so. */
  readonly warnings: (connection: Connection) => Promise<readonly string[]>;
};

/** How sources of a kind are protected, and no longer. */
export type ProtectionOf = {
  /** The options of `protect` that are for this kind alone, in the order of --help. They mean the same each time they are asked for. */
  readonly options: () => readonly Option[];
  /** What more is to be said of another kind's option that was given, by its name: `canary`. */
  readonly refusals: Readonly<Record<string, string>>;
  /** How a source is protected. @throws {InvalidInputError} for what cannot be */
  readonly of: (uri: string, options: ProtectOptions) => Protection;
  /** What stays switched on at a source that is no longer protected; a line each. */
  readonly stays: readonly string[];
};

/** What was given to `protect`: what all kinds know, and the options of each by their names. */
export type ProtectOptions = CoveredOptions & Readonly<Record<string, unknown>>;
