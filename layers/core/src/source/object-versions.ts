import type { Checksum } from '../model/object.ts';
import type { World } from '../ports/world.ts';
import type { RealVersion } from '../vault/vault-history.ts';

/** One object of a source, by the key that listings name it by. */
export type ObjectPlace = { readonly source: string; readonly key: string };

/** Which version of an object is meant: the one of a moment, ms since 1970, or one by its id. */
export type MomentOrVersion = { readonly at: number } | { readonly versionId: string };

/** A version, and what is known of it beside what the vault's listing says. */
export type FoundVersion = {
  readonly version: RealVersion;
  /** Of the bytes, where something else than the copy itself remembers it. */
  readonly checksum?: Checksum;
  /** Why it is not the one that was current. */
  readonly lacking?: string;
};

/** Why there is no such version. Times are ms since 1970. */
export type NoVersion =
  /** The vault knows of no such object: at any moment, unless that says of which one it was asked. */
  | { readonly absent: 'object'; readonly at?: number }
  /** No version of the object goes by that id. */
  | { readonly absent: 'version' }
  | { readonly absent: 'not-yet'; readonly oldest: number }
  /** With the id of what there was last, where the vault still has it. */
  | { readonly absent: 'deleted'; readonly at: number; readonly last?: string }
  /** It is known, and the vault has not its bytes: they have expired, unless it says why. */
  | { readonly absent: 'bytes'; readonly why?: string };

/** One version of an object, or what is left of a deletion whose versions have expired. Times are ms since 1970. */
export type VersionFacts = {
  /** `replaced`: by a newer one. */
  readonly state: 'current' | 'replaced' | 'deleted';
  /** When that happened, where it is known. */
  readonly endedAt?: number;
  /** The key of the vault that its bytes lie under. */
  readonly vaultKey: string;
  /** What the vault has of it; absent where it has nothing, or no more. */
  readonly version?: RealVersion;
  /** Why the vault has nothing, where somebody knows. */
  readonly lacking?: string;
  /** From the version before it, where there is one, and where a kind compares them. */
  readonly differsBy?: 'content' | 'tags' | 'metadata';
  /** When its tags were changed since, the newest first. */
  readonly taggedAt: readonly number[];
  /** What the source itself says of it, where sources of a kind have versions of their own. */
  readonly made?: MadeVersion;
};

/** A version in the words of its source. */
export type MadeVersion = {
  /** The object's own id, which stays when it is renamed. */
  readonly itemId: string;
  /** The first one that was made is number 1. */
  readonly number: number;
  /** The source's own id of it: `version` takes it as it takes the vault's. */
  readonly id: string;
  readonly name?: string;
  /** ms since 1970 */
  readonly at?: number;
  readonly by?: string;
  readonly size?: number;
};

/** Where an object was, from a moment on: ms since 1970, by when it was captured. */
export type PlaceFacts = {
  readonly itemId: string;
  readonly at: number;
  readonly event: 'captured' | 'renamed' | 'moved' | 'deleted' | 'restored';
  readonly path: string;
};

/** How the versions of one object are found. Every method throws StoreError where the vault does not answer. */
export type ObjectVersions = {
  /**
   * The version that was current at a moment, or the one of an id: the vault's, as `versionsOf` says it, or the source's own.
   * What was deleted by the moment is not found.
   */
  readonly version: (
    object: ObjectPlace,
    wanted: MomentOrVersion,
    world: Pick<World, 'store' | 'settings'>,
  ) => Promise<FoundVersion | NoVersion>;
  /**
   * Every version of an object, the newest first; then, where objects stay the same when they move, where it was, the newest
   * first. Nothing where the vault has nothing of it.
   */
  readonly versionsOf: (
    object: ObjectPlace,
    world: Pick<World, 'store' | 'settings'>,
  ) => AsyncIterable<VersionFacts | PlaceFacts>;
  /** Whether a text that can be a moment, too, may be the source's own id of a version; absent where there are none. */
  readonly isOwnId?: (text: string) => boolean;
};
