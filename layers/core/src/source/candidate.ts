import type { Entry } from '../model/entry.ts';
import type { Checksum } from '../model/object.ts';
import type { RealVersion } from '../vault/vault-history.ts';

/** A version to be proven, with the catalog's entry when that names this very version. */
export type Candidate = {
  readonly key: string;
  readonly version: RealVersion;
  readonly entry?: Entry;
  /** What a site's record remembers of the bytes. */
  readonly checksum?: Checksum;
  /** Why they are not there, though a site's record says so. */
  readonly missing?: string;
};

/** What of a source is to be proven. */
export type CandidateRequest = {
  readonly source: string;
  readonly prefix: string;
  /** Only what a restore as of that moment would read; otherwise every version there is. */
  readonly at?: number;
};

/** An entry that names a copy which a listing of the vault did not have. */
export type UnmatchedEntry = { readonly entry: Entry; readonly vaultKey: string };

/** A place in the vault where something else seems to lie on top than the catalog names. */
export type TopDoubt = {
  /** The entry's key. */
  readonly key: string;
  readonly vaultKey: string;
  /** Of a site's document: its versions' bytes lie below this, in the vault. */
  readonly bytesUnder?: string;
  /** Records beside a copy lie there, not a copy. */
  readonly isBeside?: true;
};

/** Who hears where vault and catalog seem to disagree, when they are walked. */
export type Listeners = {
  /** An entry names a version that the listing did not have. */
  readonly onUnmatched: (unmatched: UnmatchedEntry) => Promise<void>;
  readonly onTop: (doubt: TopDoubt) => Promise<void>;
};
