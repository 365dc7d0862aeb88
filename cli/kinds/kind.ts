import type { KnownKind } from '../../operations/kind.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { RestoreOptions } from '../restore/restore-options.ts';
import type { ProtectionOf } from './protection.ts';

/** A kind of source with all that the command line does with it. A new one is a folder here, and a line in `all.ts`. */
export type Kind = KnownKind & {
  readonly protection: ProtectionOf;
  /** Absent where nothing is restored into its sources, and of buckets, into which every kind is. */
  readonly restoreTarget?: RestoreTarget;
};

/**
 * Brings back into a source of a kind: plans it, or does it, and says what became of it. Buckets need none: every kind comes back
 * into buckets, by functions.
 *
 * @param from the URI of what is restored
 * @param to the URI of where it goes, which begins with the kind's scheme
 * @throws {InvalidInputError} for what cannot go there, and for options that mean nothing there
 */
type RestoreInto = (from: string, to: string, options: RestoreOptions, context: Context) => Promise<ExitCode>;

/** Where things can be restored into beside buckets, folders and archives. */
type RestoreTarget = {
  /** How such a target is written, for errors: `workdocs://site`. */
  readonly form: string;
  /** Loaded only where it is used: it brings the kind's service along. */
  readonly load: () => Promise<RestoreInto>;
};
