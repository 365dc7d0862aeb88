import { checksums } from '@holdfast/core/aws/checksums.ts';
import { ensureEmptyFolder } from '@holdfast/core/kinds/workdocs/capture/ensure-empty-folder.ts';
import { keepBytes } from '@holdfast/core/kinds/workdocs/capture/keep-bytes.ts';
import { keepRecord, seeRecord } from '@holdfast/core/kinds/workdocs/capture/keep-record.ts';
import type {
  DocumentRecord,
  FolderRecord,
  SiteRecord,
  UserRecord,
  VersionRecord,
} from '@holdfast/core/kinds/workdocs/model/records.ts';
import {
  entryKey,
  type RecordRef,
  recordKey,
  versionKey,
} from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import type { World } from '@holdfast/core/ports/world.ts';
import type { Pipeline } from '../../testing/pipeline.ts';

export const SITE = 'd-1234567890';
export const SITE_URI = `workdocs://${SITE}`;

type Given<TRecord extends SiteRecord> = Partial<TRecord> & Pick<TRecord, 'id'>;
/** A version of a document, its bytes as text; without text they are not in the vault. */
export type GivenVersion = Partial<VersionRecord> & { readonly id: string; readonly text?: string };

/** A WorkDocs site's records and bytes, put into the vault of a pipeline as a capture would. */
export class SiteVault {
  readonly #pipeline: Pick<Pipeline, 'now'> & { readonly world: World };
  readonly site: string;

  constructor(pipeline: Pick<Pipeline, 'now'> & { readonly world: World }, site = SITE) {
    this.#pipeline = pipeline;
    this.site = site;
  }

  /** What registering a site does. */
  async begin(): Promise<void> {
    await ensureEmptyFolder(this.site, this.#pipeline.world);
  }

  /** A user with a root folder `<id>-root` and a recycle bin `<id>-bin`. */
  async user(id: string, given: Partial<UserRecord> = {}): Promise<void> {
    const ids = { rootFolderId: `${id}-root`, recycleBinFolderId: `${id}-bin` };
    await this.keep({ ...this.#base, id, kind: 'user', name: id, ...ids, ...given });
    await this.folder({ id: `${id}-root`, parentId: undefined, name: undefined });
  }

  async folder(given: Given<FolderRecord>): Promise<void> {
    await this.keep({ ...this.#base, kind: 'folder', name: given.id, ...given });
  }

  /** A document with its versions, the last of which is current unless told. */
  async document(given: Given<DocumentRecord>, versions: readonly GivenVersion[] = []): Promise<void> {
    const kept = await Promise.all(versions.map((version) => this.#version(given.id, version)));
    const latest = versions.at(-1)?.id;
    const record = { ...this.#base, kind: 'document' as const, name: given.id, versions: kept, ...given };
    await this.keep(latest === undefined || 'latest' in given ? record : { ...record, latest });
  }

  /** A document of one version. */
  async file(id: string, parentId: string, name: string, text: string, given: Partial<DocumentRecord> = {}) {
    await this.document({ id, parentId, name, ...given }, [{ id: `${id}-1`, text }]);
  }

  async keep(record: SiteRecord): Promise<void> {
    const { world } = this.#pipeline;
    const clean = JSON.parse(JSON.stringify(record)) as SiteRecord;
    const outcome = await keepRecord(clean, await seeRecord(this.site, record, true, world), {}, world);
    if (outcome.kind === 'lost-race') throw new Error(`lost a race for ${record.id}`);
  }

  /** Records a deletion, as far as readers of the vault and its catalog see it. */
  async delete(ref: RecordRef): Promise<void> {
    const { store, settings, catalog } = this.#pipeline.world;
    await store.hide({ bucket: settings.vault, key: recordKey(this.site, ref) });
    const entry = await catalog.getEntry(siteUri(this.site), entryKey(ref));
    if (entry === undefined) return;
    const gone = { state: 'deleted', deletedAt: this.#pipeline.now, rev: entry.rev + 1 } as const;
    await catalog.putEntry({ ...entry, ...gone }, entry.rev);
  }

  async #version(documentId: string, { text, ...given }: GivenVersion): Promise<VersionRecord> {
    const version: VersionRecord = { status: 'ACTIVE', createdAt: this.#pipeline.now, ...given };
    if (text === undefined) return version;
    const bytes = Buffer.from(text);
    const key = versionKey(this.site, documentId, given.id);
    const { store, settings } = this.#pipeline.world;
    const { versions } = await store.listVersions({ bucket: settings.vault, prefix: key });
    const [there] = versions.filter((one) => one.key === key);
    if (there !== undefined && !there.deleteMarker) {
      const { versionId, etag, size } = there;
      return { ...version, size, kept: { key, versionId, etag, size } };
    }
    const body = (async function* () {
      yield bytes;
    })();
    const kept = await keepBytes(
      { key, body, expected: {}, options: {}, what: documentId },
      { ...this.#pipeline.world, checksums },
    );
    return { ...version, size: bytes.length, kept };
  }

  get #base() {
    return {
      format: 1 as const,
      site: this.site,
      createdAt: this.#pipeline.now,
      modifiedAt: this.#pipeline.now,
      status: 'ACTIVE',
    };
  }
}
