import type { Selected } from '@holdfast/core/flows/restore/select-objects.ts';
import type { Overwrite } from '@holdfast/core/model/restore-request.ts';
import { compareFile, verifyFile } from './compare-file.ts';
import { PlaceError, troubleOf } from './disk-errors.ts';
import type { Folder } from './folder.ts';
import type { LocalWorld } from './local-job.ts';
import { type Place, refuseTwice } from './naming.ts';
import { openCopy } from './open-copy.ts';
import type { Tally } from './tally.ts';
import type { TransferProgress } from './transfer-progress.ts';
import { type OpenFile, writeFile } from './write-file.ts';

export type FolderTask = {
  readonly folder: Folder;
  readonly overwrite: Overwrite;
  readonly verify: boolean;
  readonly tally: Tally;
  readonly progress: TransferProgress;
  readonly openFile?: OpenFile;
};

/**
 * Brings one object to its path, if it is not right there already. Its own trouble is counted.
 *
 * @throws what stops everything: a full disk, an abort, a defect
 */
export async function restoreObject(
  object: Selected,
  place: Place,
  task: FolderTask,
  world: LocalWorld,
): Promise<void> {
  try {
    refuseTwice(place);
    if (place.kind === 'folder') await makeFolder(place.path, task);
    else await makeFile(object, place.path, task, world);
  } catch (error) {
    const trouble = world.signal.aborted ? undefined : troubleOf(error);
    if (trouble === undefined) throw error;
    task.tally.problem(trouble.reason === 'conflict' ? 'conflicts' : 'failed', {
      key: object.key,
      ...trouble,
    });
    task.progress.done(object.version.size);
  }
}

async function makeFolder(path: string, { folder, tally, progress }: FolderTask): Promise<void> {
  const found = await folder.lookSafely(path);
  await folder.prepare(path);
  if (path === '' || found?.isDirectory()) tally.right();
  else tally.restored(0, true);
  progress.done(0);
}

async function makeFile(object: Selected, path: string, task: FolderTask, world: LocalWorld): Promise<void> {
  const { folder, tally, progress } = task;
  if (object.version.versionId === '') throw new PlaceError('not-in-vault', object.lacking ?? '');
  tally.noteLack(object);
  await folder.prepare(path);
  const found = await compareFile(path, object, task.overwrite, folder, world);
  if (found === 'right') {
    if (task.verify) tally.verified(await verifyFile(folder.full(path), object, undefined, world));
    tally.right();
    progress.done(object.version.size);
    return;
  }
  if (found === 'conflict')
    throw new PlaceError('conflict', `"${path}" differs and was left alone; say --overwrite to replace it`);
  const open = async () => {
    const copy = await openCopy(object, world);
    return { ...copy, body: progress.counting(copy.body) };
  };
  const { facts, proof } = await writeFile(folder, path, open, found === 'replace', task.openFile);
  if (task.verify) tally.verified(await verifyFile(folder.full(path), object, facts, world));
  tally.restored(facts.size, proof === 'verified');
  progress.done(0);
}
