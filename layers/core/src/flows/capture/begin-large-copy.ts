import type { LargeCopy } from '../../model/messages.ts';
import type { ObjectFacts } from '../../model/object.ts';
import { multipartStart, partBytesFor } from '../copy-parts.ts';
import type { Attempt, CaptureWorld } from './attempt.ts';
import { placeInVault } from './copy-into-vault.ts';

/** Opens the upload and sends the message that copies its parts, so that no function has to live as long as it takes. */
export async function beginLargeCopy(
  attempt: Attempt,
  facts: ObjectFacts,
  world: CaptureWorld,
): Promise<void> {
  const { change } = attempt;
  const { store, queue, settings } = world;
  const source = { bucket: change.bucket, key: change.key };
  const version = facts.versionId === undefined ? {} : { versionId: facts.versionId };
  const tags = facts.tagCount === 0 ? {} : await store.getTags({ ...source, ...version });
  const to = { bucket: settings.vault, key: await placeInVault(attempt, world) };
  const { uploadId } = await store.beginMultipart(multipartStart(to, facts, tags));
  const message: LargeCopy = {
    kind: 'large-copy',
    ...source,
    ...version,
    etag: facts.etag,
    size: facts.size,
    uploadId,
    partBytes: partBytesFor(facts.size, settings.partBytes),
    ...(change.at === undefined ? {} : { at: change.at }),
    ...(change.sequencer === undefined ? {} : { sequencer: change.sequencer }),
  };
  await queue.send('backlog', [JSON.stringify(message)]);
}
