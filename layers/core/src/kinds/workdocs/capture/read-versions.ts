import { defined } from '../../../model/defined.ts';
import type { UnprotectedReason } from '../../../model/entry.ts';
import { messageOf } from '../../../model/errors.ts';
import { allPages } from '../all-pages.ts';
import type { DocumentRecord, Kept, VersionRecord } from '../model/records.ts';
import type { LargeVersion } from '../model/site-messages.ts';
import type { SiteDocument, SiteVersion } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import type { ItemContext } from './item-context.ts';
import { bringVersion, findKept } from './keep-version.ts';

/** A version that is read with the others is small, and a slow site gives it in less. */
const STOP_BEFORE_END_MS = 45_000;

/** A document whose versions are read. */
export type VersionsToRead = {
  readonly document: SiteDocument;
  /** What the vault has of it. */
  readonly before: DocumentRecord | undefined;
  /** What the record says of the bytes may not be so. */
  readonly doubt: boolean;
  /** Large ones are on their way already. */
  readonly waits: boolean;
  readonly at: number | undefined;
};

/** All versions of a document, and what is to be said of them. */
export type VersionsRead = {
  /** The oldest first. */
  readonly versions: readonly VersionRecord[];
  readonly newBytes: number;
  /** Too large to be brought with the others. */
  readonly large: readonly LargeVersion[];
  /** Bytes of versions that are proven to be gone. */
  readonly toHide: readonly Kept[];
  /** Why not all of the document is in the vault. */
  readonly problem?: { readonly reason: UnprotectedReason; readonly detail: string };
};

/** Reads all versions of a document, one after the other, and brings the bytes of those that the vault lacks. */
export async function readVersions(toRead: VersionsToRead, context: ItemContext): Promise<VersionsRead> {
  const { document, before } = toRead;
  const listed = withLatest(document, await allPages((marker) => context.site.versions(document.id, marker)));
  const known = new Map(before?.versions.map((version) => [version.id, version]));
  const reader = new VersionReader(toRead, context);
  for (const [index, version] of listed.entries()) {
    // Not before something is won by it: then the next delivery has less to do.
    const isLate = context.timeLeft() < STOP_BEFORE_END_MS && !context.bringsLarge;
    if (isLate && reader.hasBrought) throw outOfTime(document, index, listed.length);
    await reader.read(version, known.get(version.id));
  }
  const ids = new Set(listed.map(({ id }) => id));
  for (const version of before?.versions ?? []) {
    if (!ids.has(version.id)) await reader.readMissing(version);
  }
  return reader.result();
}

/** The version that the document itself names is there, also where the list is cut short and lacks it. */
function withLatest({ latest }: SiteDocument, listed: readonly SiteVersion[]): readonly SiteVersion[] {
  return latest === undefined || listed.some(({ id }) => id === latest.id) ? listed : [...listed, latest];
}

/** The next delivery finds in the vault what this one brought: one that was cut off would be told of by nobody. */
function outOfTime({ id }: SiteDocument, read: number, all: number): SiteError {
  const message = `there was time for ${read} of the ${all} versions of document ${id}`;
  return new SiteError('unavailable', message);
}

const RANK: Readonly<Partial<Record<UnprotectedReason, number>>> = { copying: 1, uploading: 2 };

class VersionReader {
  readonly #toRead: VersionsToRead;
  readonly #context: ItemContext;
  readonly #versions: VersionRecord[] = [];
  readonly #large: LargeVersion[] = [];
  readonly #toHide: Kept[] = [];
  #newBytes = 0;
  #problem: VersionsRead['problem'];

  constructor(toRead: VersionsToRead, context: ItemContext) {
    this.#toRead = toRead;
    this.#context = context;
  }

  get hasBrought(): boolean {
    return this.#newBytes > 0;
  }

  result(): VersionsRead {
    if (this.#toRead.document.latest === undefined && this.#problem === undefined)
      this.#tell('uploading', 'it has no version that could be read');
    const latest = this.#toRead.document.latest?.id;
    // Of versions of one moment, the one that is current is the last: there is nothing else to tell them apart by.
    const rank = ({ id }: VersionRecord) => (id === latest ? 1 : 0);
    const versions = this.#versions.toSorted(
      (a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || rank(a) - rank(b) || (a.id < b.id ? -1 : 1),
    );
    return {
      versions,
      newBytes: this.#newBytes,
      large: this.#large,
      toHide: this.#toHide,
      ...defined({ problem: this.#problem }),
    };
  }

  async read(version: SiteVersion, known: VersionRecord | undefined): Promise<void> {
    if (version.status === 'INITIALIZED') {
      this.#tell('uploading', `version ${version.id} is being uploaded`);
      this.#add(version, { missing: 'uploading' }, known);
      return;
    }
    const { document, doubt } = this.#toRead;
    const comments = await allPages((marker) => this.#context.site.comments(document.id, version.id, marker));
    const wasGone = known?.status === 'DELETED';
    const kept = await findKept(document.id, version, known, doubt || wasGone, this.#context);
    if (kept !== undefined) {
      // What only a version's own answer tells, no activity does, and asking counts as a download: deep looks do.
      const facts = this.#context.deep ? await this.#context.site.version(document.id, version.id) : version;
      this.#add(withoutUrl(facts), { kept, comments }, known);
      return;
    }
    await this.#bring(version, comments, known);
  }

  async #bring(
    version: SiteVersion,
    comments: VersionRecord['comments'],
    known: VersionRecord | undefined,
  ): Promise<void> {
    const { document, waits, at } = this.#toRead;
    const { source, world } = this.#context;
    if ((version.size ?? 0) > world.settings.multipartThresholdBytes) {
      this.#tell('copying', `version ${version.id} is large: its bytes are on their way`);
      this.#add(version, { missing: 'copying', comments }, known);
      if (!waits || known?.missing !== 'copying')
        this.#large.push({
          kind: 'large-version',
          source: source.source,
          documentId: document.id,
          versionId: version.id,
          ...defined({ at }),
        });
      return;
    }
    try {
      const { kept, facts } = await bringVersion(document.id, version, this.#context);
      this.#newBytes += kept.size;
      this.#add(withoutUrl(facts), { kept, comments }, known);
    } catch (error) {
      // One version that cannot be read does not keep the others out of the vault.
      if (!this.#context.last || !isSiteError(error) || isSiteError(error, 'not-found')) throw error;
      const missing = messageOf(error);
      this.#tell(isSiteError(error, 'access-denied') ? 'access-denied' : 'failed', missing);
      this.#add(version, { missing, comments }, known);
    }
  }

  /**
   * A version that was there and that the list of a document that is there lacks. It is asked for by its id as well: a list
   * that is cut short proves nothing.
   */
  async readMissing(known: VersionRecord): Promise<void> {
    if (known.status === 'DELETED') {
      this.#versions.push(known);
      if (this.#toRead.doubt && known.kept !== undefined) this.#toHide.push(known.kept);
      return;
    }
    const { document } = this.#toRead;
    try {
      await this.read(withoutUrl(await this.#context.site.version(document.id, known.id)), known);
    } catch (error) {
      if (!isSiteError(error, 'not-found')) throw error;
      this.#versions.push({ ...known, status: 'DELETED' });
      if (known.kept !== undefined) this.#toHide.push(known.kept);
    }
  }

  #add(
    { customMetadata, ...version }: SiteVersion,
    own: Pick<VersionRecord, 'kept' | 'missing' | 'comments'>,
    known: VersionRecord | undefined,
  ): void {
    this.#versions.push({
      ...version,
      ...defined({ ...own, customMetadata: customMetadata ?? known?.customMetadata }),
    });
  }

  /** The gravest reason is the document's. */
  #tell(reason: UnprotectedReason, detail: string): void {
    const rank = (one: UnprotectedReason) => RANK[one] ?? 3;
    if (this.#problem === undefined || rank(reason) > rank(this.#problem.reason))
      this.#problem = { reason, detail };
  }
}

function withoutUrl({ downloadUrl: _, ...facts }: SiteVersion): SiteVersion {
  return facts;
}
