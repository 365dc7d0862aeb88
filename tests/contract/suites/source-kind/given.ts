import type { RestoreChoice, RestoreInto } from '@holdfast/core/model/address.ts';
import type { SourcePlace } from '@holdfast/core/model/source-place.ts';
import type { World } from '@holdfast/core/ports/world.ts';
import type { SourceKind } from '@holdfast/core/source/source-kind.ts';
import type { MemoryS3 } from '../../../../testing/memory/memory-s3.ts';

/** A thing of a source: its name, and the group that it lies in, which is none where it is empty. */
export type Item = { readonly group: string; readonly name: string };

/** A version, as a kind names it; or one of the vault. */
type VersionRef = { readonly key: string; readonly versionId: string };

/** A source in memory, as its people use it, and the vault that it is captured into. */
export type GivenSource = {
  /** As the catalog names it. */
  readonly source: string;
  readonly world: Omit<World, 'wiring'>;
  /** What the vault is in. */
  readonly s3: MemoryS3;
  /** ms since 1970, in whole seconds. */
  now(): number;
  /** Lets time pass, in ms. */
  pass(ms: number): void;
  /** Under which key a thing is backed up. */
  keyOf(item: Item): string;
  /** What the keys of a group, and of no other, begin with, as a URI says it. */
  prefixOf(group: string): string;
  /** Makes a thing, or gives it other bytes. */
  put(item: Item, text: string): Promise<void>;
  delete(item: Item): Promise<void>;
  /** Gives a thing another name or group. */
  rename(from: Item, to: Item): Promise<void>;
  /** Brings what has happened into the vault and the catalog, as the functions would. Takes some time. */
  capture(): Promise<void>;
  /** The object in the vault that has the bytes of a version; the one of its key and id unless said. */
  objectOf?(version: VersionRef): VersionRef;
  /** Makes the kind write whatever else it may have to write; absent where there is nothing else. */
  writeMore?(): Promise<void>;
};

/** Something that a kind may refuse of a restore. */
type GivenChoice = { readonly wish: Partial<RestoreChoice>; readonly into: RestoreInto };

/** A kind of source that is to be proven, and the means to make sources of it. */
export type GivenKind = {
  readonly kind: SourceKind;
  /**
   * What makes a thing the same at two moments: its key, so that a renamed one is gone, and there is another; or itself, so
   * that it has moved, and what is made in place of a deleted one is another.
   */
  readonly identity: 'key' | 'item';
  /** URIs that are of it, and what they name. */
  readonly uris: Readonly<Record<string, SourcePlace>>;
  /** Texts that begin with its scheme and are no URI of it. */
  readonly noUris: readonly string[];
  /** Names that have broken tools, each allowed. */
  readonly awkwardNames: readonly string[];
  /** Another source whose name begins like that of the given one. */
  readonly neighbour: string;
  /** Whether a key is that of a thing, and not of what only holds things. */
  readonly isItem: (key: string) => boolean;
  readonly refused: readonly GivenChoice[];
  readonly taken: readonly GivenChoice[];
  /** A source with nothing in it that is protected. */
  readonly begin: () => Promise<GivenSource>;
};

/** One thing that every kind of source promises to the core. The check throws where the promise is broken. */
export type SourcePromise = {
  readonly name: string;
  readonly check: (given: GivenKind) => Promise<void>;
};

/** A restore without any option. */
export const PLAIN: RestoreChoice = { exact: false, allVersions: false, sidecars: false, acls: false };
