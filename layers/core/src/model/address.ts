import { InvalidInputError } from './errors.ts';
import type { QueueName } from './queues.ts';
import type { SourcePlace } from './source-place.ts';

/** Where a restore goes: into a bucket, by functions; or to wherever the command line brings it. */
export type RestoreInto = 'bucket' | 'elsewhere';

/** Fields of a restore that only some kinds of sources know. */
export const OWN_RESTORE_OPTIONS = ['allVersions', 'sidecars', 'acls'] as const;
export type OwnRestoreOption = (typeof OWN_RESTORE_OPTIONS)[number];

/** What a kind may refuse of a restore. */
export type RestoreChoice = {
  readonly versionId?: string;
  readonly exact: boolean;
} & { readonly [Option in OwnRestoreOption]: boolean };

/**
 * How sources of a kind are named, and where they lie in the vault. Everybody imports the addresses of all kinds: pure, and
 * small (all together below 4 KB in a bundle).
 */
export type Address = {
  /** What the URIs of its sources begin with: `s3://`. */
  readonly scheme: string;
  /** How a URI is written, for errors and help: `s3://bucket[/prefix]`. */
  readonly form: string;
  /** What a URI of it is, with its article: `an S3 URI`. */
  readonly uriNoun: string;
  /** One source in words: `bucket`. */
  readonly container: string;
  /** Several of them in words: `buckets`. */
  readonly containers: string;
  /** Fields of a restore that sources of this kind know, of those that not all do. */
  readonly restoreOptions: readonly OwnRestoreOption[];
  /** The queue of whoever plans restores from sources of this kind: `restore` where it refuses every restore by functions. */
  readonly planQueue: QueueName;
  /** Reads a URI that begins with the scheme. @throws {InvalidInputError} saying how to write it */
  readonly parse: (text: string) => SourcePlace;
  /**
   * How the stack of a source is told from those of others: a label that people recognise, of letters, digits, dots and
   * hyphens, and a text that no other source has.
   */
  readonly stackLabel: (source: string) => { readonly label: string; readonly unique: string };
  /** What the vault keys of a source begin with, the one of most copies first. */
  readonly vaultPrefixes: (source: string) => readonly string[];
  /** Whether a key lies under a prefix, as this kind means it: any beginning of a key, or a whole name of a path. */
  readonly isUnder: (key: string, prefix: string) => boolean;
  /** What a restored prefix stands for as the beginning of keys: `stripPrefix` has to be a beginning of it. */
  readonly keysUnder: (prefix: string) => string;
  /** Why a wish makes no sense for this kind; undefined where it does. */
  readonly refusal: (wish: RestoreChoice, into: RestoreInto) => string | undefined;
};

/** The addresses of the kinds that there are, in the order in which people are told of them. */
export class AddressBook {
  readonly all: readonly Address[];

  constructor(all: readonly Address[]) {
    this.all = all;
  }

  /** Reads the URI of a source, or of a part of it. @throws {InvalidInputError} for any other text */
  parse(text: string): SourcePlace {
    return this.of(text).parse(text);
  }

  /** The address of a source that the catalog, a message or the vault names. @throws {InvalidInputError} for no known kind */
  of(source: string): Address {
    const address = this.all.find(({ scheme }) => source.startsWith(scheme));
    if (address !== undefined) return address;
    const nouns = this.all.map(({ uriNoun }) => uriNoun).join(', nor ');
    const forms = this.all.map(({ form }) => form).join(' or ');
    throw new InvalidInputError(`"${source}" is not ${nouns}; write it as ${forms}`);
  }
}
