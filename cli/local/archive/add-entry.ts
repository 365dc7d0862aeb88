import { PlaceError, troubleOf } from '../disk-errors.ts';
import type { LocalWorld } from '../local-job.ts';
import { type Place, refuseTwice } from '../naming.ts';
import type { OpenCopy } from '../open-copy.ts';
import type { Tally } from '../tally.ts';
import type { TransferProgress } from '../transfer-progress.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import type { Fetched } from './fetch-ahead.ts';

export type ArchiveTask = {
  readonly writer: ArchiveWriter;
  readonly tally: Tally;
  readonly progress: TransferProgress;
};

/**
 * Puts one object into the archive. Its own trouble is counted, as long as nothing of it is in the archive.
 *
 * @returns whether it is there now
 * @throws what leaves an archive that cannot be finished
 */
export async function addEntry(
  { object, open }: Fetched,
  place: Place,
  task: ArchiveTask,
  world: LocalWorld,
): Promise<boolean> {
  const { tally, progress } = task;
  try {
    refuseTwice(place);
    const copy = await open();
    await checkRead(copy);
    const isIn = await write(object.key, copy, place, task);
    tally.noteLack(object);
    return isIn;
  } catch (error) {
    const trouble = world.signal.aborted || error instanceof BrokenEntryError ? undefined : troubleOf(error);
    if (trouble === undefined) throw error instanceof BrokenEntryError ? error.cause : error;
    tally.problem('failed', { key: object.key, ...trouble });
    progress.done(object.version.size);
    return false;
  }
}

/** The archive itself failed, or an entry ended too soon: nothing can follow. */
class BrokenEntryError extends Error {}

/** What was read beforehand is only put in when it is right. */
async function checkRead({ read, proof }: OpenCopy): Promise<void> {
  if (read && (await proof()) === 'wrong')
    throw new PlaceError('wrong-bytes', "the vault's bytes are not those of its checksum; left out");
}

async function write(key: string, copy: OpenCopy, place: Place, task: ArchiveTask): Promise<boolean> {
  const { writer, tally, progress } = task;
  const { facts, modifiedAt: at } = copy;
  const body = progress.counting(copy.body);
  try {
    if (place.kind === 'file') await writer.file({ name: place.path, size: facts.size, at }, body);
    else await writer.folder(place.path, at);
  } catch (cause) {
    throw new BrokenEntryError('broken', { cause });
  }
  const proof = await copy.proof();
  progress.done(0);
  if (proof !== 'wrong') tally.restored(facts.size, proof === 'verified');
  else tally.problem('failed', { key, reason: 'wrong-bytes', detail: IN_ARCHIVE });
  return true;
}

const IN_ARCHIVE = "the vault's bytes are not those of its checksum; they are in the archive as they came";
