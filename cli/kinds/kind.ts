import type { KnownKind } from '../../operations/kind.ts';
import type { ProtectionOf } from './protection.ts';
import type { RestoreTarget } from './restore-target.ts';

/** A kind of source with all that the command line does with it. A new one is a folder here, and a line in `all.ts`. */
export type Kind = KnownKind & {
  readonly protection: ProtectionOf;
  /** Absent where nothing is restored into its sources, and of buckets, into which every kind is. */
  readonly restoreTarget?: RestoreTarget;
};
