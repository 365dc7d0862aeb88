import type { Entry } from '../model/entry.ts';
import type { Checksum, ListedVersion } from '../model/object.ts';
import type { World } from '../ports/world.ts';
import type { RealVersion } from '../vault/vault-history.ts';

/** A version to be proven, with the catalog's entry when that names this very version. */
export type Candidate = {
  readonly key: string;
  readonly version: RealVersion;
  readonly entry?: Entry;
  /** What a record beside them remembers of the bytes. */
  readonly checksum?: Checksum;
  /** Why they are not there, though a record says that they should be. */
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
  /** The bytes lie apart, below this in the vault, and the entry counts how many there are. */
  readonly bytes?: { readonly under: string; readonly named: (entry: Entry | undefined) => number };
  /** Records beside a copy lie there, not a copy: how they lie now; undefined where nothing is wrong with them. */
  readonly beside?: (source: string, world: DoubtWorld) => Promise<WrongRecord | undefined>;
};

export type DoubtWorld = Pick<World, 'store' | 'catalog' | 'settings'>;

/** What lies wrongly on top of records beside a copy. */
export type WrongRecord = {
  readonly top: ListedVersion;
  /** What the records say of the object, in a word: `tags`. */
  readonly what: string;
  /** Whose record lies below, and expires there; absent where none of them can be read. */
  readonly key?: string;
};

/** What may lie on top in the vault for an entry of the catalog, where kinds differ in that. */
export type TopRules = {
  /** An entry of what cannot be captured may have a delete marker on top: it was deleted, and came back so. */
  readonly unprotectedMayBeHidden: boolean;
  /** The walk tells `onUnmatched` of entries whose version is not there; otherwise it is found where the top is looked at. */
  readonly toldUnmatched: boolean;
  /** A comparison with the source leaves out what the settings of the source leave out. */
  readonly comparedByFilter: boolean;
};

/** Who hears where vault and catalog seem to disagree, when they are walked. */
export type Listeners = {
  /** An entry names a version that the listing did not have. */
  readonly onUnmatched: (unmatched: UnmatchedEntry) => Promise<void>;
  readonly onTop: (doubt: TopDoubt) => Promise<void>;
};
