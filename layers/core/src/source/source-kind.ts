import { type Address, AddressBook } from '../model/address.ts';
import type { Entry } from '../model/entry.ts';
import { InvalidInputError } from '../model/errors.ts';
import type { SourcePlace } from '../model/source-place.ts';
import type { VaultReader, World } from '../ports/world.ts';
import type { Beside } from './beside.ts';
import type { Candidate, CandidateRequest, Listeners, TopRules } from './candidate.ts';
import type { Change } from './changes.ts';
import type { Comparison, Difference } from './differences.ts';
import type { ObjectVersions } from './object-versions.ts';
import type { Looked, Selected, Selection, TreeReading, VaultPart } from './selection.ts';
import type { SourceStateAt } from './source-state.ts';
import type { VersionReader } from './version-reader.ts';

/** Something that happened to an object, and when: ms since 1970. */
export type DatedChange = Change & { readonly at: number };

/** What is asked of the changes of a source. */
export type ChangesRequest = SourcePlace & {
  /** What is older may be left out: ms since 1970. */
  readonly since: number;
  /** Also what was only tagged, where a kind knows of it: that costs requests of its own. */
  readonly tags: boolean;
  /** Hears, now and then, how much was read. */
  readonly onProgress: (read: number) => void;
};

/** A part of a source at a moment. */
export type PresenceRequest = SourcePlace & {
  readonly at: number;
  /** Only keys behind this one are asked for. */
  readonly after: string | undefined;
};

/** Which keys a source had. */
export type Presence = {
  /** To be asked in ascending order of the keys. */
  readonly has: (key: string) => Promise<boolean>;
};

/** How what is wanted of a source is found in the vault: all that whoever plans a restore needs of a history. */
export type SourceSelection = {
  /** The listings that a selection is made of, one after the other. */
  readonly parts: readonly VaultPart[];
  /** Whether a selection can go on behind a mark; otherwise it is read as a whole, which has to fit one delivery. */
  readonly resumable: boolean;
  /** Goes through one part of a selection, in the listing's order; from behind a mark where that is possible. */
  readonly lookThrough: (
    part: VaultPart,
    selection: Selection,
    after: string | undefined,
    world: VaultReader,
    reading: TreeReading,
  ) => AsyncIterable<Looked>;
};

/**
 * How sources of a kind are read back: pure, from the vault alone. Times are ms since 1970; every method throws StoreError
 * where the vault does not answer, and makes no request before it is iterated.
 */
export type SourceHistory = SourceSelection &
  ObjectVersions & {
    /**
     * Everything that the vault knows under a place as of a moment, also what was deleted: in the order of the keys. Only what has
     * too long a key for the vault may follow behind all others.
     */
    readonly statesAt: (place: SourcePlace, at: number, world: VaultReader) => AsyncIterable<SourceStateAt>;
    /** Whether the vault has, or had, anything under a place. */
    readonly hasAny: (place: SourcePlace, world: VaultReader) => Promise<boolean>;
    /** The earliest moment of which the vault still has something under a place; undefined where it has nothing. */
    readonly oldestMoment: (place: SourcePlace, world: VaultReader) => Promise<number | undefined>;
    /** What is another at a second moment than at a first one. */
    readonly compare: (
      comparison: Comparison,
      world: Pick<World, 'store' | 'settings'>,
    ) => AsyncIterable<Difference>;
    /** What happened, in no order. */
    readonly changes: (
      request: ChangesRequest,
      world: Pick<World, 'store' | 'settings'>,
    ) => AsyncIterable<DatedChange>;
    /** How the bytes of versions are read. */
    readonly reader: (world: Pick<World, 'store' | 'settings'>) => VersionReader;
    /**
     * What there is to prove: every version, or what one moment had. On the way it tells `onTop` of each key on top of which another
     * version lies than its entry names (`namesTop` says whether), and, as {@link TopRules} has it, `onUnmatched` of each entry that
     * names a version which is not there.
     */
    readonly candidates: (
      request: CandidateRequest,
      listeners: Listeners,
      world: Pick<World, 'store' | 'settings' | 'catalog'>,
    ) => AsyncIterable<Candidate>;
    /** What may lie on top in the vault. */
    readonly top: TopRules;
    /** A selection that is gone through several times: for the names, for the plan, for the bytes. */
    readonly selectRepeatedly: (
      selection: Selection,
      world: VaultReader,
      reading: TreeReading,
    ) => () => AsyncIterable<Selected>;
    /** What objects had beside their bytes. */
    readonly beside: Beside;
    /** Which keys were there; absent where no restore makes a bucket exact. */
    readonly presence?: (request: PresenceRequest, world: VaultReader) => Presence;
    /** What the catalog has to say of a source, by what the vault says. */
    readonly entries: EntryHistory;
  };

/** All that whoever brings objects back needs of a history. */
export type RestoredHistory = Pick<SourceHistory, 'presence' | 'beside'>;

/** Finds the history of the kind that a source is of. */
export type HistoryOf = (source: string) => RestoredHistory;

/** How the catalog's entries of a kind are rebuilt from the vault. */
export type EntryHistory = {
  /** The sources of this kind that the vault has anything of. */
  readonly sources: (world: VaultReader) => AsyncIterable<string>;
  /** What is on top in the vault for each entry of a source. */
  readonly statesOf: (source: string, world: VaultReader) => AsyncIterable<SourceStateAt>;
  /** What entries of a source have beside their places in the vault: begun once for all of them. */
  readonly factsOf: (source: string, world: VaultReader) => (state: SourceStateAt) => Promise<Partial<Entry>>;
  /** Whether an entry is one of the objects that a source's totals count. */
  readonly isCounted: (key: string) => boolean;
};

/** A kind of source, as the core knows it. A new one is a folder of `kinds/`, and a line in its `addresses.ts` and `all.ts`. */
export type SourceKind = { readonly address: Address; readonly history: SourceHistory };

/** The kinds that there are. */
export class SourceKinds<Kind extends SourceKind = SourceKind> {
  readonly all: readonly Kind[];
  /** How their sources are named. */
  readonly addresses: AddressBook;

  constructor(all: readonly Kind[]) {
    this.all = all;
    this.addresses = new AddressBook(all.map(({ address }) => address));
  }

  /** The kind of what may be a source of none: the tags of a stack can say anything. */
  find(source: string): Kind | undefined {
    return this.all.find(({ address }) => source.startsWith(address.scheme));
  }

  /** The kind of a source that the catalog or the vault names. @throws {InvalidInputError} for no known one */
  of(source: string): Kind {
    const kind = this.find(source);
    if (kind !== undefined) return kind;
    const schemes = this.all.map(({ address }) => address.scheme).join(', ');
    throw new InvalidInputError(`"${source}" is a source of no known kind: there are ${schemes}`);
  }
}
