import { statfs } from 'node:fs/promises';
import { messageOf } from '@holdfast/core/model/errors.ts';
import { CommandError } from '../errors.ts';
import { bytes, count } from '../text/format.ts';
import { looksRight } from './compare-file.ts';
import type { Manner } from './decide.ts';
import { isDiskFull } from './disk-errors.ts';
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

/** What a disk has left for this user. */
type Space = {
  readonly blockBytes: number;
  readonly freeBytes: number;
  /** Infinity where the disk does not count files. */
  readonly freeFiles: number;
};

async function spaceAt(path: string): Promise<Space> {
  const { bsize, bavail, files, ffree } = await statfs(path);
  return {
    blockBytes: bsize,
    freeBytes: bsize * bavail,
    freeFiles: files === 0 ? Number.POSITIVE_INFINITY : ffree,
  };
}

/** Adds up what files take, in whole blocks. */
class Need {
  readonly #block: number;
  bytes = 0;
  files = 0;

  constructor({ blockBytes }: Space) {
    this.#block = Math.max(1, blockBytes);
  }

  add(size: number): void {
    this.bytes += Math.ceil(size / this.#block) * this.#block;
    this.files++;
  }
}

/** @throws {CommandError} before anything is written, when it cannot all be written */
function checkSpace(path: string, need: Need, { freeBytes, freeFiles }: Space): void {
  if (need.bytes > freeBytes)
    throw new CommandError(
      `the disk of "${path}" has ${bytes(freeBytes)} left, and ${bytes(need.bytes)} are to be written: nothing was written`,
    );
  if (need.files > freeFiles)
    throw new CommandError(
      `the disk of "${path}" takes ${count(freeFiles)} more files, and ${count(need.files)} are to be written: nothing was written`,
    );
}
