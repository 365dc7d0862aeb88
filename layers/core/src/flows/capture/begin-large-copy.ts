import { defined } from '../../model/defined.ts';
import type { LargeCopy } from '../../model/messages.ts';
import type { ObjectFacts } from '../../model/object.ts';
import { multipartStart, partBytesFor } from '../copy-parts.ts';
import type { Attempt, CaptureWorld, Tried } from './attempt.ts';
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
  const { store, queue, settings } = world;
  const source = { bucket: change.bucket, key: change.key };
  const version = defined({ versionId: facts.versionId });
  const tags = facts.tagCount === 0 ? {} : await store.getTags({ ...source, ...version });
  const to = { bucket: settings.vault, key: await placeInVault(attempt, world) };
  const upload = await store.beginMultipart(multipartStart(to, facts, tags));
  const { uploadId } = upload;
  const recorded = await recordUnprotected(attempt, 'copying', world, { facts, uploadId });
  if (recorded === 'lost-race') {
    await store.abortMultipart(upload);
    return recorded;
  }
  const message: LargeCopy = {
    kind: 'large-copy',
    ...source,
    ...version,
    etag: facts.etag,
    size: facts.size,
    lastModified: facts.lastModified,
    uploadId,
    partBytes: partBytesFor(facts.size, settings.partBytes),
    ...defined({ at: change.at, sequencer: change.sequencer }),
  };
  await queue.send('backlog', [JSON.stringify(message)]);
  return { ...recorded, kind: 'copying' };
}
