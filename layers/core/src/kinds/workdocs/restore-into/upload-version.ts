import { defined } from '../../../model/defined.ts';
import { originMark } from '../model/origin-mark.ts';
import type { BegunUpload, UploadRequest } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import type { IntoSiteWorld, VersionToRestore } from './thing-to-restore.ts';

/** How often an upload is begun again because its URL had expired. */
const ATTEMPTS = 3;

/**
 * Brings one version into a site: begins, marks, uploads out of the vault in constant memory, ends. What fails half way is
 * given up, so that nothing stays behind but what a crash leaves.
 *
 * @returns the document's id
 */
export async function uploadVersion(
  place: UploadRequest['place'],
  name: string,
  version: VersionToRestore,
  world: IntoSiteWorld,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await uploadOnce(place, name, version, world);
    } catch (error) {
      if (attempt === ATTEMPTS || !isSiteError(error, 'expired-url')) throw error;
    }
  }
}

async function uploadOnce(
  place: UploadRequest['place'],
  name: string,
  version: VersionToRestore,
  world: IntoSiteWorld,
): Promise<string> {
  const { size, contentType, contentCreatedAt, contentModifiedAt } = version;
  const times = defined({ contentType, contentCreatedAt, contentModifiedAt });
  const begun = await world.target.beginUpload({ place, name, size, ...times });
  try {
    const isMarked = await markDraft(begun, version, world);
    await world.target.upload(begun, bytesOf(version, world), size);
    await world.target.finishUpload(begun);
    if (!isMarked)
      await world.target.addCustomMetadata(begun.documentId, begun.versionId, originMark(version));
    return begun.documentId;
  } catch (error) {
    await giveUp(begun, world);
    throw error;
  }
}

/**
 * Marks what is being uploaded, so that a run after a crash knows it. AWS does not say whether a version can be marked before
 * its upload has ended: if not, it is marked then.
 */
async function markDraft(
  { documentId, versionId }: BegunUpload,
  version: VersionToRestore,
  { target }: IntoSiteWorld,
): Promise<boolean> {
  try {
    await target.addCustomMetadata(documentId, versionId, originMark(version));
    return true;
  } catch (error) {
    if (isSiteError(error, 'conflict', 'invalid', 'not-found')) return false;
    throw error;
  }
}

/** What was ended meanwhile, or is gone, needs nothing; and whatever else goes wrong here, the first error says more. */
async function giveUp(begun: BegunUpload, { target }: IntoSiteWorld): Promise<void> {
  await target.abortUpload(begun).catch(() => {});
}

/** The vault's bytes, compared with their checksum as they pass: before the upload ends, so that damage never counts. */
async function* bytesOf(
  { vault: { key, versionId }, checksum }: VersionToRestore,
  { store, vault, checksums }: IntoSiteWorld,
): AsyncGenerator<Uint8Array> {
  // A checksum of parts' checksums, with their number behind it, says nothing about the whole.
  const expected = checksum?.value.includes('-') ? undefined : checksum;
  const running = expected && checksums.begin(expected.algorithm);
  const { body } = await store.open({ bucket: vault, key, versionId });
  for await (const chunk of body) {
    running?.update(chunk);
    yield chunk;
  }
  const found = await running?.digest();
  if (found !== undefined && found !== expected?.value)
    throw new SiteError('corrupt', `${key} in the vault is damaged: its ${expected?.algorithm} is ${found}`);
}
