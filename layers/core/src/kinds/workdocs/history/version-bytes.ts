import { defined } from '../../../model/defined.ts';
import type { RealVersion } from '../../../vault/vault-history.ts';
import type { VersionRecord } from '../model/records.ts';
import { versionKey } from '../model/site-key.ts';
import { contentTime } from './document-at.ts';
import { NOTHING, type SiteState } from './site-entries.ts';

/** The bytes of one version of a document, as its record and the vault's listing tell of them. */
export class VersionBytes {
  readonly id: string;
  #vaultVersionId: string;
  #etag: string;
  #size: number;
  readonly #algorithm: string | undefined;
  readonly #checksum: string | undefined;
  readonly #modifiedAt: number | undefined;
  readonly #createdAt: number | undefined;
  readonly #missing: string | undefined;
  readonly #isDeleted: boolean;
  // What only the listing knows.
  #storageClass = '';
  #capturedAt = 0;

  /** @param key where a site's versions have their bytes; what claims to have them elsewhere has none */
  constructor(version: VersionRecord, key: string) {
    const kept = version.kept?.key === key ? version.kept : undefined;
    this.id = version.id;
    this.#vaultVersionId = kept?.versionId ?? '';
    this.#etag = kept?.etag ?? '';
    this.#size = kept?.size ?? 0;
    this.#algorithm = kept?.checksum?.algorithm;
    this.#checksum = kept?.checksum?.value;
    this.#modifiedAt = contentTime(version);
    this.#createdAt = version.createdAt;
    this.#missing = version.missing;
    this.#isDeleted = version.status === 'DELETED';
  }

  /**
   * The listing has a version of the vault under this one's key. Where the record named none, they came after it: a version's
   * bytes never change, so those are its own.
   */
  found({ versionId, storageClass, lastModified, etag, size }: RealVersion): void {
    if (this.#vaultVersionId === '') {
      this.#vaultVersionId = versionId;
      this.#etag = etag;
      this.#size = size;
    }
    if (versionId !== this.#vaultVersionId) return;
    this.#storageClass = storageClass;
    this.#capturedAt = lastModified;
  }

  /** Whether the vault has them. */
  get isThere(): boolean {
    return this.#storageClass !== '';
  }

  /** When it was made, ms since 1970, where that is known. */
  get createdAt(): number | undefined {
    return this.#createdAt;
  }

  /** @param why it is not the version that was current; absent when it is */
  state(site: string, documentId: string, why?: string): Omit<SiteState, 'key' | 'deleted'> {
    const modifiedAt = this.#modifiedAt;
    const changedAt = this.#createdAt;
    const facts = { documentId, siteVersionId: this.id, ...defined({ modifiedAt, changedAt }) };
    if (!this.isThere) {
      const lost = this.#vaultVersionId !== '' && !this.#isDeleted;
      const none = { vaultKey: '', current: NOTHING, lacking: this.why(), ...facts };
      return { ...none, ...defined({ lackingSince: changedAt }), ...(lost ? { lost } : {}) };
    }
    const vaultKey = versionKey(site, documentId, this.id);
    const checksum =
      this.#algorithm === undefined || this.#checksum === undefined
        ? undefined
        : { algorithm: this.#algorithm, value: this.#checksum };
    const current: RealVersion = {
      ...{ key: vaultKey, versionId: this.#vaultVersionId, etag: this.#etag, size: this.#size },
      ...{ storageClass: this.#storageClass, lastModified: this.#capturedAt },
      ...{ latest: true, deleteMarker: false },
    };
    return { vaultKey, current, ...facts, ...defined({ checksum, lacking: why }) };
  }

  /** Why they are not there. */
  why(): string {
    if (this.#vaultVersionId !== '') return `the bytes of its version ${this.id} are no longer in the vault`;
    return `its version ${this.id} is not in the vault${this.#missing === undefined ? '' : ` (${this.#missing})`}`;
  }
}
