import { sourceUri } from '../../../model/bucket-uri.ts';
import { defined } from '../../../model/defined.ts';
import type { Entry } from '../../../model/entry.ts';
import type { ObjectFacts } from '../../../model/object.ts';
import { withOrigin } from '../../../model/origin.ts';
import { multipartStart } from '../../../vault/copy-parts.ts';
import { partBytesFor } from '../../../vault/parts.ts';
import { attributesDigest } from '../model/attributes.ts';
import type { LargeCopy } from '../model/bucket-messages.ts';
import type { Change } from '../model/change.ts';
import { type Attempt, type CaptureWorld, sourceTags, type Tried } from './attempt.ts';
import { placeInVault } from './copy-into-vault.ts';
import { recordUnprotected } from './record.ts';

/**
 * Opens the upload of a large copy, records it, and sends the message that copies its parts, so that no function has to
 * live as long as it takes. The record comes first: it names the one upload that may end as the object's copy.
 */
export async function beginLargeCopy(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
): Promise<Tried> {
  const { change } = attempt;
  const { store, settings } = world;
  const own = await sourceTags(change, facts, world);
  // Others than the HEAD counted: the object, or its tags, were written in between.
  if (Object.keys(own).length !== facts.tagCount) return 'lost-race';
  const tags = withOrigin(own, facts);
  const to = { bucket: settings.vault, key: await placeInVault(attempt, world) };
  const upload = await store.beginMultipart(multipartStart(to, facts, tags));
  const { uploadId } = upload;
  const recorded = await recordUnprotected(attempt, 'copying', world, {
    facts,
    uploadId,
    uploadAttributes: attributesDigest(facts),
  });
  if (recorded === 'lost-race' && !(await isOurs(uploadId, attempt, world))) {
    await store.abortMultipart(upload);
    return recorded;
  }
  await sendLargeCopy(change, facts, uploadId, world);
  const after = recorded === 'lost-race' ? undefined : recorded.after;
  return { kind: 'copying', before: attempt.prior, after };
}

/** False when the source was written again, with other attributes, since the upload that the entry names was begun. */
export function isBegunWith({ uploadAttributes }: Entry, facts: ObjectFacts): boolean {
  // An upload that was begun before entries said it has none.
  return uploadAttributes === undefined || uploadAttributes === attributesDigest(facts);
}

/** The answer of a write can be lost, and the SDK's repetition of it then meets what it wrote itself. */
async function isOurs(uploadId: string, { change }: Attempt, { catalog }: CaptureWorld): Promise<boolean> {
  const entry = await catalog.getEntry(sourceUri(change.bucket), change.key);
  return entry?.uploadId === uploadId;
}

/** Sends the message that goes on with an open upload. Sent twice it costs some parts twice, and ends once. */
export async function sendLargeCopy(
  { bucket, key, at, sequencer }: Change,
  { etag, size, lastModified, versionId }: ObjectFacts,
  uploadId: string,
  { queue, settings }: CaptureWorld,
): Promise<void> {
  const message: LargeCopy = {
    kind: 'large-copy',
    bucket,
    key,
    etag,
    size,
    lastModified,
    uploadId,
    partBytes: partBytesFor(size, settings.partBytes),
    ...defined({ versionId, at, sequencer }),
  };
  await queue.send('backlog', [JSON.stringify(message)]);
}
