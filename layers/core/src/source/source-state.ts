import type { Checksum } from '../model/object.ts';
import type { VaultState } from '../vault/vault-history.ts';

/** A source object as the vault had it at a moment. */
export type SourceStateAt = VaultState & {
  readonly key: string;
  /** When its content was last changed, where the source says so: the time of a file. ms since 1970 */
  readonly modifiedAt?: number;
  /** When it became what it was, where that is known better than by when the vault got it. */
  readonly changedAt?: number;
  /** Of the bytes, where something else than the copy itself remembers it. */
  readonly checksum?: Checksum;
  /** Why the vault has not what was current: an older version stands in for it, or none, whose id is empty then. */
  readonly lacking?: string;
  /** When it was made what the vault has not, where that is known. */
  readonly lackingSince?: number;
};
