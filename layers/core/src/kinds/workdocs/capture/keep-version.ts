import { defined } from '../../../model/defined.ts';
import { isStoreError } from '../../../model/errors.ts';
import type { Kept, VersionRecord } from '../model/records.ts';
import { versionKey } from '../model/site-key.ts';
import type { DownloadOptions, OpenDownload, SiteReader, SiteVersion } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import type { ItemContext } from './item-context.ts';
import { keepBytes } from './keep-bytes.ts';
import { digestsOf } from './signature.ts';

/** How often a new URL is asked for, when one was good no more. */
const URLS = 3;

/**
 * What the vault has of a version. Where its record may not tell the truth, the vault is asked, and bytes that were hidden are
 * brought back from under their delete marker.
 *
 * @returns undefined when they have to be read from the site
 */
export async function findKept(
  documentId: string,
  version: SiteVersion,
  known: VersionRecord | undefined,
  doubt: boolean,
  { name, world }: ItemContext,
): Promise<Kept | undefined> {
  if (!doubt) return known?.kept;
  const key = versionKey(name, documentId, version.id);
  const place = { bucket: world.settings.vault, key };
  const head = await world.store.head(place);
  if (head.found) {
    const { versionId, etag, size, checksum } = head.object;
    if (versionId === undefined || (version.size !== undefined && size !== version.size)) return undefined;
    if (known?.kept?.versionId === versionId) return known.kept;
    return { key, versionId, etag, size, ...defined({ checksum }) };
  }
  return known?.kept === undefined ? undefined : bringBack(known.kept, world);
}

/** @returns undefined when the old bytes cannot be copied: their retention has ended, or they are too large for one copy */
async function bringBack(
  { key, versionId, size, checksum: known }: Kept,
  { store, settings }: ItemContext['world'],
): Promise<Kept | undefined> {
  try {
    const written = await store.copy({
      from: { bucket: settings.vault, key, versionId },
      to: { bucket: settings.vault, key },
      // Not those of a deletion.
      tags: {},
      condition: { ifAbsent: true },
    });
    // The same bytes: what was known of them still is, where the copy was given no checksum of its own.
    const { etag, checksum = known } = written;
    if (written.versionId === undefined) return undefined;
    return { key, versionId: written.versionId, etag, size, ...defined({ checksum }) };
  } catch (error) {
    if (isStoreError(error, 'not-found', 'invalid', 'archived', 'precondition-failed')) return undefined;
    throw error;
  }
}

/** Reads a version's bytes from the site into the vault. @returns what the site says of it, too */
export async function bringVersion(
  documentId: string,
  version: SiteVersion,
  { name, site, world }: ItemContext,
): Promise<{ readonly kept: Kept; readonly facts: SiteVersion }> {
  return withUrl(documentId, version.id, site, async (url, facts) => {
    const download = await openUrl(url, site, {}, facts);
    const kept = await keepBytes(
      {
        key: versionKey(name, documentId, version.id),
        body: download.body,
        expected: defined({ size: facts.size, digests: digestsOf(facts.signature) }),
        options: {
          metadata: { documentid: documentId, versionid: version.id },
          ...defined({ contentType: facts.contentType }),
        },
        what: `version ${version.id} of document ${documentId}`,
      },
      world,
    );
    return { kept, facts };
  });
}

/** Does something with the URL of a version, and with a new one when that one has expired. */
export async function withUrl<T>(
  documentId: string,
  versionId: string,
  site: SiteReader,
  work: (url: string, facts: SiteVersion) => Promise<T>,
): Promise<T> {
  for (let asked = 1; ; asked++) {
    const facts = await site.version(documentId, versionId);
    const { downloadUrl } = facts;
    if (downloadUrl === undefined)
      throw new SiteError('unavailable', `version ${versionId} of document ${documentId} came without a URL`);
    try {
      return await work(downloadUrl, facts);
    } catch (error) {
      if (!isSiteError(error, 'expired-url') || asked >= URLS) throw error;
    }
  }
}

/** What is wrong with a URL says nothing of the document: that has answered just before. */
export async function openUrl(
  url: string,
  site: SiteReader,
  options: DownloadOptions,
  { id }: SiteVersion,
): Promise<OpenDownload> {
  try {
    return await site.download(url, options);
  } catch (error) {
    if (!isSiteError(error, 'not-found')) throw error;
    throw new SiteError('unavailable', `there is nothing at the URL of version ${id}`, { cause: error });
  }
}
