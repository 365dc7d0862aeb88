import type { Checksum } from '../../../model/object.ts';
import type { Overwrite } from '../../../model/restore-request.ts';
import type { Checksums } from '../../../ports/checksums.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Origin } from '../model/origin-mark.ts';
import type { SiteReader, SiteWriter } from '../site.ts';

/** A version that is to be brought into a site. Times are ms since 1970. */
export type VersionToRestore = Origin & {
  /** Where the vault has its bytes. */
  readonly vault: { readonly key: string; readonly versionId: string };
  readonly size: number;
  readonly contentType?: string;
  /** Of the whole, as the vault keeps it. */
  readonly checksum?: Checksum;
  /** What WorkDocs said identifies the content. */
  readonly signature?: string;
  readonly contentCreatedAt?: number;
  readonly contentModifiedAt?: number;
  /** When the vault got it: what changed at the target before that is older. */
  readonly capturedAt?: number;
};

/** A document with the versions that it is to have, the oldest first, or a folder that is to be there. */
export type ThingToRestore =
  | { readonly kind: 'folder'; readonly path: readonly string[] }
  | {
      readonly kind: 'document';
      /** Names as they are: of the user, the folders, the document. */
      readonly path: readonly string[];
      readonly versions: readonly VersionToRestore[];
    };
export type DocumentToRestore = Extract<ThingToRestore, { kind: 'document' }>;

/** What became of one thing. */
export type ThingOutcome = {
  readonly thing: ThingToRestore;
  /** `right`: it was so already. `conflict`: what is there differs, and was left alone. */
  readonly result: 'restored' | 'right' | 'conflict' | 'failed';
  /** Versions and bytes that were uploaded. */
  readonly versions: number;
  readonly bytes: number;
  /** Why it is not as it should be. */
  readonly detail?: string;
};

export type IntoSiteWorld = {
  readonly target: SiteReader & SiteWriter;
  readonly store: Pick<ObjectStore, 'open'>;
  /** The vault's bucket. */
  readonly vault: string;
  readonly checksums: Checksums;
};

export type IntoSiteOptions = {
  /** Everything goes below this: names of a user and folders of the target. Absent: each path begins with its own user. */
  readonly into?: readonly string[];
  /** What becomes of a document that differs; `never` unless said. */
  readonly overwrite?: Overwrite;
  /** Documents side by side. The versions of one go up one after the other. */
  readonly concurrency?: number;
};
