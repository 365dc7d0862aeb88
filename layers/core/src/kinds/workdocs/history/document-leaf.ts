import { defined } from '../../../model/defined.ts';
import type { RealVersion } from '../../../vault/vault-history.ts';
import type { DocumentRecord, VersionRecord } from '../model/records.ts';
import { versionKey } from '../model/site-key.ts';
import { type DocumentVersion, documentVersion, isUnfinished, versionsUntil } from './document-at.ts';
import { nameOf } from './read-folders.ts';
import type { RecordAt } from './record-history.ts';
import { type Leaf, NOTHING, type SiteState } from './site-entries.ts';
import { VersionBytes } from './version-bytes.ts';

/** One of the other versions of a document: the first one that was made is number 1. */
export type OtherVersion = { readonly number: number; readonly bytes: VersionBytes };

/** What more than the current version is kept of a document. */
export type LeafOptions = {
  readonly allVersions?: boolean | undefined;
  readonly sidecars?: boolean | undefined;
  readonly records?: boolean | undefined;
};

const NONE: readonly OtherVersion[] = [];

/** A document in its folder. A site has a million of them, so it holds what a restore needs and no more. */
export class DocumentLeaf implements Leaf {
  readonly id: string;
  name: string;
  readonly createdAt: number;
  readonly deletedAt: number | undefined;
  readonly others: readonly OtherVersion[];
  /** The record's own version in the vault, where it is asked for. */
  readonly record: RealVersion | undefined;
  readonly #site: string;
  readonly #bytes: VersionBytes | undefined;
  readonly #standIn: VersionBytes | undefined;
  readonly #problem: string | undefined;

  private constructor(
    site: string,
    { id, record, problem, version }: RecordAt<'document'>,
    current: DocumentVersion | undefined,
    others: readonly OtherVersion[],
    deletedAt: number | undefined,
    { sidecars, records }: LeafOptions,
  ) {
    this.#site = site;
    this.id = id;
    this.name = nameOf(record?.name ?? current?.current?.name, id);
    this.createdAt = record?.createdAt ?? Number.POSITIVE_INFINITY;
    this.deletedAt = deletedAt;
    this.#bytes = bytesOf(site, id, current?.current);
    this.#standIn = bytesOf(site, id, current?.standIn);
    this.#problem = problem;
    this.others = others;
    this.record = sidecars || records ? version : undefined;
  }

  /** @returns undefined when the document was not there yet */
  static of(
    site: string,
    document: RecordAt<'document'>,
    at: number,
    deletedAt: number | undefined,
    options: LeafOptions,
  ): DocumentLeaf | undefined {
    const { id, record, later } = document;
    const before = later ? at : undefined;
    if (record === undefined)
      return later ? undefined : new DocumentLeaf(site, document, undefined, NONE, deletedAt, options);
    const current = documentVersion(record, before);
    if (current === undefined) return undefined;
    const others = options.allVersions ? otherVersions(site, id, record, current, before) : NONE;
    return new DocumentLeaf(site, document, current, others, deletedAt, options);
  }

  /** The vault's listing has bytes of a version of it. */
  found(siteVersionId: string, version: RealVersion): void {
    for (const bytes of [this.#bytes, this.#standIn]) if (bytes?.id === siteVersionId) bytes.found(version);
    for (const { bytes } of this.others) if (bytes.id === siteVersionId) bytes.found(version);
  }

  state(key: string): SiteState {
    return placed(key, { ...this.#state(), ...defined({ recordVersion: this.record }) }, this.deletedAt);
  }

  #state(): Omit<SiteState, 'key' | 'deleted'> {
    const [bytes, standIn] = [this.#bytes, this.#standIn];
    if (bytes?.isThere) return bytes.state(this.#site, this.id);
    const why = bytes?.why() ?? this.#problem ?? 'the site had no finished version of it';
    if (standIn?.isThere) {
      const state = standIn.state(this.#site, this.id, `${why}; the version before it is taken`);
      return { ...state, ...defined({ lackingSince: bytes?.createdAt }) };
    }
    return (
      bytes?.state(this.#site, this.id) ??
      ({ vaultKey: '', current: NOTHING, documentId: this.id, lacking: why } as const)
    );
  }

  /** One of its other versions, as a leaf of its own. */
  other(name: string, { bytes }: OtherVersion): Leaf {
    const { deletedAt } = this;
    return {
      name,
      deletedAt,
      state: (key) =>
        placed(
          key,
          { ...bytes.state(this.#site, this.id), ...defined({ recordVersion: this.record }) },
          deletedAt,
        ),
    };
  }
}

/** The record of a document or folder, as a file beside it. */
export class RecordLeaf implements Leaf {
  readonly name: string;
  readonly deletedAt: number | undefined;
  readonly #version: RealVersion;

  constructor(name: string, version: RealVersion, deletedAt: number | undefined) {
    this.name = name;
    this.deletedAt = deletedAt;
    this.#version = version;
  }

  named(name: string): RecordLeaf {
    return new RecordLeaf(name, this.#version, this.deletedAt);
  }

  state(key: string): SiteState {
    return placed(key, { vaultKey: this.#version.key, current: this.#version }, this.deletedAt);
  }
}

function placed(
  key: string,
  { current, ...state }: Omit<SiteState, 'key' | 'deleted'>,
  at: number | undefined,
): SiteState {
  if (at === undefined) return { key, ...state, ...(current === undefined ? {} : { current }) };
  // What was deleted expires, rightly.
  const { lost: _, ...facts } = state;
  return { key, ...facts, deleted: { at, ...(current === undefined ? {} : { last: current }) } };
}

function otherVersions(
  site: string,
  id: string,
  record: DocumentRecord,
  { current, standIn }: DocumentVersion,
  before: number | undefined,
): OtherVersion[] {
  const isIn = (versionId: string) => versionId === current?.id || versionId === standIn?.id;
  return versionsUntil(record, before).flatMap((version, index) => {
    const bytes = bytesOf(site, id, version);
    return bytes === undefined || isIn(version.id) || isUnfinished(version)
      ? []
      : [{ number: index + 1, bytes }];
  });
}

function bytesOf(site: string, id: string, version: VersionRecord | undefined): VersionBytes | undefined {
  return version && new VersionBytes(version, versionKey(site, id, version.id));
}
