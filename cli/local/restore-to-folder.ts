import { messageOf } from '@holdfast/core/model/errors.ts';
import { looksRight } from './compare-file.ts';
import type { Manner } from './decide.ts';
import { isDiskFull } from './disk-errors.ts';
import { checkSpace, Need, type Space, spaceAt } from './disk-space.ts';
import type { LocalJob, LocalResult, LocalWorld } from './local-job.ts';
import { NAMES_FILE, NamesList } from './names-list.ts';
import { placeOf } from './naming.ts';
import { type OpenedFolder, openFolder } from './open-folder.ts';
import { type FolderTask, restoreObject } from './restore-object.ts';
import { Stop, workOn } from './stoppable.ts';
import { type Survey, survey } from './survey.ts';
import { Tally } from './tally.ts';
import { TransferProgress } from './transfer-progress.ts';
import type { OpenFile } from './write-file.ts';

export type FolderJob = LocalJob & {
  /** Made when there is none. */
  readonly folder: string;
} & Manner;

/** The disk, where a test puts another in its place. */
export type Disk = {
  readonly space?: (path: string) => Promise<Space>;
  readonly insensitive?: boolean;
  readonly openFile?: OpenFile;
};

export const TRANSFERS = 8;

/**
 * Brings a selection into a local folder: each object beside its path, proven and renamed into place; what is right
 * already is left alone. After an interruption the same again does what is left.
 *
 * @throws {InvalidInputError} for a target that is no folder or cannot be written, before anything is written
 * @throws {CommandError} when the disk has not enough room, before anything is written
 */
export async function restoreToFolder(
  job: FolderJob,
  world: LocalWorld,
  disk: Disk = {},
): Promise<LocalResult> {
  const { insensitive } = disk;
  const opened = await openFolder(
    job.folder,
    insensitive === undefined ? undefined : async () => insensitive,
  );
  const progress = new TransferProgress(world.clock, world.progress);
  const found = await look(job, opened, progress, world, disk).catch(async (error: unknown) => {
    await opened.undo();
    throw error;
  });
  progress.begin(found);
  const stop = new Stop(world.signal);
  const tally = new Tally();
  const task = {
    folder: opened.folder,
    manner: job,
    verify: job.verify ?? false,
    tally,
    progress,
    ...openFileOf(disk),
  };
  await bringAll(job, found, task, { ...world, signal: stop.signal }, stop);
  return tally.result(stop.ended);
}

/** Everything that can be known before the first byte is written. */
async function look(
  job: FolderJob,
  { folder, fresh, insensitive }: OpenedFolder,
  progress: TransferProgress,
  { signal }: LocalWorld,
  { space: spaceOf = spaceAt }: Disk,
): Promise<Survey> {
  const space = await spaceOf(folder.root);
  const need = new Need(space);
  const found = await survey(job, insensitive, progress, signal, async (object, path) => {
    const stats = fresh ? undefined : await folder.look(path).catch(() => undefined);
    if (!looksRight(stats, object)) need.add(object.version.size);
  });
  if (!signal.aborted) checkSpace(job.folder, need, space);
  return found;
}

async function bringAll(
  { select, keyFor, transfers = TRANSFERS }: FolderJob,
  { naming }: Survey,
  task: FolderTask,
  world: LocalWorld,
  stop: Stop,
): Promise<void> {
  const names = new NamesList(task.folder);
  await workOn(select(), transfers, stop, async (object) => {
    task.tally.planned(object.version.size);
    const place = placeOf(object, naming, keyFor);
    if (place.mapped) {
      const name = { key: place.key, path: place.path };
      task.tally.mapped(name);
      await names.add(name);
    }
    await restoreObject(object, place, task, world);
  });
  await closeNames(names, task, stop);
}

async function closeNames(names: NamesList, { tally }: FolderTask, stop: Stop): Promise<void> {
  try {
    await names.close();
  } catch (error) {
    if (isDiskFull(error)) stop.diskFull();
    else tally.problem('failed', { key: NAMES_FILE, reason: 'disk', detail: messageOf(error) });
  }
}

function openFileOf({ openFile }: Disk): { openFile?: OpenFile } {
  return openFile === undefined ? {} : { openFile };
}
